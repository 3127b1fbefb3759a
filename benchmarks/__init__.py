"""Measurements against peers, in the same run, as ratios. Nothing here decides whether a test passes."""

import sys
from pathlib import Path

# The services of the tests are started here too, and they are used to find their neighbours without a package's name.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
