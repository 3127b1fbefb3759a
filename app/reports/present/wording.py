"""Values and numbers as people read them, in a terminal and on the page."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from app.core.legible import legible
from app.reports import wire

_PLAIN = re.compile(r"[A-Za-z0-9_/.~:*@%+-][^\\\"\n\r\t]*(?<! )")
_WORDS = frozenset({"true", "false", "null", "inf", "nan", "+inf", "-inf", "+nan", "-nan"})
_LONGEST_NUMBER = 64
_NUMBER = re.compile(
    r"[+-]?(\d[\d_]*)?\.?\d[\d_]*\.?([eE][+-]?\d+)?|0[xob][0-9a-fA-F_]+|\d{4}-\d\d-\d\d([Tt ].*)?|\d\d:\d\d(:.*)?"
)
"""A number, a date or a time of TOML, and what a person would take for one."""


def quoted(value: Any) -> str:
    """A value on one line, as TOML would write it."""
    return legible(json.dumps(value, ensure_ascii=False))


def bare(value: Any) -> str:
    """The same, strings without quotes where nobody can take them for anything else."""
    return _bare(value) if isinstance(value, str) else quoted(value)


@lru_cache(maxsize=1 << 10)
def _bare(value: str) -> str:
    return legible(value) if _PLAIN.fullmatch(value) and not _is_like_another(value) else quoted(value)


def _is_like_another(value: str) -> bool:
    """Whether a text would be taken for a number, a date, or a word of TOML; none of them is long."""
    return len(value) <= _LONGEST_NUMBER and (value.lower() in _WORDS or bool(_NUMBER.fullmatch(value)))


def literal(
    value: Any, write: Callable[[Any], str], *, secret: bool = False, opaque: bool = False, unresolved: bool = False
) -> str:
    """What stands for a value: itself as `write` has it, or why it is not there."""
    if unresolved:
        return "<unresolved>"
    if secret and value is None:
        return "***"
    return f"{write(value)} (not evaluated)" if opaque else write(value)


def clamped(text: str, width: int | None) -> str:
    """The text in that many characters at most; whole where there is no such limit."""
    return text if width is None or len(text) <= width else f"{text[: width - 1]}…"


def counted(number: int, noun: str) -> str:
    """A number of things: 1 error, 2 errors, 1,200 keys."""
    return f"{number:,} {noun}{'' if number == 1 or noun == 'info' else 's'}"


def counted_findings(counts: wire.FindingCounts) -> str:
    """How many of each severity, the worst first; empty where there are none."""
    named = {"error": counts.error, "warning": counts.warning, "info": counts.info}
    return ", ".join(counted(number, noun) for noun, number in named.items() if number)
