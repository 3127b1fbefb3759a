"""What a change of one layer would do: found out by merging again, as Dynaconf does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import MARKER, Layer, Path
from app.core.tree import Leaf, Tree
from app.rules.kit.subject import EnvironmentContext

type Change = Callable[[Layer], Layer]


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


def effect(tree: Tree, place: Layer, change: Change, key: Path = ()) -> Effect | None:
    """What changing one layer does to an environment; None where the environment has no such layer.

    Args:
        tree: the environment.
        place: the layer, or the same place in another environment.
        change: what is done to it.
        key: the key that the change is about, where it is one: what cannot depend on it is not merged again.
    """
    layers = tree.stated.layers
    if tree.again is None or not any(is_same_place(layer, place) for layer in layers):
        return None
    root = _root(key[:1]) if key and _is_plain(tree) else ""
    about = [_about(layer, root) for layer in layers] if root else layers
    before = _values(tree.stated, root)
    tree_after = tree.again([change(layer) if is_same_place(layer, place) else layer for layer in about])
    after = _values(tree_after, root)
    return Effect(
        after=tree_after,
        new=frozenset(after.keys() - before.keys()),
        gone=frozenset(before.keys() - after.keys()),
        changed=frozenset(path for path in before.keys() & after.keys() if before[path] != after[path]),
    )


def _is_plain(tree: Tree) -> bool:
    """Whether files alone speak, and no value refers to another: a table then depends on no other."""
    if "plain" not in tree.__dict__:
        texts = (said.value for said in tree.stated.statements if isinstance(said.value, str))
        files = all(layer.kind == "file" for layer in tree.stated.layers)
        tree.__dict__["plain"] = files and not any(text.startswith("@") for text in texts)
    return bool(tree.__dict__["plain"])


def _root(path: Path) -> str:
    return str(path[0]).replace(" ", "_").casefold()


def _about(layer: Layer, root: str) -> Layer:
    """The layer with what it says about one top-level key alone, dotted keys and longer names with it."""
    kept = {name: value for name, value in layer.values.items() if _root((name,)).startswith(root)}
    return replace(layer, values=kept)


def elsewhere(subject: EnvironmentContext, place: Layer, change: Change, key: Path = ()) -> Iterator[Effect]:
    """What the same change does to the project's other environments."""
    for tree in subject.neighbours() if place.kind == "file" else ():
        if found := effect(tree, place, change, key):
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
        return replace(layer, values=_without(layer.values, paths))

    return change


def _values(tree: Tree, root: str = "") -> Mapping[Path, str]:
    return {leaf.path: _shown(leaf) for leaf in tree.leaves if not root or _root(leaf.path).startswith(root)}


def _shown(leaf: Leaf) -> str:
    return f"{leaf.state} {leaf.value!r}"


def _with(values: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    first, rest = str(path[0]), path[1:]
    below = values.get(first)
    return {**values, first: _with(below if isinstance(below, Mapping) else {}, rest, value) if rest else value}


def _without(values: Any, paths: Sequence[Path]) -> Any:
    """The values without these keys, list positions excepted: taking an item out moves the others."""
    if not isinstance(values, Mapping):
        return values
    below: dict[str | int, list[Path]] = {}
    for path in paths:
        below.setdefault(path[0], []).append(path[1:])
    kept: dict[str, Any] = {}
    for key, item in values.items():
        rests = below.get(key, [])
        left = item if not rests else None if () in rests else _without(item, rests)
        if left or not rests:
            kept[key] = left
    return kept
