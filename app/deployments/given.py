"""A source of variables that one call names."""

from msgspec import Struct

STDIN = "-"
"""The name of what comes from standard input."""


class GivenSource(Struct, frozen=True, kw_only=True):
    """The source as it was read.

    Attributes:
        name: its file, relative to the project's root where it lies in it; `-` for standard input.
        text: what it says.
    """

    name: str
    text: str
