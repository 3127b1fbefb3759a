"""Values, places and times as the page words them; what would turn or break a line is shown as an escape."""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.core import legible as names
from app.core.errors import AssayError, ProjectError
from app.core.legible import legible_lines
from app.reports import wire
from app.reports.present import place as reports

UNUSABLE = "The service cannot use its project. Its log says why."

_PLAIN = re.compile(r"[A-Za-z0-9_/.~:*@%+-][^\\\"\n\r\t]*(?<! )")
_WORDS = frozenset({"true", "false", "null", "inf", "nan", "+inf", "-inf", "+nan", "-nan"})
_LONGEST_NUMBER = 64
_NUMBER = re.compile(
    r"[+-]?(\d[\d_]*)?\.?\d[\d_]*\.?([eE][+-]?\d+)?|0[xob][0-9a-fA-F_]+|\d{4}-\d\d-\d\d([Tt ].*)?|\d\d:\d\d(:.*)?"
)
"""A number, a date or a time of TOML, and what a person would take for one."""


def legible(text: object) -> str:
    """The text without what would steer whoever shows it: control characters, and marks that turn its direction."""
    return legible_lines(str(text))


def on_one_line(text: object) -> str:
    """The legible text, line ends too shown as escapes."""
    return names.legible(str(text))


def literal(value: Any, *, opaque: bool = False, unresolved: bool = False) -> str:
    """A value on one line, strings without quotes where nobody can take them for anything else."""
    if unresolved:
        return "<unresolved>"
    text = _text(value) if isinstance(value, str) else on_one_line(json.dumps(value, ensure_ascii=False))
    return f"{text} (not evaluated)" if opaque else text


@lru_cache(maxsize=1 << 10)
def _text(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and not _is_like_another(value)
    return on_one_line(value if plain else json.dumps(value, ensure_ascii=False))


def _is_like_another(value: str) -> bool:
    """Whether a text would be taken for a number, a date, or a word of TOML; none of them is long."""
    return len(value) <= _LONGEST_NUMBER and (value.lower() in _WORDS or bool(_NUMBER.fullmatch(value)))


def clamped(text: str, width: int) -> str:
    """The text in that many characters at most."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def place(origin: wire.Origin | None) -> str:
    """An origin as people write it."""
    return reports.place(origin, on_one_line, "no layer sets it")


def section(origin: wire.Origin | None) -> str:
    """The section of a file, in brackets; empty where there is none."""
    return f"[{on_one_line(origin.section)}]" if isinstance(origin, wire.FileOrigin) and origin.section else ""


def counted(number: int, noun: str) -> str:
    """A number of things: 1 error, 2 errors, 1,200 keys."""
    return f"{number:,} {noun}{'' if number == 1 or noun == 'info' else 's'}"


def minute(when: datetime) -> str:
    """A time to the minute, in UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def moment(when: datetime | str) -> str:
    """A time to the second, in UTC; one that is text is ISO 8601."""
    told = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{told.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def told_of(error: AssayError) -> str:
    """An error and what to do about it; one that may name folders of the machine says less."""
    return UNUSABLE if isinstance(error, ProjectError) else f"{error.message} {error.fix}".strip()
