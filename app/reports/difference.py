"""Two environments side by side, leaf by leaf."""

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from app.core.layers import Path, fold
from app.core.tree import Leaf, Tree
from app.reports import wire

_SCALARS = frozenset({str, int, bool})

type Kind = Literal["changed", "added", "removed", "same"]


class LeafMask(Protocol):
    """Decides what of a leaf may be shown."""

    def hides_leaf(self, leaf: Leaf) -> bool:
        """Whether it is a secret."""

    def shown_leaf(self, leaf: Leaf) -> Any:
        """Its value as it may be shown."""


def difference(left: Tree, right: Tree, mask: LeafMask, *, everything: bool = False) -> wire.Difference:
    """What differs between two environments; secrets are compared without being shown.

    Args:
        left: where it is compared from.
        right: where to: what only stands here is added.
        mask: what may be shown.
        everything: lists the equal ones too.
    """
    paths = _in_order(left.by_path.keys() | right.by_path.keys()) if everything else changed_paths(left, right)
    return wire.Difference(left=left.environment, right=right.environment, changes=changes(left, right, paths, mask))


type KnownChanges = dict[tuple[int, int], wire.LeafChange]
"""By the leaves' identities: trees of one project share those that they have in common."""


def changes(
    left: Tree, right: Tree, paths: Iterable[Path], mask: LeafMask, known: KnownChanges | None = None
) -> list[wire.LeafChange]:
    """What two environments have at some paths, as look-ups compare them.

    Args:
        left: where it is compared from.
        right: where to.
        paths: where.
        mask: what may be shown.
        known: the changes of other pairs whose trees are still there; those that are found join them.
    """
    found = {} if known is None else known
    older, newer = left.by_path, right.by_path
    return [_known_change(older.get(path), newer.get(path), mask, found) for path in paths]


def _known_change(left: Leaf | None, right: Leaf | None, mask: LeafMask, known: KnownChanges) -> wire.LeafChange:
    mark = id(left), id(right)
    if mark not in known:
        known[mark] = _change(left, right, mask)
    return known[mark]


def changed_paths(left: Tree, right: Tree) -> list[Path]:
    """The paths, as look-ups compare them, at which two environments differ, in the order of keys."""
    older, newer = left.by_path, right.by_path
    return _in_order(path for path in older.keys() | newer.keys() if _kind(older.get(path), newer.get(path)) != "same")


def _in_order(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=_order)


def _order(path: Path) -> list[tuple[bool, str | int]]:
    return [(isinstance(part, int), part) for part in path]


def _change(left: Leaf | None, right: Leaf | None, mask: LeafMask) -> wire.LeafChange:
    present = right or left
    if present is None:  # pragma: no cover - a path comes from one of the two
        raise AssertionError
    return wire.LeafChange(key=present.key, kind=_kind(left, right), left=_side(left, mask), right=_side(right, mask))


def _kind(left: Leaf | None, right: Leaf | None) -> Kind:
    if left is None:
        return "added"
    if right is None:
        return "removed"
    return "same" if _is_same(left, right) else "changed"


def _is_same(left: Leaf, right: Leaf) -> bool:
    kind = type(left.value)
    if kind in _SCALARS and kind is type(right.value):  # most leaves: what JSON would make of them is not asked for
        return bool(left.value == right.value) and left.state == right.state
    return bool(comparable(left) == comparable(right))


def comparable(leaf: Leaf) -> Any:
    """What two leaves are compared by: `true`, `1` and `1.0` are three values."""
    return (leaf.state, type(leaf.value).__name__, wire.plain(leaf.value))


def _side(leaf: Leaf | None, mask: LeafMask) -> wire.Side | None:
    if leaf is None:
        return None
    return wire.Side(
        value=mask.shown_leaf(leaf),
        secret=mask.hides_leaf(leaf),
        origin=wire.origin(leaf.origin),
        opaque=leaf.state == "opaque",
        unresolved=leaf.state == "unresolved",
    )


def known_paths(trees: list[Tree]) -> list[Path]:
    """Every leaf's path in any of the trees, each once, in the order of keys."""
    found: dict[Path, Path] = {}
    for tree in trees:
        for leaf in tree.leaves:
            found.setdefault(fold(leaf.path), leaf.path)
    return [found[path] for path in sorted(found, key=_order)]
