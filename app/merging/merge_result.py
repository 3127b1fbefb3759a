"""What a merge gives: effective leaves, what layers stated, and how the two belong together. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core import limits
from app.core.layers import Path, fold
from app.core.tree import State
from app.merging.provenance_tags import MARKERS, Computed, is_taggable


class Merged(Struct, frozen=True, kw_only=True):
    """One effective leaf: its path in the result, and the layer (by number) and source path that won, if any."""

    path: Path
    value: Any
    layer: int | None
    source: Path
    state: State = "plain"
    reason: str = ""


class StatedLeaf(Struct, frozen=True, kw_only=True):
    """One leaf that a layer (by number) states, whether it wins or not: its path in the result's space, and its own."""

    layer: int
    path: Path
    source: Path
    value: Any


def say(path: Path, source: Path, value: Any, number: int) -> Iterator[StatedLeaf]:
    """What a layer states with one value, leaf by leaf."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not children or not value:
        plain = str(value) if isinstance(value, Computed) else value
        yield StatedLeaf(layer=number, path=path, source=source, value=plain)
        return
    for part, child in children:
        yield from say((*path, part), (*source, part), child, number)


def tell(leaves: list[Merged], failures: Iterable[Merged]) -> list[Merged]:
    """The leaves with every failure among them: even where it is overridden, the application does not start."""
    there = {(leaf.layer, leaf.source) for leaf in leaves if leaf.state == "unresolved"}
    missed = (failure for failure in failures if (failure.layer, failure.source) not in there)
    for failure in islice(missed, limits.FINDINGS.figure):  # one is enough that the application does not start
        leaves = _with_failure(leaves, failure)
    return leaves


def _with_failure(leaves: list[Merged], failure: Merged) -> list[Merged]:
    prefixes = (failure.path[:depth] for depth in range(len(failure.path), 0, -1))
    path = next(path for path in prefixes if _can_stand(fold(path), leaves))
    here = fold(path)
    return [*(leaf for leaf in leaves if fold(leaf.path)[: len(here)] != here), replace(failure, path=path)]


def _can_stand(here: Path, leaves: Sequence[Merged]) -> bool:
    """Whether a leaf can stand there: everything above it is a table."""
    return not any(_stands_in_the_way(fold(leaf.path), here) for leaf in leaves)


def _stands_in_the_way(there: Path, here: Path) -> bool:
    """Whether a leaf is, or stands in, a value above that is no table."""
    shared = next((depth for depth, pair in enumerate(zip(there, here, strict=False)) if pair[0] != pair[1]), None)
    if shared is None:
        return len(there) < len(here)
    return isinstance(there[shared], int)


def attribute(leaves: list[Merged], said: Sequence[StatedLeaf]) -> list[Merged]:
    """The leaves, each with a layer: one without a tag gets the highest layer that can have made it."""
    if all(leaf.layer is not None for leaf in leaves):
        return leaves
    places: dict[Path, list[StatedLeaf]] = {}
    for statement in said:
        here = fold(statement.path)
        for depth in range(1, len(here) + 1):
            places.setdefault(here[:depth], []).append(statement)
    return [leaf if leaf.layer is not None else _attributed(leaf, places) for leaf in leaves]


def _attributed(leaf: Merged, places: Mapping[Path, Sequence[StatedLeaf]]) -> Merged:
    """That layer says just this; or something there that leaves no tag, or below it; or anything about the key."""
    here = fold(leaf.path)
    nearby = list(reversed(places.get(here, ())))
    same = (said for said in nearby if len(said.path) == len(here) and repr(said.value) == repr(leaf.value))
    able = (said for said in nearby if _can_make(said, len(here)))
    winner = next(same, None) or next(able, None)
    if winner:
        return _owned(leaf, winner, len(here))
    touching = places.get(here[:1])
    return _owned(leaf, touching[-1], 1) if touching else leaf


def _can_make(said: StatedLeaf, depth: int) -> bool:
    """Whether the statement may leave an untagged leaf at that depth of its path: no plain scalar does."""
    return len(said.path) > depth or said.path[-1] in MARKERS or not is_taggable(said.value)


def _owned(leaf: Merged, said: StatedLeaf, depth: int) -> Merged:
    kept = len(said.source) - len(said.path) + depth
    return replace(leaf, layer=said.layer, source=said.source[: max(kept, 1)])
