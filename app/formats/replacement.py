"""The one stretch of a text in which two versions of a file differ."""

from collections.abc import Sequence

from msgspec import Struct


class Replacement(Struct, frozen=True, kw_only=True):
    """Lines and columns count characters from 1, the end is one past the last; the text stands in their place.

    Attributes:
        file: relative to the project.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


def replacement(file: str, before: bytes, after: bytes) -> Replacement:
    """What has to stand where, so that the file says what it said after, to the byte."""
    old, new = before.decode(), after.decode()
    start = _shared(old, new)
    end = min(_shared(old[::-1], new[::-1]), len(old) - start, len(new) - start)
    line, column = _position(old, start)
    end_line, end_column = _position(old, len(old) - end)
    return Replacement(
        file=file, line=line, column=column, end_line=end_line, end_column=end_column, text=new[start : len(new) - end]
    )


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many characters are the same from the start on."""
    most = min(len(one), len(other))
    return next((at for at in range(most) if one[at] != other[at]), most)


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
