"""Values as the model's process reads them: JSON, where what JSON cannot say is an object with its type's name."""

from collections.abc import Mapping
from datetime import date, datetime, time
from math import isfinite
from typing import Any

_NAMES = ((datetime, "datetime"), (date, "date"), (time, "time"))  # a datetime is a date, too: the first counts


def encoded(value: Any) -> Any:
    """The value in that form; what is neither TOML nor JSON is its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else {"float": str(value)}
    if isinstance(value, Mapping):
        return {"table": {str(key): encoded(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [encoded(item) for item in value]
    name = next((name for kind, name in _NAMES if isinstance(value, kind)), None)
    return {name: value.isoformat()} if name else str(value)
