"""Documents as they may leave: every text in them is one that may be shown."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from msgspec import UNSET, Struct, structs

from app.reports.wire import FixEdit

type Said = Callable[[str], str]
"""A text as it may be shown."""

_HOLDING = (Struct, list, tuple, dict)
"""What may hold texts; a tuple, since a union would be made anew for each of a hundred thousand values."""


def released[D: Struct](document: D, said: Said) -> D:
    """The document, its names, keys, places and sentences as they may be shown.

    An edit that would have to be shown otherwise than it is made is not there: what can be pasted has no stars.
    """
    return Masking(said)(document)


class Masking:
    """Makes documents fit to leave. What they have in common, or what has been made fit already, is looked at once.

    Args:
        said: gives a text as it may be shown.
    """

    def __init__(self, said: Said) -> None:
        self._said = cache(said)  # findings repeat most of their texts
        self._seen: dict[int, tuple[Struct, Struct]] = {}

    def __call__[D: Struct](self, document: D) -> D:
        """The document as it may leave."""
        return cast("D", self._struct(document))

    def _struct(self, document: Struct) -> Struct:
        """What is kept beside the result keeps its identity from being another's."""
        if known := self._seen.get(id(document)):
            return known[1]
        changed = {
            name: new
            for name in document.__struct_fields__
            if (new := self._value(old := getattr(document, name))) is not old
        }
        shown = structs.replace(document, **changed) if changed else document
        self._seen[id(document)] = document, shown
        self._seen[id(shown)] = shown, shown
        return shown

    def _value(self, value: Any) -> Any:
        """The value; the very same where nothing in it is to be masked."""
        if isinstance(value, str):
            shown = self._said(value)
            return value if shown == value else shown
        if not isinstance(value, _HOLDING):
            return value
        if isinstance(value, FixEdit):
            return value if self._struct(value) is value else UNSET
        if isinstance(value, Struct):
            return self._struct(value)
        if isinstance(value, list | tuple):
            items = [self._value(item) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else type(value)(items)
        return self._table(value)

    def _table(self, value: dict[Any, Any]) -> dict[Any, Any]:
        shown: dict[Any, Any] = {}
        for key, item in value.items():
            name = self._value(key)
            while name in shown:
                name = f"{name}*"  # two names that differ in what is not shown
            shown[name] = self._value(item)
        same = all(shown.get(key) is item for key, item in value.items()) and len(shown) == len(value)
        return value if same else shown
