"""A key in the case that a table has it in: found in an index, where Dynaconf goes through the whole table."""

from collections.abc import Hashable
from threading import local
from typing import Any

from msgspec import Struct, field

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
