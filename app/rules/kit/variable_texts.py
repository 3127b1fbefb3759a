"""The text of a variable, and how to write it so that Dynaconf reads what is meant."""

from datetime import date, time
from math import isfinite
from typing import Any, Literal

import tomli

from app.core import dsn
from app.core.findings import Edit
from app.rules.kit.toml_text import variable_line
from app.rules.kit.variables import Variable

type Kind = Literal["boolean", "number", "date", "text"]


def kind_of(value: object) -> Kind | None:
    """The kind of a single value; None for tables, lists and nothing."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, date | time):
        return "date"
    return "text" if isinstance(value, str) else None


def read(text: str) -> Any:
    """What Dynaconf reads the text as, but for tokens: the right-hand side of a TOML line, else the text itself."""
    try:
        value = tomli.loads(f"key = {text}")
    except (tomli.TOMLDecodeError, ValueError, RecursionError):
        return text
    return value["key"] if value.keys() == {"key"} else text


def is_infinite(value: object) -> bool:
    """Whether it is a number that stands for none."""
    return isinstance(value, float) and not isfinite(value)


def kept(variable: Variable) -> str:
    """The text that Dynaconf leaves as it is."""
    return f"@str {(variable.text or '').strip()}"


def assignment(variable: Variable, text: str, *, secret: bool = False) -> str:
    """The line that sets the variable; what is secret in it is not shown."""
    if secret:
        return f"{variable.name}='@str …'" if text.startswith("@str ") else f"{variable.name}=…"
    return variable_line(variable.name, dsn.mask(text))


def edit(variable: Variable, text: str, value: object) -> Edit | None:
    """The edit that gives the variable this text, which is read as that value; None where it is not to be shown."""
    if dsn.mask(text) != text:
        return None
    line = variable_line(variable.name, text)
    return Edit(kind="variable", text=line, key=variable.name, file=variable.layer.file, value=value)
