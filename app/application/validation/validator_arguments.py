"""What a validator may be handed for its arguments to mean to us what they mean to Dynaconf: values, types, casts."""

import datetime as dt
import pathlib
import re
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from app.core.validators import Validator

TYPES: Mapping[str, Any] = {
    **{kind.__name__: kind for kind in (int, str, float, bool, list, dict, tuple, set, frozenset, bytes, object)},
    "datetime.date": dt.date,
    "datetime.datetime": dt.datetime,
    "datetime.time": dt.time,
    **{f"pathlib.{name}": getattr(pathlib, name) for name in ("Path", "PurePath")},
    "types.NoneType": types.NoneType,
    **{f"typing.{name}": getattr(typing, name) for name in ("Optional", "Union", "List", "Dict", "Tuple", "Any")},
}  # fmt: skip
"""Types by the names that they are imported under."""

CASTS = frozenset({int, str, float, bool, list, dict, tuple, set, frozenset, pathlib.Path, pathlib.PurePath})
"""What makes nothing but a value of its type, whatever it is handed; a path looks at no file."""

_UNSAID = frozenset({"regex", "not_regex", "re", "get_args", "get_origin", "Union", "UnionType", "annotations", "**"})
"""No operations, and patterns, some of which take for ever. Source: Dynaconf, `validator_conditions.py`."""

_TEMPLATE = re.compile(r"(?:[^{}]|\{\{|\}\}|\{(?:name|env|operation|op_value|value|function|errors)\})*")


class Unreadable:
    """What stands in the place of an item that cannot be known.

    Args:
        validator: makes a validator of it of which nothing is known.
    """

    def __init__(self, validator: Callable[[], Validator]) -> None:
        self.validator = validator

    def __bool__(self) -> bool:
        raise TypeError


def is_known(name: str, value: Any) -> bool:
    """Whether an argument of a validator is nothing but a value, and means what it means to Dynaconf."""
    if name == "description" or value is None:
        return True
    if name in {"when", "items_validators"}:
        return isinstance(value, Validator if name == "when" else list | tuple)
    if name in {"cast", "default"} and callable(value):
        return value in CASTS
    if name == "messages":
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if name == "condition" or name in _UNSAID or _is_chance(name, value):
        return False
    return _is_plain(value)


def settled(name: str, value: Any) -> Any:
    """The argument as it is kept: unknown items of it as validators of which nothing is known; safe templates alone."""
    if name == "items_validators":
        return tuple(one.validator() if isinstance(one, Unreadable) else one for one in value)
    if name == "messages" and value:
        return {key: text for key, text in value.items() if _TEMPLATE.fullmatch(text)}
    return value


def _is_chance(name: str, value: Any) -> bool:
    """Whether the operation asks if two equal values are one object, which the process decides as it happens."""
    return name == "identity" and not isinstance(value, bool)


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, [*value.keys(), *value.values()]))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_plain, value))
    return not isinstance(value, Unreadable | Validator | PurePath)
