"""Applications with the client as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from patience import PATIENCE_SECONDS

CLIENT = Path(__file__).parents[2] / "clients/python/src"


def environ(client: Mapping[str, str], packages: Sequence[Path] = ()) -> dict[str, str]:
    """The variables of such a process, which finds further packages in folders."""
    path = os.pathsep.join(map(str, (CLIENT, *packages)))
    return {"PATH": os.environ["PATH"], "HOME": str(Path.cwd()), "PYTHONPATH": path, **client}


def run(code: str, client: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """One that runs to its end."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environ(client), capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
