"""What all files of a project may have together: each value counts once for each environment that may have it."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import limits
from app.sources.files import SourceFile
from app.sources.toml import TomlDocument, beyond

type Read = tuple[SourceFile, TomlDocument]


def bounded(read: list[Read]) -> list[Read]:
    """The documents; where their values times their sections are more than are worked out, the heaviest is a fault.

    How many of the sections are environments, and which are inherited by all, does not matter: the largest section of
    each file is taken as inherited by all.
    """
    while _work(document for _, document in read) > limits.WORK.figure:
        heaviest = max(read, key=lambda one: _work([one[1]]))
        read = [(entry, _without(document) if entry is heaviest[0] else document) for entry, document in read]
    return read


def _without(document: TomlDocument) -> TomlDocument:
    return beyond(document.name, document.text, limits.Excess(limits.WORK))


def _work(documents: Iterable[TomlDocument]) -> int:
    known = [document.values for document in documents]
    names = {name.lower() for values in known for name, table in values.items() if isinstance(table, Mapping)}
    return len(names) * sum(max(map(_leaves, values.values()), default=0) for values in known)


def _leaves(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1
