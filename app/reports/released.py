"""Documents as they may leave: every text in them is one that may be shown."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from msgspec import UNSET, Struct, structs

from app.reports.wire import FixEdit

type Said = Callable[[str], str]
"""A text as it may be shown."""


def released[D: Struct](document: D, said: Said) -> D:
    """The document, its names, keys, places and sentences as they may be shown.

    An edit that would have to be shown otherwise than it is made is not there: what can be pasted has no stars.
    """
    return cast("D", _struct(document, cache(said)))  # findings repeat most of their texts


def _struct(document: Struct, said: Said) -> Struct:
    changed = {
        name: new
        for name in document.__struct_fields__
        if (new := _value(old := getattr(document, name), said)) is not old
    }
    return structs.replace(document, **changed) if changed else document


def _value(value: Any, said: Said) -> Any:
    """The value; the very same where nothing in it is to be masked."""
    if isinstance(value, str):
        shown = said(value)
        return value if shown == value else shown
    if not isinstance(value, Struct | list | tuple | dict):
        return value
    if isinstance(value, FixEdit):
        return value if _struct(value, said) is value else UNSET
    if isinstance(value, Struct):
        return _struct(value, said)
    if isinstance(value, list | tuple):
        items = [_value(item, said) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    return _table(value, said)


def _table(value: dict[Any, Any], said: Said) -> dict[Any, Any]:
    shown: dict[Any, Any] = {}
    for key, item in value.items():
        name = _value(key, said)
        while name in shown:
            name = f"{name}*"  # two names that differ in what is not shown
        shown[name] = _value(item, said)
    same = all(shown.get(key) is item for key, item in value.items()) and len(shown) == len(value)
    return value if same else shown
