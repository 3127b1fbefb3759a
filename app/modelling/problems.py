"""What a model has against values, as one of Pydantic's errors says it; needs no Pydantic."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from app.core.layers import Path
from app.modelling.shape import Shape

type Kind = Literal["missing", "wrong-type", "unknown-key", "constraint"]

_NOUNS = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list", dict: "a table"}
_OWN = ("Value error, ", "Assertion failed, ")


class Problem(Struct, frozen=True, kw_only=True):
    """One thing that the model says about the values.

    Attributes:
        kind: which of the four TYP rules speaks.
        path: the key, as the values spell it.
        message: what the model wants; never the value.
        found: the kind of what stands there.
        own: the message is the sentence of a validator of the model, not Pydantic's.
        named: it is about the key's name, not about what stands there.
        unreached: the model has the key under a name that no spelling of Dynaconf's gives.
    """

    kind: Kind
    path: Path
    message: str
    found: str = ""
    own: bool = False
    named: bool = False
    unreached: bool = False


def problem(place: Sequence[str | int], error: str, message: str, values: Mapping[str, Any], shape: Shape) -> Problem:
    """What one of Pydantic's errors says about the values.

    Args:
        place: its `loc`.
        error: its `type`.
        message: its `msg`.
        values: what was validated, tables in tables.
        shape: what the model says about its keys.
    """
    kind = _kind(error)
    path, value = _key(place, values, shape, is_absent=kind == "missing")
    text, own = _message(message)
    if path and place[-1] == "[key]" != path[-1]:
        return Problem(kind="constraint", path=path, message=f"as a name {text}", named=True)
    if error == "name_case":
        return Problem(kind=kind, path=path, message=text, unreached=True)
    return Problem(kind=kind, path=path, message=text, found=_noun(value) if kind == "wrong-type" else "", own=own)


def _key(place: Sequence[str | int], values: Mapping[str, Any], shape: Shape, *, is_absent: bool) -> tuple[Path, Any]:
    """The key that a place is about, and what stands there.

    A place also names what the values do not have: functions, the tag or the type of a union's choice, `[key]`.
    """
    path: Path = ()
    node: Any = values
    for number, part in enumerate(place):
        if _holds(node, part):
            path, node = (*path, part), node[part]
        elif (is_absent and number == len(place) - 1) or _is_field(shape, path, part):
            path, node = (*path, part), None
    return path, node


def _holds(node: Any, part: str | int) -> bool:
    if isinstance(node, Mapping):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def _is_field(shape: Shape, path: Path, part: str | int) -> bool:
    """Whether the model lists such a key there."""
    table = shape.at(path)
    return table is not None and isinstance(part, str) and part in table.fields


def _kind(error: str) -> Kind:
    if error == "missing":
        return "missing"
    if error in {"extra_forbidden", "unexpected_keyword_argument"}:
        return "unknown-key"
    return "wrong-type" if error.endswith(("_type", "_parsing", "_from_float")) else "constraint"


def _message(message: str) -> tuple[str, bool]:
    """The message as the end of a sentence about the key; or as it is, where it is a validator's own."""
    for prefix in _OWN:
        if message.startswith(prefix):
            return message.removeprefix(prefix).rstrip("."), True
    message = message.removeprefix("Input ")
    return message[:1].lower() + message[1:], False


def _noun(value: Any) -> str:
    return next((noun for kind, noun in _NOUNS.items() if type(value) is kind), f"a {type(value).__name__}")
