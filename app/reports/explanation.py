"""Why a value is what it is: every layer that sets it, lowest first, with the winner."""

from app.core.errors import UnknownKey, did_you_mean
from app.core.layers import Origin, Path, dotted, fold
from app.core.losses import key_of, losses
from app.core.tree import UNTOLD, Leaf, Statement, Tree
from app.reports import wire
from app.reports.values import Mask


def explain(tree: Tree, path: Path, mask: Mask) -> wire.Explanation:
    """The explanation of a key; a table's key explains its leaves.

    Raises:
        UnknownKey: no layer sets it; the nearest is suggested.
    """
    paths = _paths(tree, path)
    if not paths:
        known = {dotted(leaf.path) for leaf in tree.leaves}
        message = f"No layer of {tree.environment} sets {dotted(path)!r}."
        raise UnknownKey(message, fix=_suggestion(dotted(path), known))
    takers = _takers(tree, paths)
    leaves = [_leaf(tree, at, mask, takers.get(key_of(at))) for at in paths]
    return wire.Explanation(environment=tree.environment, key=dotted(path), leaves=leaves)


def _suggestion(key: str, known: set[str]) -> str:
    text = did_you_mean(key, known)
    return text if text.startswith("Did") else "`assay show` lists the keys that are set."


def _paths(tree: Tree, path: Path) -> list[Path]:
    """The effective leaves at and below a path, then those that layers set in vain."""
    effective = {fold(leaf.path): leaf.path for leaf in tree.below(path)}
    said = {fold(at): at for at in tree.paths_said(path)}
    return list((effective | {key: at for key, at in said.items() if key not in effective}).values())


def _takers(tree: Tree, paths: list[Path]) -> dict[Path, Origin]:
    """The places that took what is set in vain, by the key; asked only where something is."""
    if all(_is_set(tree.get(*path)) for path in paths):
        return {}
    return {key_of(loss.path): loss.origin for loss in losses(tree)}


def _is_set(leaf: Leaf | None) -> bool:
    """Whether a layer gives the value; a model's default stands in for one that was taken."""
    return leaf is not None and (leaf.layer is None or leaf.layer.kind != "default")


def _leaf(tree: Tree, path: Path, mask: Mask, taker: Origin | None) -> wire.ExplainedLeaf:
    leaf = tree.get(*path)
    value = leaf.value if leaf else None
    layers = _layers(tree, path, leaf, mask)
    sample = value if leaf else next((statement.value for statement in tree.said(path)), None)
    return wire.ExplainedLeaf(
        key=dotted(path),
        value=mask.shown_leaf(leaf) if leaf else mask.shown(path, value),
        secret=mask.hides_leaf(leaf) if leaf else mask.hides(path, sample),
        origin=wire.origin(leaf.origin) if leaf else None,
        effective=leaf is not None,
        layers=layers,
        opaque=bool(leaf and leaf.state == "opaque"),
        unresolved=bool(leaf and leaf.state == "unresolved"),
        reason=_reason(leaf),
        taken_by=None if _is_set(leaf) else wire.origin(taker),
    )


def _reason(leaf: Leaf | None) -> str | None:
    """Why nobody knows a part of a connection: where its URL stands, and that it cannot be read."""
    if leaf is None or leaf.reason != UNTOLD or leaf.origin is None:
        return None
    return f"{leaf.origin} holds a URL that cannot be read, so nothing below it counts"


def _layers(tree: Tree, path: Path, leaf: Leaf | None, mask: Mask) -> list[wire.LayerValue]:
    said = tree.said(path)
    winner = next((statement for statement in said if leaf and _wins(statement, leaf)), None)
    listed = [_said(statement, path, mask, winner=statement is winner) for statement in said]
    if leaf and winner is None and (place := wire.origin(leaf.origin)):
        listed.append(wire.LayerValue(origin=place, value=mask.shown_leaf(leaf), winner=True))
    return listed


def _wins(statement: Statement, leaf: Leaf) -> bool:
    return statement.layer is leaf.layer and fold(statement.source) == fold(leaf.source)


def _said(statement: Statement, path: Path, mask: Mask, *, winner: bool) -> wire.LayerValue:
    place = wire.origin(statement.origin)
    if place is None:  # pragma: no cover - a statement always has a layer
        raise AssertionError
    hidden = not mask.reveal and mask.hides(statement.source, statement.value)
    return wire.LayerValue(origin=place, value=None if hidden else mask.shown(path, statement.value), winner=winner)
