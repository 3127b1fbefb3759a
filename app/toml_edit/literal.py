"""Values as TOML writes them, and what a text on the command line stands for."""

import json
from typing import Any

import tomli
from msgspec import Struct

from app.core.errors import ArgumentError
from app.merging.isolated_settings import is_token

_SWITCHES = {"True": True, "False": False}
_BRACKETS = frozenset({"[", "{"})


class Meaning(Struct, frozen=True, kw_only=True):
    """A value, and how a profile writes it."""

    value: Any
    toml: str


def as_text(text: str) -> Meaning:
    """The text itself, whatever it looks like; one that Dynaconf would read as a token is told to stay one."""
    return written(f"@json {json.dumps(text)}" if is_token(text) else text)


def understood(text: str, kind: str) -> Meaning:
    """What Dynaconf takes a variable's text for, and Assay for a setting of that kind.

    Args:
        text: as it was typed.
        kind: the model's kind of the setting: `text` and `list` are read differently; see `Shape`.

    Raises:
        ArgumentError: the value is one that TOML cannot hold.
    """
    if kind == "text":
        return written(text)
    stripped = text.strip()
    if stripped[:1] in _BRACKETS:
        return literal(stripped) or bracketed(stripped) or written(text)
    if kind == "list" and not is_token(text):
        return written([item.strip() for item in text.split(",") if item.strip()])
    if stripped in _SWITCHES:
        return written(_SWITCHES[stripped])
    return literal(stripped) or written(text)


def literal(text: str) -> Meaning | None:
    """The value of a TOML right-hand side, spelled as it was typed; None where it is none."""
    try:
        found = tomli.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return None
    if found.keys() != {"value"}:
        return None
    is_bare = text.isprintable() and "#" not in text
    return Meaning(value=found["value"], toml=text) if is_bare else written(found["value"])


def bracketed(text: str) -> Meaning | None:
    """The value of a list or table in JSON; None where it is none."""
    try:
        return written(json.loads(text))
    except (ValueError, RecursionError):
        return None


def written(value: Any) -> Meaning:
    """The value, as TOML writes it on one line.

    Raises:
        ArgumentError: TOML cannot hold it.
    """
    try:
        text = _inline(value)
        text.encode()
    except (TypeError, ValueError):
        message = "VALUE is nothing that TOML can hold: it has no null, and texts are UTF-8."
        raise ArgumentError(message, fix="Leave out what is null.") from None
    return Meaning(value=value, toml=text)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{key_text(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    from tomlkit import item  # noqa: PLC0415 - a check writes nothing

    return str(item(value).as_string())


def key_text(part: str) -> str:
    """One part of a key, in quotes where it needs them."""
    is_bare = part.isascii() and part.replace("-", "").replace("_", "").isalnum()
    if is_bare:
        return part
    from tomlkit import string  # noqa: PLC0415 - a check writes nothing

    return string(part).as_string()
