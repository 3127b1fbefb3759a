"""Applications with the client as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from patience import PATIENCE_SECONDS

CLIENT = Path(__file__).parents[2] / "clients/python/src"


def environ(client: Mapping[str, str]) -> dict[str, str]:
    """The variables of such a process."""
    return {"PATH": os.environ["PATH"], "HOME": str(Path.cwd()), "PYTHONPATH": str(CLIENT), **client}


def run(code: str, client: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """One that runs to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environ(client), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
