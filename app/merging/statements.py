"""What layers state, and how effective leaves belong to it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from app.core import limits
from app.core.layers import MARKERS, SCALARS, Layer, Path, fold
from app.core.tree import Leaf, Statement
from app.merging.provenance_tags import Computed, is_taggable


def say(path: Path, source: Path, value: Any, layer: Layer) -> list[Statement]:
    """What a layer states with one value, leaf by leaf."""
    said: list[Statement] = []
    state(path, source, value, layer, said)
    return said


def state(path: Path, source: Path, value: Any, layer: Layer, said: list[Statement]) -> None:
    """The same, put behind what is said already."""
    if type(value) in SCALARS:
        said.append(Statement(layer=layer, path=path, source=source, value=value))
    elif value and isinstance(value, dict):
        for key, child in value.items():
            state((*path, key), (*source, key), child, layer, said)
    elif value and isinstance(value, list):
        for number, child in enumerate(value):
            state((*path, number), (*source, number), child, layer, said)
    else:
        plain = str(value) if isinstance(value, Computed) else value
        said.append(Statement(layer=layer, path=path, source=source, value=plain))


def tell(leaves: list[Leaf], failures: Iterable[Leaf]) -> list[Leaf]:
    """The leaves with every failure among them: even where it is overridden, the application does not start."""
    there = {(leaf.layer, leaf.source) for leaf in leaves if leaf.state == "unresolved"}
    missed = (failure for failure in failures if (failure.layer, failure.source) not in there)
    for failure in islice(missed, limits.FINDINGS.figure):  # one is enough that the application does not start
        leaves = _with_failure(leaves, failure)
    return leaves


def _with_failure(leaves: list[Leaf], failure: Leaf) -> list[Leaf]:
    prefixes = (failure.path[:depth] for depth in range(len(failure.path), 0, -1))
    path = next(path for path in prefixes if _can_stand(fold(path), leaves))
    here = fold(path)
    return [*(leaf for leaf in leaves if fold(leaf.path)[: len(here)] != here), replace(failure, path=path)]


def _can_stand(here: Path, leaves: Sequence[Leaf]) -> bool:
    """Whether a leaf can stand there: everything above it is a table."""
    return not any(_stands_in_the_way(fold(leaf.path), here) for leaf in leaves)


def _stands_in_the_way(there: Path, here: Path) -> bool:
    """Whether a leaf is, or stands in, a value above that is no table."""
    shared = next((depth for depth, pair in enumerate(zip(there, here, strict=False)) if pair[0] != pair[1]), None)
    if shared is None:
        return len(there) < len(here)
    return isinstance(there[shared], int)


def attribute(leaves: list[Leaf], said: Sequence[Statement]) -> list[Leaf]:
    """The leaves, each with a layer: one without a tag gets the highest layer that can have made it."""
    if all(leaf.layer is not None for leaf in leaves):
        return leaves
    places: dict[Path, list[Statement]] = {}
    for statement in said:
        here = fold(statement.path)
        for depth in range(1, len(here) + 1):
            places.setdefault(here[:depth], []).append(statement)
    return [leaf if leaf.layer is not None else _attributed(leaf, places) for leaf in leaves]


def _attributed(leaf: Leaf, places: Mapping[Path, Sequence[Statement]]) -> Leaf:
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


def _can_make(said: Statement, depth: int) -> bool:
    """Whether the statement may leave an untagged leaf at that depth of its path: no plain scalar does."""
    return len(said.path) > depth or said.path[-1] in MARKERS or not is_taggable(said.value)


def _owned(leaf: Leaf, said: Statement, depth: int) -> Leaf:
    kept = len(said.source) - len(said.path) + depth
    return replace(leaf, layer=said.layer, source=said.source[: max(kept, 1)])
