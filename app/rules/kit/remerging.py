"""What a change of one layer would do: found out by merging again, as Dynaconf does."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import Layer, Path
from app.core.tree import Leaf, Tree
from app.rules.kit.subject import EnvironmentContext

type Change = Callable[[Layer], Layer]

MARKER = "dynaconf_merge"


class Effect(Struct, frozen=True, kw_only=True):
    """What a change does to the values of one environment, by their paths.

    Attributes:
        after: the values afterwards.
        new: those that were not there.
        gone: those that are there no more.
        changed: those that are others.
    """

    after: Tree
    new: frozenset[Path] = frozenset()
    gone: frozenset[Path] = frozenset()
    changed: frozenset[Path] = frozenset()

    @property
    def keeps_all(self) -> bool:
        """Whether everything that was there is there, and the same."""
        return not self.gone and not self.changed


def effect(tree: Tree, place: Layer, change: Change) -> Effect | None:
    """What changing one layer does to an environment; None where the environment has no such layer."""
    layers = tree.stated.layers
    if tree.again is None or not any(is_same_place(layer, place) for layer in layers):
        return None
    before = _values(tree.stated)
    tree_after = tree.again([change(layer) if is_same_place(layer, place) else layer for layer in layers])
    after = _values(tree_after)
    return Effect(
        after=tree_after,
        new=frozenset(after.keys() - before.keys()),
        gone=frozenset(before.keys() - after.keys()),
        changed=frozenset(path for path in before.keys() & after.keys() if before[path] != after[path]),
    )


def elsewhere(subject: EnvironmentContext, place: Layer, change: Change) -> Iterator[Effect]:
    """What the same change does to the project's other environments."""
    for tree in subject.neighbours() if place.kind == "file" else ():
        if found := effect(tree, place, change):
            yield found


def is_same_place(one: Layer, other: Layer) -> bool:
    """Whether two environments read this layer at the same place."""
    return (one.kind, one.file, one.section, one.name) == (other.kind, other.file, other.section, other.name)


def setting(path: Path, value: Any) -> Change:
    """The change that sets a key; the path is in the layer's own spelling. An empty path's marker is the layer's."""

    def change(layer: Layer) -> Layer:
        if path == (MARKER,):
            return replace(layer, merge=value)
        return replace(layer, values=_with(layer.values, path, value))

    return change


def removing(*paths: Path) -> Change:
    """The change that takes keys out, and the tables that they leave empty."""

    def change(layer: Layer) -> Layer:
        values: Any = layer.values
        for path in paths:
            values = _without(values, path)
        return replace(layer, values=values)

    return change


def _values(tree: Tree) -> Mapping[Path, str]:
    return {leaf.path: _shown(leaf) for leaf in tree.leaves}


def _shown(leaf: Leaf) -> str:
    return f"{leaf.state} {leaf.value!r}"


def _with(values: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    first, rest = str(path[0]), path[1:]
    below = values.get(first)
    return {**values, first: _with(below if isinstance(below, Mapping) else {}, rest, value) if rest else value}


def _without(values: Any, path: Path) -> Any:
    """The values without one key, list positions excepted: taking an item out moves the others."""
    first, rest = path[0], path[1:]
    if not isinstance(values, Mapping) or first not in values:
        return values
    left = _without(values[str(first)], rest) if rest else {}
    others = {key: item for key, item in values.items() if key != first}
    return {**values, first: left} if left else others
