"""Texts read as a value of one type: the type that a key has, or the one that was asked for."""

import math
from datetime import date, time
from typing import Any, Literal

from app.core.errors import ArgumentError
from app.merging.isolated_settings import is_token
from app.toml_edit.literal import Meaning, as_text, bracketed, literal, understood, written

type Kind = Literal["str", "int", "float", "bool", "list", "table", "date"]

NAMES: dict[Kind, str] = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "table": "a table",
    "date": "a date or time",
}
"""What people call a value of each type."""

_NUMBERS = frozenset({"int", "float"})
_SWITCHES = {"true": True, "false": False}
_QUOTES = ('"', "'")


def kind_of(value: Any) -> Kind | None:
    """The type of a value; None where it has none that a profile could write."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, date | time):
        return "date"
    types: tuple[tuple[type, Kind], ...] = (
        (str, "str"), (int, "int"), (float, "float"), (list, "list"), (dict, "table"))  # fmt: skip
    return next((kind for known, kind in types if isinstance(value, known)), None)


def kept(text: str, kind: Kind, items: frozenset[Kind] = frozenset()) -> Meaning | None:
    """The text as a value of that type; or, where it is written so on purpose, as what it is; else None.

    On purpose is what stands in quotes, in brackets or in braces, and a token.

    Args:
        text: as it was typed.
        kind: the type that the key has.
        items: the types of the items that a list has now.
    """
    stripped = text.strip()
    if is_token(text):
        return written(text)
    if kind == "list" and stripped.startswith(_QUOTES):
        return literal(stripped) or literal(f"[{stripped}]") or _split(text, items)
    if stripped.startswith(_QUOTES) or stripped[:1] in {"[", "{"}:
        explicit = literal(stripped) or bracketed(stripped)
        if explicit:
            return explicit
    return _plain(text, kind, items)


def _plain(text: str, kind: Kind, items: frozenset[Kind]) -> Meaning | None:
    if kind == "str":
        return written(text)
    if kind == "list":
        return _split(text, items)
    return None if kind == "table" else _scalar(text.strip(), kind)


def _scalar(text: str, kind: Kind) -> Meaning | None:
    """A switch, a number or a date; a whole number stays one where a number is kept, and the other way round."""
    if kind == "bool":
        known = _SWITCHES.get(text.lower())
        return None if known is None else written(known)
    found = literal(text)
    if found is None:
        return None
    if kind in _NUMBERS:
        return _number(found, kind)
    return found if kind_of(found.value) == kind else None


def _number(found: Meaning, kind: Kind) -> Meaning | None:
    have = kind_of(found.value)
    if have not in _NUMBERS or (kind == "int" and not math.isfinite(found.value)):
        return None
    try:
        return written(float(found.value)) if kind == "float" and have == "int" else found
    except OverflowError:
        return None


def _split(text: str, items: frozenset[Kind]) -> Meaning | None:
    """`a,b` as a list whose items are of the type that those before were; texts where there were none."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if items & {"table", "list"}:
        return None
    if not items or "str" in items or len(items - _NUMBERS) > 1:
        return written(parts)
    kind: Kind = "float" if "float" in items and "int" not in items else next(iter(items))
    read = [_scalar(part, kind) for part in parts]
    return None if None in read else written([meaning.value for meaning in read if meaning])


def as_kind(text: str, kind: str, items: frozenset[Kind] = frozenset()) -> Meaning:
    """The text as a value of the type that was asked for; `toml` is whatever it is.

    Raises:
        ArgumentError: it is none of that type.
    """
    found = _asked(text, kind, items)
    if found is None:
        name = next((said for known, said in NAMES.items() if known == kind), "TOML")
        raise ArgumentError(f"VALUE is not {name}.", fix="Write it as TOML does, or leave --type out.")
    return found


def _asked(text: str, kind: str, items: frozenset[Kind]) -> Meaning | None:
    stripped = text.strip()
    if kind == "str":
        return as_text(text)
    if kind == "toml":
        return literal(stripped)
    found = kept(text, kind, items)  # type: ignore[arg-type]  # what is left is a type
    if kind == "list" and found and not items and kind_of(found.value) == "list":
        return found if stripped[:1] == "[" else _whole(found)
    is_right = found is not None and kind_of(found.value) == kind
    return found if is_right else None


def _whole(found: Meaning) -> Meaning:
    """A new list of whole numbers where every item is one."""
    read = [understood(item, "other") if isinstance(item, str) else None for item in found.value]
    values = [meaning.value for meaning in read if meaning]
    are_whole = len(values) == len(read) and all(kind_of(value) == "int" for value in values)
    return written(values) if are_whole and values else found
