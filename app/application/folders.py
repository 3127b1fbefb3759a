"""Which files below a folder are a project's code."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from app.core import limits
from app.core.errors import ProjectError
from app.core.opening import exists

_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})
_OPTIONS = "assay.toml"
_SIGNS = (_OPTIONS, "pyproject.toml", "settings.toml")
_DYNACONFS = ("default_settings.py", "loaders")
"""What lies in Dynaconf's own package, which some projects carry along in a folder of theirs."""


def python_files(folder: Path) -> Iterator[Path]:
    """The Python files below a folder; folders that are projects of their own are left out.

    Raises:
        ProjectError: there are more than one project has, as in a home folder, or on a whole disk.
    """
    count = 0
    for here, files in walked(folder, lambda below: is_own(below) and not exists(below / _OPTIONS)):
        found = sorted(name for name in files if name.endswith(".py"))
        count += len(found)
        if count > limits.CODE.figure:
            raise _too_much(folder, limits.CODE)
        yield from (here / name for name in found)


def files_below(root: Path, folders: Iterable[str]) -> Iterator[Path]:
    """The Python files below folders of a project, each once.

    Raises:
        ProjectError: there are more than one project has.
    """
    yield from dict.fromkeys(path for folder in folders for path in python_files(root / folder))


def walked(top: Path, enters: Callable[[Path], bool]) -> Iterator[tuple[Path, Sequence[str]]]:
    """A folder and those below it, each with its files' names.

    Args:
        top: the folder.
        enters: whether one below it is looked into.

    Raises:
        ProjectError: there are more than one project has.
    """
    for number, (here, folders, files) in enumerate(os.walk(top), 1):
        if number > limits.SEARCHED.figure:
            raise _too_much(top, limits.SEARCHED)
        above = Path(here)
        folders[:] = sorted(name for name in folders if enters(above / name))
        yield above, files


def _too_much(folder: Path, limit: limits.Limit) -> ProjectError:
    if not any(exists(folder / name) for name in _SIGNS):
        message = f"There is no project here: no options, no settings.toml, and {folder} {limit.breach}."
        return ProjectError(message, fix="Go to the project's folder, or name it with --project.")
    fix = 'Name the project: --project PATH. Or say in assay.toml which folders hold its code: code = ["src"].'
    return ProjectError(f"{folder} {limit.breach}: that is no one project's code.", fix=fix)


def is_own(folder: Path) -> bool:
    """Whether a folder may hold what people wrote: no hidden one, no virtual environment, nothing that was built.

    Neither does a copy of Dynaconf itself.
    """
    is_made = folder.name.startswith(".") or folder.name in _SKIPPED
    is_copied = folder.name == "dynaconf" and all(exists(folder / name) for name in _DYNACONFS)
    return not is_made and not is_copied and not exists(folder / "pyvenv.cfg")
