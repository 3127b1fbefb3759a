"""The rows of the matrix: keys of two spellings are one, and what is found about a missing key has a row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
from msgspec.structs import replace

from app.core.layers import dotted, fold, parse_key
from app.reports import wire


def all_rows(found: wire.Matrix, keys: Iterable[str]) -> list[wire.MatrixRow]:
    """The rows of a matrix, and one for each of the keys that no environment has anything of.

    Args:
        found: the matrix.
        keys: what something is found about.
    """
    rows = _joined(found.rows)
    return [*rows, *_missing(rows, found.environments, keys)]


def about(key: str, rows: Mapping[str, object], lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The rows that a finding about a key belongs to: its own, else those of the list's items.

    Args:
        key: what it is about.
        rows: the rows by their keys.
        lists: the rows of each list.
    """
    return (key,) if key in rows else lists.get(key, (key,))


def lists_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """The keys of each list, by its own key."""
    found: dict[str, list[str]] = {}
    for key in keys:
        for number, letter in enumerate(key):
            if letter == "[":
                found.setdefault(key[:number], []).append(key)
    return found


def _missing(
    rows: Sequence[wire.MatrixRow], environments: Sequence[str], keys: Iterable[str]
) -> Iterable[wire.MatrixRow]:
    there = {above for row in rows for above in _and_above(row.key.casefold())}
    for key in sorted(key for key in set(keys) if key.casefold() not in there):
        cells = {name: _nothing() for name in environments}
        yield wire.MatrixRow(key=key, secret=False, same=True, cells=cells)


def _and_above(key: str) -> Iterator[str]:
    """A key, and the tables and lists that it stands in."""
    yield from (key[:number] for number, letter in enumerate(key) if letter in ".[")
    yield key


def _nothing() -> wire.MatrixCell:
    return wire.MatrixCell(value=None, state="missing", origin=None, group=0)


def _joined(rows: Sequence[wire.MatrixRow]) -> list[wire.MatrixRow]:
    """The rows, those of one key in two spellings as one, in the place of the first."""
    if all(row.key == row.key.casefold() for row in rows):
        return list(rows)
    ordered = sorted(enumerate(rows), key=lambda one: _folded(one[1].key))
    places = [list(same) for _, same in groupby(ordered, key=lambda one: _folded(one[1].key))]
    joined = [(same[0][0], _as_one([row for _, row in same])) for same in places]
    return [row for _, row in sorted(joined, key=lambda one: one[0])]


def _folded(key: str) -> str:
    path = parse_key(key)
    return dotted(fold(path)) if path else key


def _as_one(rows: Sequence[wire.MatrixRow]) -> wire.MatrixRow:
    """One row of several spellings; where an environment has two of them, the rows stay apart in its cell's group."""
    first = rows[0]
    if len(rows) == 1:
        return first
    groups: dict[object, int] = {}
    cells = {}
    for name in first.cells:
        number, cell = next(
            ((number, row.cells[name]) for number, row in enumerate(rows) if row.cells[name].state != "missing"),
            (0, first.cells[name]),
        )
        said = (number, cell.group) if rows[number].secret else msgspec.json.encode(cell.value)
        cells[name] = replace(cell, group=groups.setdefault(said, len(groups)))
    is_same = len({(cell.state == "missing", cell.group) for cell in cells.values()}) == 1
    return replace(first, secret=any(row.secret for row in rows), same=is_same, cells=cells)
