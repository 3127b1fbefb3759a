"""Where a setting of an environment belongs, so that a fix names it as the project has it."""

from collections.abc import Callable

from msgspec import Struct

from app.core.findings import Fix
from app.core.layers import Path


class Place(Struct, frozen=True, kw_only=True):
    """Where a key is to be set, so that the environment gets it and loses nothing else.

    Attributes:
        key: the key below the section, as the file spells what it has of it; one part with the separator in it
            where a table of its own would take the place of the one below.
        file: the profile; None where none is fit.
        section: the section as the file spells it; None in files without.
        resets: whether a list would be appended to what other layers say, unless it says that it is not.
        in_tables: whether the file writes the list as tables, so that one of them is edited and not the list.
        above: how many parts of the key the header has where the file writes the rest with dots; None elsewhere.
        loader: what has to be done first, where the file is none that the project loads; `once` stands before it.
    """

    key: Path
    file: str | None = None
    section: str | None = None
    resets: bool = False
    in_tables: bool = False
    above: int | None = None
    loader: Fix | None = None


type Placing = Callable[[Path, bool], Place]
"""The place of a key; a secret (true) belongs into a secrets file."""
