"""The ways to write a new key, the plainest first; which of them leaves its neighbours alone is tried, not guessed."""

from collections.abc import Callable

from msgspec import Struct

from app.core.errors import ArgumentError
from app.core.layers import MARKER, Path, dotted
from app.toml_edit.change import assign
from app.toml_edit.literal import Meaning, written


class Spot(Struct, frozen=True, kw_only=True):
    """Where a key is to stand.

    Attributes:
        section: the path of its section from the file's root; empty in files without sections.
        key: its path below the section.
        separator: what joins the parts of a key that Dynaconf takes apart; empty where it takes none apart.
    """

    section: Path
    key: Path
    separator: str

    @property
    def path(self) -> Path:
        """The key's path from the file's root."""
        return (*self.section, *self.key)


type Layout = Callable[[bytes, Spot, Meaning], bytes]
"""A file, the key's place in it, and the value: the file with it."""


def plain(raw: bytes, spot: Spot, meaning: Meaning) -> bytes:
    """The key in its table."""
    return assign(raw, spot.path, meaning)


def merging(raw: bytes, spot: Spot, meaning: Meaning) -> bytes:
    """The key in its table, which is told to add to the one below it.

    Raises:
        ArgumentError: the key stands in no table.
    """
    if len(spot.key) == 1 or not isinstance(spot.key[1], str):
        raise ArgumentError(f"{dotted(spot.key)} stands in no table.", fix="Edit the file by hand.")
    told = written(True)  # noqa: FBT003 - the value of the marker
    return assign(assign(raw, (*spot.section, spot.key[0], MARKER), told), spot.path, meaning)


def joined(raw: bytes, spot: Spot, meaning: Meaning) -> bytes:
    """The key as one with the separator in it, which Dynaconf takes apart and sets alone.

    Raises:
        ArgumentError: the project has no separator, or the key stands in no table or in a list.
    """
    parts = [part for part in spot.key if isinstance(part, str) and spot.separator not in part]
    if not spot.separator or len(spot.key) == 1 or len(parts) < len(spot.key):
        raise ArgumentError(f"{dotted(spot.key)} cannot be written as one key.", fix="Edit the file by hand.")
    return assign(raw, (*spot.section, spot.separator.join(parts)), meaning)


LAYOUTS: tuple[Layout, ...] = (plain, merging, joined)
