"""Where a project's model is imported: which interpreter, which folders, which variables."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from app.core.opening import exists, is_file, is_folder, read_file

_ENVIRONMENTS = (".venv", "venv", "env")
_PROGRAMS = ("bin/python", "Scripts/python.exe")
_KEPT = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ",
                   "USER"})  # fmt: skip


class Interpreter(Struct, frozen=True, kw_only=True):
    """Where a model is imported.

    Attributes:
        interpreter: the program that imports it.
        borrowed: whether that is Assay's own, the project having none.
        folders: where its modules are looked for, those of the project itself.
        above: the folders above them, up to the work tree's root.
        version: Python's, as far as the virtual environment tells it.
    """

    interpreter: Path
    borrowed: bool
    folders: tuple[Path, ...]
    above: tuple[Path, ...]
    version: tuple[int, ...] = ()


def find_place(root: Path) -> Interpreter:
    """The place for the project in this folder: its virtual environment, or one above it, else our interpreter."""
    above = tuple(_above(root))
    found = next(_interpreters((root, *above)), None)
    return Interpreter(
        interpreter=found or Path(sys.executable),
        borrowed=found is None,
        folders=tuple(_with_source((root,))),
        above=tuple(_with_source(above)),
        version=_version(found.parent.parent / "pyvenv.cfg") if found else (),
    )


def _version(file: Path) -> tuple[int, ...]:
    """Python's version; `venv` and `uv` write it under different names."""
    try:
        text = read_file(file).decode(errors="replace")
    except OSError:
        return ()
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    return tuple(map(int, found.groups())) if found else ()


def module_files(place: Interpreter, module: str) -> list[Path]:
    """The files that may hold a module, and the packages above it, whether they are there or not."""
    parts = module.split(".")
    folders = [Path(*parts[: depth + 1]) for depth in range(len(parts))]
    files = [file for folder in folders for file in (folder / "__init__.py", folder.with_suffix(".py"))]
    return [folder / file for folder in (*place.folders, *place.above) for file in files]


def _above(root: Path) -> list[Path]:
    """The folders above the root that belong to the same project: up to the work tree's root, else none."""
    for depth, folder in enumerate((root, *root.parents)):
        if exists(folder / ".git"):
            return list(root.parents[:depth])
    owner = next((depth for depth, folder in enumerate(root.parents) if is_file(folder / "pyproject.toml")), None)
    return [] if owner is None or is_file(root / "pyproject.toml") else list(root.parents[: owner + 1])


def _interpreters(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for name in _ENVIRONMENTS:
            if is_file(folder / name / "pyvenv.cfg"):
                programs = [folder / name / program for program in _PROGRAMS]
                yield next((program for program in programs if os.path.lexists(program)), programs[0])


def _with_source(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        yield folder
        if is_folder(folder / "src"):
            yield folder / "src"


def scrubbed(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a program needs to run at all; none that a settings class would read."""
    return {name: text for name, text in environ.items() if name.upper() in _KEPT or name.startswith("LC_")}
