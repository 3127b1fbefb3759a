"""Globs as Dynaconf expands them, within bounds: in what is looked at, in depth, and in how much that may be."""

import os
from collections.abc import Iterator, Sequence
from errno import ELOOP
from fnmatch import filter as fitting
from glob import has_magic
from pathlib import Path
from typing import Literal

from msgspec import Struct

from app.core import limits
from app.core.opening import Bounds, is_folder, is_there, why

MOST_NAMES = limits.SEEN.figure
"""A project's globs together are followed past so many names."""

DEEPEST = limits.FOLDERS.figure
"""A glob is followed down so many folders."""

_ANY = "**"

type _Way = tuple[tuple[int, int], ...]
"""The folders on the way down, each by its device and inode."""


class Obstacle(Struct, frozen=True, kw_only=True):
    """Why a glob was not followed to its end.

    Attributes:
        kind: a folder lies out of bounds, cannot be listed, is a link to one above it, or holds too much.
        path: the folder.
        reason: why it cannot be listed.
    """

    kind: Literal["outside", "unlisted", "circle", "endless"]
    path: Path
    reason: str = ""


class Globbing:
    """A project's globs, which have one allowance together.

    Args:
        bounds: what may be listed.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._left = MOST_NAMES
        self._obstacles: dict[Obstacle, None] = {}

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What was in the way, each once."""
        return tuple(self._obstacles)

    def matches(self, pattern: str, folder: Path) -> list[str]:
        """The paths that match, sorted; as the pattern begins, so do they.

        Source: `glob.glob` with `recursive` and `include_hidden`, which Dynaconf calls.

        Args:
            pattern: with `*`, `?`, `[]` and `**`.
            folder: where it starts, if it is relative.
        """
        if pattern.endswith("/"):  # matches folders alone
            return []
        parts = [part for part in pattern.split("/") if part]
        return sorted(set(self._matches(folder, "/" if pattern.startswith("/") else "", parts, ())))

    def _matches(self, folder: Path, found: str, parts: Sequence[str], way: _Way) -> Iterator[str]:
        """What matches these parts below a path that matches those before them."""
        if not parts:
            yield found
        elif not has_magic(parts[0]):
            literal = _joined(found, parts[0])
            if any(map(has_magic, parts)) or is_there(folder / literal):
                yield from self._matches(folder, literal, parts[1:], way)
        elif parts[0] == _ANY:
            yield from self._descent(folder, found, parts[1:], way)
        else:
            for name in fitting((entry.name for entry in self._listed(folder / found)), parts[0]):
                yield from self._matches(folder, _joined(found, name), parts[1:], way)

    def _descent(self, folder: Path, found: str, rest: Sequence[str], way: _Way) -> Iterator[str]:
        """The same below `**`: here, and in every folder further down."""
        here = _identity(folder / found)
        if here is None:
            return
        if here in way or len(way) >= DEEPEST:
            self._meet("circle" if here in way else "endless", folder / found)
            return
        if rest:
            yield from self._matches(folder, found, rest, ())
        for entry in self._listed(folder / found):
            path = _joined(found, entry.name)
            if is_folder(folder / path):
                yield from self._descent(folder, path, rest, (*way, here))
            elif not rest:
                yield path

    def _listed(self, path: Path) -> list["os.DirEntry[str]"]:
        if not self._bounds.hold(path):
            self._meet("outside", path)
            return []
        try:
            with os.scandir(path) as entries:
                return list(self._counted(entries, path))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return []
        except OSError as error:
            if error.errno == ELOOP:  # a link to itself leads to nothing
                return []
            self._meet("unlisted", path, why(error))
            return []

    def _counted(self, entries: Iterator["os.DirEntry[str]"], path: Path) -> Iterator["os.DirEntry[str]"]:
        for entry in entries:
            if not self._left:
                self._meet("endless", path)
                return
            self._left -= 1
            yield entry

    def _meet(self, kind: Literal["outside", "unlisted", "circle", "endless"], path: Path, reason: str = "") -> None:
        if kind != "endless" or not any(met.kind == kind for met in self._obstacles):
            self._obstacles[Obstacle(kind=kind, path=path, reason=reason)] = None


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a folder from any other; None for what is no folder."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _joined(found: str, name: str) -> str:
    return os.path.join(found, name)  # noqa: PTH118 - keeps `./` as the pattern has it
