"""The reference's own virtual environment, made where `make bench` first needs it."""

import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import shorten

FOLDER = Path(__file__).parents[2] / ".venv-reference"
_LOCK = Path(__file__).with_name("requirements.lock")
_LONGEST = 120


class NotInstalledError(Exception):
    """The reference cannot be installed here."""


def installed() -> Path:
    """The folder of its commands; whatever of the lock file is missing is installed, the rest is left as it is.

    Raises:
        NotInstalledError: without an index within reach, most often.
    """
    python = FOLDER / "bin" / "python"
    if not python.exists():
        _uv("venv", "--clear", "--python", sys.executable, str(FOLDER))
    _uv("pip", "sync", "--require-hashes", "--python", str(python), str(_LOCK))
    return python.parent


def _uv(*arguments: str) -> None:
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise NotInstalledError("uv is not here: make install")
    done = subprocess.run([uv, *arguments, "--quiet"], check=False, capture_output=True, text=True)
    if done.returncode:
        raise NotInstalledError(shorten(done.stderr, _LONGEST) or f"uv ended with {done.returncode}")
