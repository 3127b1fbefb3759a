"""Values as TOML writes them, for fixes that can be pasted."""

import json
from datetime import date, datetime, time
from typing import Any

from app.layers import Path, dotted


def toml_literal(value: Any) -> str:
    """The value as the right-hand side of a TOML line: one line, whatever it holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        pairs = ", ".join(f"{dotted((str(key),))} = {toml_literal(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_literal, value))}]"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_lines(table: Path, key: Path, value: Any) -> str:
    """A header and the line below it; the line alone where the key stands in no table."""
    line = f"{dotted(key)} = {toml_literal(value)}"
    return f"[{dotted(table)}]\n{line}" if table else line
