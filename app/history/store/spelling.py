"""How what is recorded is written down, so that whatever a profile says has a place in PostgreSQL."""

import json
import sys
from hashlib import sha256
from typing import Any

import msgspec

from app.core.layers import dotted, fold, parse_key
from app.reports import wire

_WORD_BITS = 64


def storable(text: str) -> str:
    """The text, with NUL and what is no UTF-8 as escapes: PostgreSQL's texts hold neither."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def all_storable(value: Any) -> Any:
    """What JSON can hold, with all its texts so."""
    if isinstance(value, dict):
        return {storable(name): all_storable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [all_storable(part) for part in value]
    return storable(value) if isinstance(value, str) else value


def folded(key: str) -> str:
    """A dotted key as look-ups compare it."""
    path = parse_key(key)
    return storable(dotted(fold(path)) if path else key.casefold())


_encode = json.JSONEncoder(sort_keys=True).encode


def spelled(value: Any) -> str:
    """A value as JSON, the same for the same value: `true`, `1` and `1.0` are three. All of it is ASCII."""
    return _encode(value)


def writable(value: Any) -> Any:
    """The value, with integers that Python will not write in decimal digits as text."""
    if isinstance(value, dict):
        return {key: writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [writable(item) for item in value]
    if isinstance(value, int) and value.bit_length() > _WORD_BITS:
        return _written(value)
    return value


def _written(number: int) -> int | str:
    limit = sys.get_int_max_str_digits()
    # A decimal digit holds more than three bits.
    return hex(number) if limit and number.bit_length() > limit * 3 else number


def origin(place: wire.Origin | None) -> dict[str, Any] | None:
    """A place as it is kept."""
    return None if place is None else msgspec.to_builtins(place)


def placed(stored: dict[str, Any] | None) -> wire.Origin | None:
    """A place that was kept."""
    return None if stored is None else msgspec.convert(stored, wire.Origin)


_PLACES: msgspec.json.Decoder[wire.Origin] = msgspec.json.Decoder(wire.Origin)


def read_place(text: str) -> wire.Origin:
    """A place, from the text of what was kept; msgspec reads it fast, but not where a file's name is no UTF-8."""
    try:
        return _PLACES.decode(text)
    except msgspec.DecodeError:
        place: wire.Origin = msgspec.convert(json.loads(text), wire.Origin)
        return place


_LINES = {"line", "column", "end_line", "end_column"}


def lineless(kept: Any) -> Any:
    """What was kept, on whatever lines it stood: a value is no other because a comment above it has grown."""
    if isinstance(kept, dict):
        return {name: lineless(part) for name, part in kept.items() if name not in _LINES}
    if isinstance(kept, list):
        return [lineless(part) for part in kept]
    return kept


def findings_digest(findings: list[dict[str, Any]]) -> bytes:
    """What tells sets of findings apart."""
    return sha256(spelled(lineless(findings)).encode()).digest()
