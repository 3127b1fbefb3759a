"""Entry point: hands over the process's environment and working directory, and nothing else does."""

import gc
import os
import sys
from pathlib import Path


def main() -> int:
    """Run the command line with this process's arguments; the result is its exit status."""
    environ = dict(os.environ)
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # plugins have no say, and take time to find
    gc.disable()  # a command ends before there is anything to collect; what serves turns it on again
    from app.cli import run  # noqa: PLC0415 - the environment is taken down before anything can change it

    return run(sys.argv[1:], environ, Path.cwd())


if __name__ == "__main__":
    sys.exit(main())
