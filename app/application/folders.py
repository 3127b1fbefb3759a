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
_OF_THE_SYSTEM = frozenset({"dev", "proc", "sys"})
"""What lies at the root of a disk and holds no files: each process makes hundreds of folders there."""

MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py", "Dockerfile",
           "uv.lock", "poetry.lock", "environment.yml")  # fmt: skip
"""What lies where a project begins."""

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
    """A folder and those below it, each with its files' names; fewer where nothing says that a project begins.

    Args:
        top: the folder.
        enters: whether one below it is looked into.

    Raises:
        ProjectError: there are more than one project has.
    """
    most = limits.SEARCHED if _is_marked(top) else limits.UNMARKED
    for number, (here, folders, files) in enumerate(os.walk(top), 1):
        if number > most.figure:
            raise _too_much(top, most)
        above = Path(here)
        passed = _OF_THE_SYSTEM if above == above.parent else ()
        folders[:] = sorted(name for name in folders if name not in passed and enters(above / name))
        yield above, files


def _is_marked(folder: Path) -> bool:
    """Whether a project begins here, or above."""
    return any(exists(above / name) for above in (folder, *folder.parents) for name in (".git", *_SIGNS, *MARKERS))


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
