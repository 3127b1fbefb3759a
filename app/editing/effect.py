"""Whether what a profile says is what an environment then runs with."""

from collections.abc import Iterator
from typing import Any

from app.core.layers import Layer, Origin, dotted, fold
from app.core.layers import Path as KeyPath
from app.core.tree import Leaf, Tree, leaves_of
from app.sources.files import SourceFile
from app.toml_edit.choice import EditTarget
from app.toml_edit.spelling import is_of


def effect(tree: Tree, wanted: EditTarget, entry: SourceFile, path: KeyPath, value: Any) -> tuple[str, Origin | None]:
    """Why the value is not what the environment runs with, and where that comes from; nothing where it is."""
    layer = next((layer for layer in tree.layers if is_of(layer, wanted, entry.name)), None)
    for at, expected in _expected(layer, path, value):
        leaf = next((leaf for leaf in tree.leaves if leaf.path == at), None) or tree.get(*at)
        if leaf is None:
            return _nowhere(tree, wanted, layer, at)
        if leaf.layer is not layer:
            why = " Lists add to the ones below them here." if isinstance(value, list) and len(at) > len(path) else ""
            return f"{wanted.shown} would still take {dotted(at)} from {leaf.origin}.{why}", leaf.origin
        if not _is_expected(leaf, expected):
            return f"Dynaconf would make something else of {dotted(at)}.", leaf.origin
    if isinstance(value, list):
        known = {fold((*path, *below)) for below, _ in leaves_of(value)}
        more = next((leaf for leaf in tree.below(path) if fold(leaf.path) not in known), None)
        if more:
            return f"{wanted.shown} would still take {more.key} from {more.origin}.", more.origin
    return "", None


def _nowhere(tree: Tree, wanted: EditTarget, layer: Layer | None, path: KeyPath) -> tuple[str, Origin | None]:
    """That the key would not be there, and what takes the place of its table."""
    said = f"{wanted.shown} would still have no {dotted(path)}"
    for depth in range(len(path) - 1, 0, -1):
        others = (leaf for leaf in tree.below(path[:depth]) if leaf.layer and leaf.layer is not layer)
        if taking := next(others, None):
            return f"{said}: {taking.origin} takes the place of {dotted(path[:depth])}.", taking.origin
    return f"{said}.", None


def _expected(layer: Layer | None, path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    """The leaves that the value should come out as; a URL comes out as its parts."""
    parts = [at for at, where in layer.aliases.items() if fold(where) == fold(path)] if layer else []
    if parts:
        yield from ((part, None) for part in parts)
    else:
        yield from (((*path, *below), leaf) for below, leaf in leaves_of(value))


def _is_expected(leaf: Leaf, expected: Any) -> bool:
    """Whether a leaf came out as it was written; what a token becomes is its own business."""
    if expected is None or (isinstance(expected, str) and expected.startswith("@")):
        return True
    return type(leaf.value) is type(expected) and repr(leaf.value) == repr(expected)
