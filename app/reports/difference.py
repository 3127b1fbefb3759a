"""Two environments side by side, leaf by leaf."""

from typing import Any, Literal

from app.core.layers import Path, fold
from app.core.tree import Leaf, Tree
from app.reports import wire
from app.reports.values import Mask

type Kind = Literal["changed", "added", "removed", "same"]


def difference(left: Tree, right: Tree, mask: Mask, *, everything: bool = False) -> wire.Difference:
    """What differs between two environments; secrets are compared without being shown.

    Args:
        left: where it is compared from.
        right: where to: what only stands here is added.
        mask: what may be shown.
        everything: lists the equal ones too.
    """
    paths = sorted(left.by_path.keys() | right.by_path.keys(), key=_order)
    changes = [_change(left.by_path.get(path), right.by_path.get(path), mask) for path in paths]
    listed = [change for change in changes if everything or change.kind != "same"]
    return wire.Difference(left=left.environment, right=right.environment, changes=listed)


def _order(path: Path) -> list[tuple[bool, str | int]]:
    return [(isinstance(part, int), part) for part in path]


def _change(left: Leaf | None, right: Leaf | None, mask: Mask) -> wire.LeafChange:
    present = right or left
    if present is None:  # pragma: no cover - a path comes from one of the two
        raise AssertionError
    return wire.LeafChange(key=present.key, kind=_kind(left, right), left=_side(left, mask), right=_side(right, mask))


def _kind(left: Leaf | None, right: Leaf | None) -> Kind:
    if left is None:
        return "added"
    if right is None:
        return "removed"
    return "same" if comparable(left) == comparable(right) else "changed"


def comparable(leaf: Leaf) -> Any:
    """What two leaves are compared by: `true`, `1` and `1.0` are three values."""
    return (leaf.state, type(leaf.value).__name__, wire.plain(leaf.value))


def _side(leaf: Leaf | None, mask: Mask) -> wire.Side | None:
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
