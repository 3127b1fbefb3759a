"""Values as TOML and variables write them, for fixes that can be pasted."""

import re
import shlex
from datetime import date, datetime, time
from typing import Any

from app.core.layers import Path, dotted
from app.core.legible import quoted

_PLAIN_TEXT = re.compile(r"[A-Za-z_/][^\s\"'#]*")
_NO_TEXTS = frozenset({"true", "false", "inf", "nan", "none", "null"})


class Raw(str):
    """Text that stands for a value as it is: a place for what only a person can fill in."""

    __slots__ = ()


def toml_literal(value: Any) -> str:
    """The value as the right-hand side of a TOML line: one line, whatever it holds."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        pairs = ", ".join(f"{dotted((str(key),))} = {toml_literal(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_literal, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return quoted(str(value))


def toml_lines(table: Path, key: Path, value: Any) -> str:
    """A header and the line below it; the line alone where the key stands in no table."""
    line = f"{_key(key)} = {toml_literal(value)}"
    return f"[{_key(table)}]\n{line}" if table else line


def _key(path: Path) -> str:
    """The key in TOML: what is no bare part stands in quotes, with escapes for what steers a terminal."""
    return ".".join(dotted((part,)) for part in map(str, path))


def variable_text(value: Any, *, literal: bool = False) -> str:
    """The text of a variable that Dynaconf reads as this value.

    Args:
        value: what the application is to get.
        literal: whether a text is taken as it stands.
    """
    if not isinstance(value, str) or isinstance(value, Raw):
        return "…" if isinstance(value, Raw) and value == '"…"' else toml_literal(value)
    is_plain = _PLAIN_TEXT.fullmatch(value) and value.lower() not in _NO_TEXTS
    return value if literal or is_plain or value.startswith("@reset ") else toml_literal(value)


def variable_line(name: str, text: str) -> str:
    """The assignment as a shell and a `.env` file take it."""
    return f"{name}={text if text == '…' else shlex.quote(text)}"
