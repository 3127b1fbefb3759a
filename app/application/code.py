"""The Python files of a project: read when they are asked for, found by the names of their modules.

How much is worked out of them is bounded: what names double, and what texts multiply, would take for ever.
"""

import ast
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from app.application.folders import files_below
from app.application.functions import Unclear
from app.application.modules import Module
from app.core import limits
from app.core.opening import is_file, read_beside, read_file, within
from app.merging.process_isolation import silence

LARGEST = 2_000_000
"""Bytes of a file that people wrote; more is data, and takes the parser seconds."""


_ROOM = 16 << 20
"""Bytes of files that are kept until everybody who asks for them has looked."""

_BYTES = 2
"""So many bytes at least every other expression of a long list takes: `1,`."""

_MARKERS = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
"""What makes a folder one that packages are installed from, beside its name: `src`."""

_COPIED = 16
"""To hand on so many items costs what it costs to work one out."""


class Effort:
    """What may still be worked out; shared by everything that is worked out for one purpose."""

    def __init__(self) -> None:
        self.renew()

    def renew(self, size: int = 0) -> None:
        """Begins anew, for another purpose.

        Args:
            size: of the code that is worked out, in bytes; an expression takes some.
        """
        self._left = limits.STEPS.figure + size // _BYTES

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is worked out."""
        return self._left <= 0

    def hand_on(self, count: int, written: int) -> None:
        """Counts a list or table of so many items that is handed on.

        Raises:
            Unclear: there are more than is written down, or the effort is spent.
        """
        self.spend(count // _COPIED)
        if count > written:
            self.spend(self._left)

    def spend(self, count: int = 1) -> None:
        """Counts expressions.

        Raises:
            Unclear: there were too many; what the rest comes to is not known.
        """
        self._left -= count
        if self.is_spent:
            raise Unclear


class Code:
    """The Python files below a folder, each read once.

    Args:
        root: the folder.
        folders: those of it that hold the application's code.
        texts: what files of it hold, as far as somebody has read them already.
        modules: those that somebody has parsed.
    """

    def __init__(
        self,
        root: Path,
        texts: Mapping[Path, bytes] | None = None,
        modules: Mapping[Path, Module] | None = None,
        folders: Sequence[str] = ("",),
    ) -> None:
        self.root = root
        self._code_folders = folders
        self._given = texts or {}
        self._bounds = within(root)
        self._modules: dict[Path, Module | None] = dict(modules or {})
        self._met: dict[Path, bytes] = {}
        self._room = _ROOM
        self._folders: dict[Path, Sequence[Path]] = {}
        self._listed: dict[Path, frozenset[str]] = {}
        self.effort = Effort()

    @cached_property
    def below(self) -> tuple[Path, ...]:
        """The Python files that there are, as they lay there when this was asked first.

        Raises:
            ProjectError: there are more than one project has.
        """
        return tuple(files_below(self.root, self._code_folders))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that were read so far."""
        return tuple(self._modules)

    @property
    def texts(self) -> tuple[bytes, ...]:
        """What they said."""
        return tuple(module.source for module in self._modules.values() if module)

    def parsed(self, texts: Mapping[Path, bytes]) -> dict[Path, Module]:
        """The modules that were parsed already, of files that hold these texts."""
        known = ((file, module) for file, module in self._modules.items() if module and file in texts)
        return {file: module for file, module in known if module.source == texts[file]}

    def tree(self, file: Path) -> ast.Module | None:
        """What a file says, for one who looks at it once; None where it does not parse."""
        known = self._modules.get(file)
        return known.tree if known else parsed(self.raw(file))

    def module(self, file: Path) -> Module | None:
        """A file's module; None where it is none."""
        if file not in self._modules:
            self._modules[file] = self._read(file)
        return self._modules[file]

    def find(self, name: str, beside: Path) -> Module | None:
        """The module of a dotted name, seen from a file; as `place` finds it."""
        file = self.place(name, beside)
        return self.module(file) if file else None

    def place(self, name: str, beside: Path) -> Path | None:
        """The file of a module, which need not parse.

        Args:
            name: relative, with leading dots, or as it is looked for in the project and its `src`.
            beside: the file that imports it.
        """
        absolute = name.lstrip(".")
        folder = beside.parent
        for _ in range(len(name) - len(absolute) - 1):
            folder = folder.parent
        parts = absolute.split(".") if absolute else []
        for above in [folder] if name.startswith(".") else self._searched(folder):
            if parts and not self._names(above) & {parts[0], f"{parts[0]}.py"}:
                continue
            place = above.joinpath(*parts)
            for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
                if is_file(file) and file.is_relative_to(self.root):
                    return file
        return self._of_workspace(parts) if parts and not name.startswith(".") else None

    def _of_workspace(self, parts: list[str]) -> Path | None:
        """A module of another package of the same workspace, where one alone has that name."""
        homes = self._packages.get(parts[0], set())
        for home in homes if len(homes) == 1 else ():
            place = home.joinpath(*parts)
            for file in (place / "__init__.py", place.with_name(f"{place.name}.py")):
                if is_file(file):
                    return file
        return None

    @cached_property
    def _packages(self) -> Mapping[str, set[Path]]:
        """The folders from which packages would be installed, by the packages' names."""
        found: dict[str, set[Path]] = {}
        for file in self._given:
            home = file.parent.parent
            if file.name == "__init__.py" and (home.name == "src" or _MARKERS & self._names(home)):
                found.setdefault(file.parent.name, set()).add(home)
        return found

    def _searched(self, folder: Path) -> Sequence[Path]:
        """Where a module is looked for by its full name, seen from a folder: within a package last of all.

        Python's own search never begins within one, unless a file there is the program itself.
        """
        if folder not in self._folders:
            above = [place for place in (folder, *folder.parents) if place.is_relative_to(self.root)]
            above.sort(key=lambda place: "__init__.py" in self._names(place))
            self._folders[folder] = list(dict.fromkeys((self.root, self.root / "src", *above)))
        return self._folders[folder]

    def _names(self, folder: Path) -> frozenset[str]:
        """What stands in a folder, looked up once: most modules that a program imports are not its own."""
        if folder not in self._listed:
            with suppress(OSError), os.scandir(folder) as found:
                self._listed[folder] = frozenset(entry.name for entry in found)
        return self._listed.setdefault(folder, frozenset())

    def raw(self, file: Path) -> bytes:
        """What a file holds; nothing where it cannot be read, is no file of the folder's, or is too large for code."""
        if file in self._given:
            return self._given[file]
        try:
            raw = read_file(file, self._bounds)
        except OSError:
            return b""
        return raw if len(raw) <= LARGEST else b""

    def met(self, file: Path) -> bytes:
        """The same of a file that a walk through folders has met; it is read once, where there is room to keep it."""
        raw = self._given.get(file, self._met.get(file))
        if raw is None:
            raw = read_beside(file, LARGEST)
            raw = self.raw(file) if raw is None else raw
            self._room -= len(raw)
            if self._room >= 0:
                self._met[file] = raw
        return raw

    def _read(self, file: Path) -> Module | None:
        raw = self.raw(file)
        tree = parsed(raw)
        return Module(file, tree, self, raw) if tree else None


def parsed(raw: bytes) -> ast.Module | None:
    """What code says; None where it does not parse."""
    try:
        with silence():
            return ast.parse(raw)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
