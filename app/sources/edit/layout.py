"""The ways to write a new key, the plainest first; which of them leaves its neighbours alone is tried, not guessed."""

from collections.abc import Callable

from app.errors import ArgumentError
from app.layers import Path, dotted
from app.sources.edit.change import assign
from app.sources.edit.literal import Meaning, written

MARKER = "dynaconf_merge"
"""The key that makes a table add to the one below it instead of taking its place."""

type Layout = Callable[[bytes, Path, Meaning, str, bool], bytes]
"""A file, the key's path in it, the value, the project's separator, whether there are sections: the file with it."""


def plain(raw: bytes, path: Path, meaning: Meaning, _separator: str, _sectioned: bool) -> bytes:  # noqa: FBT001 - a layout
    """The key in its table."""
    return assign(raw, path, meaning)


def merging(raw: bytes, path: Path, meaning: Meaning, _separator: str, sectioned: bool) -> bytes:  # noqa: FBT001 - a layout
    """The key in its table, which is told to add to the one below it.

    Raises:
        ArgumentError: the key stands in no table.
    """
    start = 1 + sectioned
    if len(path) <= start or not isinstance(path[start], str):
        raise ArgumentError(f"{dotted(path)} stands in no table.", fix="Edit the file by hand.")
    return assign(assign(raw, (*path[:start], MARKER), written(True)), path, meaning)  # noqa: FBT003 - TOML's


def joined(raw: bytes, path: Path, meaning: Meaning, separator: str, sectioned: bool) -> bytes:  # noqa: FBT001 - a layout
    """The key as one with the separator in it, which Dynaconf takes apart and sets alone.

    Raises:
        ArgumentError: the project has no separator, or the key stands in no table or in a list.
    """
    above, below = path[: int(sectioned)], path[int(sectioned) :]
    if not separator or len(below) == 1 or not all(isinstance(part, str) and separator not in part for part in below):
        raise ArgumentError(f"{dotted(path)} cannot be written as one key.", fix="Edit the file by hand.")
    return assign(raw, (*above, separator.join(map(str, below))), meaning)


LAYOUTS: tuple[Layout, ...] = (plain, merging, joined)
