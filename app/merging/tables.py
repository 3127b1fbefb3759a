"""Merging tables that hold no markers and no tokens: as Dynaconf does it, in time that grows with their size.

A key in the case that a table has it in is found in an index, where Dynaconf goes through the whole table.
"""

import os
from collections.abc import Hashable, Sequence
from threading import local
from typing import Any, Literal

from msgspec import Struct, field

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils import object_merge

type Keys = tuple[Any, ...]


_FEW = 64
"""Among so many an exact key is met sooner than an index is made."""


class _Index(Struct):
    """The keys of the table that was asked last; a table that has grown since is not read again."""

    keys: Keys = ()
    exact: set[Hashable] = field(default_factory=set)
    folded: dict[str, str] = field(default_factory=dict)

    def take(self, keys: Keys) -> None:
        known = len(self.keys)
        if keys[:known] != self.keys:
            known, self.exact, self.folded = 0, set(), {}
        new, self.keys = keys[known:], keys
        self.exact.update(new)
        for key in new:
            if isinstance(key, str):
                self.folded.setdefault(key.lower(), key)
                self.folded.setdefault(key.replace(" ", "_").lower(), key)


class _Memory(local):
    """One index a thread."""

    def __init__(self) -> None:
        self.index = _Index()


_MEMORY = _Memory()


def spelled(key: str, keys: Keys) -> str | None:
    """The key as it stands among the keys; None where none is the same, whatever the case, with `_` for a blank.

    Source: `find_the_correct_casing` of Dynaconf 3.3.5, whose place it takes; keys that are no text are passed over.
    """
    if not isinstance(key, str) or (len(keys) <= _FEW and key in keys):
        return key
    index = _MEMORY.index
    index.take(keys)
    return key if key in index.exact else index.folded.get(key.lower())


def merged(old: Any, new: Any, lists: Literal["merge", "shallow"] = "merge") -> Any:
    """What `object_merge` makes of two values; neither is changed, and what only one of them has is shared with it.

    No part of either says how it merges. Lists are Dynaconf's own to merge. Source: `object_merge` of Dynaconf 3.3.5.
    """
    if not isinstance(old, dict) or not isinstance(new, dict) or old == new:
        return object_merge(old, [*new] if isinstance(new, list) else new, list_merge=lists)
    said = _as_spelled(old, new)
    changed = {key: merged(old[key], value, lists) if key in old else value for key, value in said.items()}
    return {**old, **changed}


def _as_spelled(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The new items under the old table's spellings, of which the first counts."""
    if new.keys() <= old.keys():
        return new
    spellings: dict[str, str] = {}
    for key in old:
        spellings.setdefault(key.lower(), key)
    said = dict(new)
    for key in new:
        if key not in old and (right := spellings.get(key.lower())):
            said[right] = said.pop(key)
    return said


def replaced(table: Any, names: Sequence[str], value: Any) -> dict[str, Any] | None:
    """The table with a scalar in place of what stands at a path of names; None where nothing does.

    None as well where keys on the way differ in case only. So does a dotted key, whether tables merge or not.
    Source: `Settings._dotted_set` of Dynaconf 3.3.5.
    """
    if not isinstance(table, dict) or not _is_of_one_spelling(table):
        return None
    key = spelled(names[0], tuple(table))
    below = table.get(key) if key else None
    if len(names) == 1:
        return {**table, key: value} if key and below is not None else None
    changed = replaced(below, names[1:], value)
    return {**table, key: changed} if key and changed else None


def _is_of_one_spelling(table: dict[str, Any]) -> bool:
    return len({key.lower() for key in table if isinstance(key, str)}) == len(table)
