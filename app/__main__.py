"""Entry point: hands over the process's environment, working directory and clock, and nothing else does."""

import gc
import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from app import __version__


def main() -> int:
    """Run the command line with this process's arguments; the result is its exit status."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"assay {__version__}\n")  # what asks for no more loads no more
        return 0
    status = _run()
    gc.freeze()  # Python would look through all that is there once more before it ends
    return status


def _run() -> int:
    environ = {_text(name): _text(value) for name, value in os.environ.items()}
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # plugins have no say, and take time to find
    gc.disable()  # a command ends before there is anything to collect; what serves turns it on again
    from app.cli import run  # noqa: PLC0415 - the environment is taken down before anything can change it

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without our marks still gets the answer
    try:
        folder = Path.cwd()
    except OSError:
        sys.stderr.write("assay: the working directory is gone.\n  fix: change to a folder that exists.\n")
        return 2
    return run(sys.argv[1:], environ, folder, _now)


def _now() -> datetime:
    return datetime.now(UTC)


def _text(raw: str) -> str:
    """A variable's text; bytes that are no UTF-8 are shown as escapes, since no answer could hold them."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
