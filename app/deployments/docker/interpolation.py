"""References in Compose's texts: `$NAME`, `${NAME}`, `${NAME:-default}`, one in another, and `$$` for a dollar sign.

Source: the Compose specification, "Interpolation"; `template.Substitute` of compose-go.
"""

import re
from collections.abc import Mapping

from app.core import limits
from app.deployments.expanding import ExpansionRoom

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BRACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[-?+])(?P<rest>.*))?", re.DOTALL | re.ASCII)
_MARK = re.compile(r"\$\{|\}")


class InvalidReferenceError(Exception):
    """A dollar sign that begins no reference: Compose refuses the file."""


def interpolated(said: str, known: Mapping[str, str], room: ExpansionRoom, depth: int = 0) -> str | None:
    """The text with what its references say; None where one is nobody's here to know.

    Raises:
        InvalidReferenceError: a dollar sign begins none.
    """
    if depth > limits.DEPTH.figure:
        return None
    pieces, start, ends = list[str](), 0, _ends(said)
    put: str | None
    while (at := said.find("$", start)) >= 0:
        pieces.append(said[start:at])
        if said.startswith("$$", at):
            put, start = "$", at + 2
        elif at in ends:
            put, start = _referred(said[at + 2 : ends[at]], known, room, depth), ends[at] + 1
        elif found := _PLAIN.match(said, at + 1):
            put, start = room.put(known.get(found[0])) if found[0] in known else None, found.end()
        else:
            raise InvalidReferenceError
        if put is None:
            return None
        pieces.append(put)
    return "".join([*pieces, said[start:]])


def _ends(said: str) -> dict[int, int]:
    """Where each `${` of a text is closed, by where it stands."""
    found, still_open = dict[int, int](), list[int]()
    for mark in _MARK.finditer(said) if "${" in said else ():
        if mark[0] != "}":
            still_open.append(mark.start())
        elif still_open:
            found[still_open.pop()] = mark.start()
    return found


def _referred(said: str, known: Mapping[str, str], room: ExpansionRoom, depth: int) -> str | None:
    """What `NAME`, `NAME:-default`, `NAME?message` or `NAME:+other` stands for."""
    found = _BRACED.fullmatch(said)
    if found is None:
        raise InvalidReferenceError
    value, operator, rest = known.get(found["name"]), found["operator"] or "", found["rest"] or ""
    is_set = bool(value) if operator.startswith(":") else value is not None
    if operator.endswith("+"):
        return interpolated(rest, known, room, depth + 1) if is_set else ""
    if is_set:
        return room.put(value)
    return interpolated(rest, known, room, depth + 1) if operator.endswith("-") else None
