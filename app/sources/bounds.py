"""What all files of a project may have together: each value counts once for each environment that may have it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.core import limits
from app.sources.files import SourceFile
from app.sources.toml import TomlDocument, beyond

type Read = tuple[SourceFile, TomlDocument]


def bounded(read: list[Read], inherited: Collection[str] | None) -> list[Read]:
    """The documents; where all environments together have more values than are worked out, the heaviest is a fault.

    Args:
        read: what was read.
        inherited: the sections that every environment has, in lower case; None where files have no sections.
    """
    while _work([document for _, document in read], inherited) > limits.WORK.figure:
        heaviest = max(read, key=lambda one: _work([one[1]], inherited))
        read = [(entry, _without(document) if entry is heaviest[0] else document) for entry, document in read]
    return read


def _without(document: TomlDocument) -> TomlDocument:
    return beyond(document.name, document.text, limits.Excess(limits.WORK))


def _work(documents: Sequence[TomlDocument], inherited: Collection[str] | None) -> int:
    """How many values all environments have at most: each its own section's, and all those that are inherited."""
    if inherited is None:
        return sum(_leaves(document.values) for document in documents)
    sections = [(name.lower(), table) for document in documents for name, table in document.values.items()]
    own = [(name, _leaves(table)) for name, table in sections if name not in inherited]
    names = {name for name, table in sections if isinstance(table, Mapping) and name not in inherited}
    shared = sum(_leaves(table) for name, table in sections if name in inherited)
    return sum(count for _, count in own) + max(len(names), 1) * shared


def _leaves(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(map(_leaves, value.values()))
    return sum(map(_leaves, value)) if isinstance(value, list) else 1
