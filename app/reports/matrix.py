"""Keys by environments."""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import UNSET

from app.core.cancellation import checkpoint
from app.core.layers import CODE, Path, dotted
from app.core.tree import Leaf, Tree
from app.core.usage.reads import NOTHING_READ, Usage
from app.reports import wire
from app.reports.difference import comparable, known_paths
from app.reports.values import Mask

type State = Literal["own", "inherited", "missing"]


def matrix(trees: Sequence[Tree], mask: Mask, base_sections: Sequence[str], usage: Usage = NOTHING_READ) -> wire.Matrix:
    """Every key of every environment.

    Args:
        trees: the environments, in the order of the columns.
        mask: what may be shown.
        base_sections: sections whose values an environment inherits.
        usage: what the code reads.
    """
    base = frozenset(base_sections)
    rows = [_row(path, trees, mask, base, usage) for path in known_paths(list(trees))]
    return wire.Matrix(environments=[tree.environment for tree in trees], rows=rows)


def _row(path: Path, trees: Sequence[Tree], mask: Mask, base: frozenset[str], usage: Usage) -> wire.MatrixRow:
    checkpoint()
    leaves = {tree.environment: tree.get(*path) for tree in trees}
    groups: list[Any] = []
    cells = {name: _cell(leaf, mask, base, groups) for name, leaf in leaves.items()}
    secret = any(mask.hides_leaf(leaf) for leaf in leaves.values() if leaf)
    said = usage.verdict(path) if usage.known else UNSET
    return wire.MatrixRow(key=dotted(path), secret=secret, same=len(groups) == 1, cells=cells, usage=said)


def _cell(leaf: Leaf | None, mask: Mask, base: frozenset[str], groups: list[Any]) -> wire.MatrixCell:
    """One cell; `groups` collects the values met so far in the row, a missing one among them."""
    value = comparable(leaf) if leaf else None
    if value not in groups:
        groups.append(value)
    return wire.MatrixCell(
        value=mask.shown_leaf(leaf) if leaf else None,
        state=_state(leaf, base),
        origin=wire.origin(leaf.origin) if leaf else None,
        group=groups.index(value),
        opaque=bool(leaf and leaf.state == "opaque"),
        unresolved=bool(leaf and leaf.state == "unresolved"),
    )


def _state(leaf: Leaf | None, base: frozenset[str]) -> State:
    if leaf is None:
        return "missing"
    layer = leaf.layer
    if layer is None or layer.kind in {"default", *CODE}:
        return "inherited"
    return "inherited" if layer.section is not None and layer.section.lower() in {*base, "global"} else "own"
