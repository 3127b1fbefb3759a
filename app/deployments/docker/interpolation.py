"""References in Compose's texts: `$NAME`, `${NAME}`, `${NAME:-default}`, one in another, and `$$` for a dollar sign.

Any other dollar sign stands for itself, but for one before a brace. Source: the Compose specification, "Interpolation";
`template.Substitute` of compose-go 2.9, whose braces are counted here in the same way.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping

from app.core import limits
from app.deployments.expanding import ExpansionRoom

_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_]\w*)|(?P<open>\{)(?:(?P<name>[A-Za-z_]\w*)(?P<operator>:?[-?+])?)?)",
    re.ASCII,
)
_NAMED = re.compile(r"\$(?:\$|\{?([A-Za-z_]\w*))", re.ASCII)
_MARK = re.compile(r"\{.?|\}", re.DOTALL)

type Known = Mapping[str, str | None]
"""The values of variables; None for one that is set where nobody here sees it."""


class InvalidReferenceError(Exception):
    """A reference that Compose refuses the file for.

    Args:
        required: the variable that must have a value and has none; None where `${` begins no reference.
    """

    def __init__(self, required: str | None = None) -> None:
        super().__init__(required)
        self.required = required


def interpolated(said: str, known: Known, room: ExpansionRoom) -> str | None:
    """The text with what its references say; None where one is nobody's here to know.

    Raises:
        InvalidReferenceError: Compose refuses it.
    """
    return _Interpolation(said, known, room).between(0, len(said), 0) if "$" in said else said


def unseen(said: str, known: Known) -> list[str]:
    """The variables that a text refers to and nobody here knows, in its order."""
    return [name for name in names_in(said) if known.get(name) is None]


def names_in(said: str) -> list[str]:
    """The variables that a text refers to, each once, in its order."""
    return list(dict.fromkeys(filter(None, _NAMED.findall(said))))


class _Interpolation:
    """A text that is read once from its beginning to its end, whatever stands in what."""

    def __init__(self, said: str, known: Known, room: ExpansionRoom) -> None:
        self._said, self._known, self._room = said, known, room
        self._ends = _ends(said) if "${" in said else {}
        self._closing = _places("}", said) if "${" in said else []
        self._line_ends = _places("\n", said) if "${" in said else []

    def between(self, start: int, end: int, depth: int) -> str | None:
        """What stands between two places."""
        pieces = list[str | None]()
        while found := _REFERENCE.search(self._said, start, end):
            pieces.append(self._said[start : found.start()])
            start = found.end()
            if found["open"]:
                put, start = self._braced(found, end, depth)
            else:
                put = "$" if found["escaped"] else self._value(found["plain"])
            pieces.append(put)
        pieces.append(self._said[start:end])
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)

    def _value(self, name: str) -> str | None:
        return self._room.put(self._known.get(name))

    def _braced(self, found: re.Match[str], end: int, depth: int) -> tuple[str | None, int]:
        """What a reference in braces stands for, and the place behind it."""
        name, operator, start = found["name"], found["operator"], found.end()
        if name and not operator and self._said.startswith("}", start) and start < end:
            return self._value(name), start + 1
        close = self._close(found.start("open"), start, end) if operator else -1
        if close < start:
            raise InvalidReferenceError
        other = self.between(start, close, depth + 1) if depth < limits.DEPTH.figure else None
        return self._chosen(name, operator, other), close + 1

    def _close(self, opened: int, start: int, end: int) -> int:
        """Where its brace is closed: on its line; by the last brace there where braces do not match."""
        following = bisect_left(self._line_ends, start)
        last = bisect_left(self._closing, min([end, *self._line_ends[following : following + 1]])) - 1
        last_place = self._closing[last] if last >= 0 else -1
        matching = self._ends.get(opened, -1)
        return matching if start <= matching <= last_place else last_place

    def _chosen(self, name: str, operator: str, other: str | None) -> str | None:
        """The value, or what stands behind the operator."""
        value = self._known.get(name)
        if value is None and name in self._known:
            return None
        is_set = bool(value) if operator.startswith(":") else value is not None
        if operator.endswith("+"):
            return other if is_set else ""
        if is_set:
            return self._room.put(value)
        if operator.endswith("?") and value is not None:
            raise InvalidReferenceError(name)
        return other if operator.endswith("-") else None


def _places(letter: str, said: str) -> list[int]:
    return [found.start() for found in re.finditer(letter, said)]


def _ends(said: str) -> dict[int, int]:
    """Where each brace of a text is closed, by where it stands: Compose looks at no brace right behind another."""
    found, still_open = dict[int, int](), list[int]()
    for mark in _MARK.finditer(said):
        if mark[0] != "}":
            still_open.append(mark.start())
        elif still_open:
            found[still_open.pop()] = mark.start()
    return found
