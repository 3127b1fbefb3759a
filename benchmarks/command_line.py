"""Whole commands, against the imports that no tool of this kind can do without."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.paired import Row, paired

REPOSITORY = Path(__file__).parent.parent
FLOOR = "import dynaconf; from pydantic import BaseModel"


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)


def measure() -> Iterator[Row]:
    """`assay check` on the four shipped environments."""
    assay = str(Path(sys.executable).with_name("assay"))
    seconds, ratio = paired(lambda: _run(assay, "check"), lambda: _run("-c", FLOOR), pairs=25)
    yield Row(name="assay check, 4 environments", against=f"python -c '{FLOOR}'", seconds=seconds, ratio=ratio, aim=1.6)
