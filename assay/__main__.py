"""Entry point, of the command `assay` and of `python -m assay`: Assay's own modules first, whatever lies around.

Nothing is imported here before the path is in order but what Python has loaded itself: a project may have modules that
are called like the standard library's, or like those that Assay needs.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

_PACKAGE = "app"
_INSTALLED = "_own"


def main() -> int:
    """Run the command line; the result is its exit status."""
    take_place(home())
    from app.__main__ import main as run  # noqa: PLC0415 - only now it is sure whose `app` that is

    return run()


def home() -> str:
    """The folder that holds Assay's package: within this one where it is installed, above it in a working copy."""
    here = os.path.dirname(os.path.realpath(__file__))
    installed = os.path.join(here, _INSTALLED)
    return installed if os.path.isdir(installed) else os.path.dirname(here)


def take_place(folder: str) -> None:
    """Makes this process, and those that it begets, find Assay's `app` in that folder, and what it needs before others.

    Args:
        folder: what `home` says.
    """
    sys.path[:] = in_order(sys.path, folder, frozenset(_handed()))
    sys.meta_path.insert(0, _Own(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]:
        del sys.modules[name]  # some start-up file has imported another


def in_order(path: Sequence[str], folder: str, handed: frozenset[str]) -> list[str]:
    """A module path: our folder, then Python's own, then what the caller's surroundings put there.

    Args:
        path: as it was.
        folder: what comes first.
        handed: the folders that the surroundings named; what we are installed in is none of them.
    """
    beside = os.path.realpath(os.path.join(os.path.dirname(__file__), os.pardir))
    real = {entry: os.path.realpath(entry) for entry in path}
    rest = [entry for entry in path if real[entry] != folder]
    return [folder, *sorted(rest, key=lambda entry: real[entry] in handed and real[entry] != beside)]


def _handed() -> Iterator[str]:
    """The working directory, which `python -m` puts in front, and what PYTHONPATH names; empty entries mean it, too."""
    for entry in ("", *os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        yield os.path.realpath(entry)


class _Own:
    """Finds Assay's `app`, before any finder that a project has put in front.

    Args:
        folder: that holds it.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
        """Where it is; nothing about any other module."""
        del path, target
        if name != _PACKAGE:
            return None
        from importlib.machinery import PathFinder  # noqa: PLC0415 - see above

        return PathFinder.find_spec(name, [self._folder])


if __name__ == "__main__":
    sys.exit(main())
