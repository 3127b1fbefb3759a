"""The command line on a folder in memory: no input is a fault of its own, and whatever it says keeps its promises."""

import contextlib
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import app.cli

from . import promises
from .engine import CANARY

_NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, thousands of files cost no disk
_STATUS = frozenset({0, 1, 2})

type Commands = Sequence[tuple[str, ...]]

CHECKS: Commands = (
    ("check",),
    ("check", "--format", "json"),
    ("check", "--format", "sarif"),
    ("check", "--format", "junit"),
    ("check", "--format", "github"),
)
VALUES: Commands = (
    ("show",),
    ("show", "production", "--format", "json"),
    ("matrix",),
    ("diff", "development", "production"),
    ("explain", "database"),
)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for a project."""
    path = Path(tempfile.mkdtemp(prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None))
    fault = app.cli._own_fault
    app.cli._own_fault = _raised
    try:
        yield path
    finally:
        app.cli._own_fault = fault
        shutil.rmtree(path)


@contextlib.contextmanager
def project(name: str, text: str, secrets: str = f'[default.database]\npassword = "{CANARY}"\n') -> Iterator[Path]:
    """A folder with one file and a file of secrets."""
    with folder() as root:
        (root / name).write_text(text)
        (root / ".secrets.toml").write_text(secrets)
        (root / ".secrets.toml").chmod(0o600)
        yield root


def _raised(error: Exception, *, show: bool) -> int:
    del show
    raise AssertionError(f"exit status 70: {type(error).__name__}") from error


def chosen(commands: Commands, data: bytes) -> tuple[str, ...]:
    """One of the commands, always the same for an input."""
    return commands[sum(data) % len(commands)]


def assay(root: Path, environ: Mapping[str, str], arguments: tuple[str, ...]) -> str:
    """What a command prints, once it has been looked at."""
    out, err = _Output(), _Output()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = app.cli.run(arguments, environ, root, lambda: _NOW)
    assert status in _STATUS
    said, told = out.text, err.text
    promises.kept(said, told)
    promises.printed(told)
    if said:
        _PROMISED[arguments[-1] if "--format" in arguments else "text"](said)
    return said


class _Output(io.TextIOWrapper):
    """A stream as `main` makes it of standard output."""

    def __init__(self) -> None:
        self._raw = io.BytesIO()
        super().__init__(self._raw, encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True)

    @property
    def text(self) -> str:
        return self._raw.getvalue().decode()


_PROMISED: Mapping[str, Callable[[str], None]] = {
    "text": promises.printed,
    "json": promises.document,
    "sarif": promises.sarif,
    "junit": promises.xml,
    "github": promises.annotations,
}
