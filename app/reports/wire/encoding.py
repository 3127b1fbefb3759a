"""How a document becomes JSON."""

import hashlib
from datetime import date, datetime, time
from typing import Any, Literal

import msgspec
from msgspec import Struct

VERSION: Literal[1] = 1


def plain(value: Any) -> Any:
    """A value as JSON can hold it: dates as ISO 8601, infinities and NaN as text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return str(value)
    return value


def raw(document: Any) -> msgspec.Raw:
    """A part of a document, encoded as the whole would be."""
    return msgspec.Raw(msgspec.json.encode(document, order="deterministic"))


def digest(document: Any) -> str:
    """A fingerprint of a document: the same in every process for the same content."""
    return "sha256:" + hashlib.sha256(raw(document)).hexdigest()


def encode(document: Struct | dict[str, Any]) -> bytes:
    """A document as JSON; what of a file's name is no UTF-8 is shown as escapes."""
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        return msgspec.json.encode(_legible(msgspec.to_builtins(document)))


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {_legible(key): _legible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_legible(item) for item in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
