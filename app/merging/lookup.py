"""What a reference gets: the bare value behind it, evaluated, or why there is none."""

import os
from typing import Any

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils.parse_conf import Lazy, MetaValue, apply_converter, converters

from app.merging.lazy import OpaqueError, UnresolvedError
from app.merging.provenance_tags import Tagged, bare, like

ABSENT = object()  # Dynaconf's own sentinel is a value that profiles can write: `@empty`
_SAFE_CASTS = frozenset(converters) - {"@format", "@jinja", "@get", "@read_file", "@reset", "@del", "@merge",
                                       "@merge_unique", "@insert", "@empty"}  # fmt: skip


class _Marker(str):
    """A marker inside a template's text: as Dynaconf writes it, but for its address in memory."""

    __slots__ = ()
    __repr__ = str.__str__


class LimitedGetter:
    """The part of a settings object that `@get` uses, without casts that could run code."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def __contains__(self, key: str) -> bool:
        return key in self._settings

    def get(self, *, key: str, default: Any = None, cast: str | None = None) -> Any:
        """The value at a key, or the default."""
        stored = self._settings.get(key, default=default)
        value = resolved(stored)
        if cast is None:
            return stored if isinstance(stored, dict | list) else value
        if cast not in _SAFE_CASTS:
            message = f"the cast {cast} is not run here"
            raise UnresolvedError(message)
        return apply_converter(cast, value, self._settings)


def step(value: Any, name: str | int) -> Any:
    """What a table or a list has under a name; ABSENT where it has nothing."""
    if isinstance(value, dict):
        return value.get(name, ABSENT)
    if isinstance(value, list) and isinstance(name, int) and name < len(value):
        return value[name]
    return ABSENT


def resolved(value: Any, replay: Any = None) -> Any:
    """The value without tags; with a replay lazy values inside it are evaluated too. Raises UnresolvedError."""
    if isinstance(value, Lazy) and replay:
        value = value(replay)
    if isinstance(value, Tagged):
        if value.state != "plain":
            raise (OpaqueError if value.state == "opaque" else UnresolvedError)(value.reason)
        return value.value
    if isinstance(value, MetaValue) and replay:
        return _Marker(f"{type(value).__name__}({bare(value.value)})")
    if isinstance(value, dict):
        return like(value, {key: resolved(dict.__getitem__(value, key), replay) for key in dict.keys(value)})
    return [resolved(item, replay) for item in list.__iter__(value)] if isinstance(value, list) else value
