"""The panel: why a value is what it is, layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET

from app.checking.explain import explain
from app.reports import wire
from app.web.page.findings import Excerpt, FindingItem, about, excerpt
from app.web.page.matrix import CellView, cell, letters
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import literal

MOST = 40
"""So many leaves of a table are explained; the others have explanations of their own."""

_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """What one layer says.

    Attributes:
        origin: where.
        text: the value.
        winner: whether this is the one that counts.
        excerpt: the source line; None where there is none, or none may be shown.
    """

    origin: wire.Origin
    text: str
    winner: bool
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafView:
    """One value.

    Attributes:
        key: whose it is.
        text: the value.
        kind: its type, as TOML calls it.
        secret: whether it is one.
        effective: whether it is in effect.
        layers: the lowest first.
        taken_by: the place that replaced the table around it; None where nothing did.
        reason: why nobody knows it; None where somebody does.
        reads: where code reads it; None where no code is read.
    """

    key: str
    text: str
    kind: str
    secret: bool
    effective: bool
    layers: Sequence[LayerView]
    taken_by: wire.Origin | None = None
    reason: str | None = None
    reads: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The explanation of a key.

    Attributes:
        key: as it is spelled.
        environment: whose value it is.
        leaves: the key's, or those below it.
        more: how many others there are.
        everywhere: the key in all environments; empty for a table.
        findings: what is found about it.
    """

    key: str
    environment: str
    leaves: Sequence[LeafView]
    more: int
    everywhere: Sequence[tuple[str, CellView]]
    findings: Sequence[FindingItem]


def panel(reading: PageReading, asked: Asked) -> Panel:
    """The explanation that is asked for.

    Raises:
        UnknownKey: no layer sets the key.
        AssayError: there is no such environment, or the project cannot be used.
    """
    found = explain(reading.shown.workspace, asked.key, asked.environment or None)
    row = reading.rows.get(found.leaves[0].key) if len(found.leaves) == 1 else None
    return Panel(
        key=found.leaves[0].key if row else found.key,
        environment=found.environment,
        leaves=[_leaf(reading, leaf) for leaf in found.leaves[:MOST]],
        more=max(0, len(found.leaves) - MOST),
        everywhere=_everywhere(row) if row else [],
        findings=about(reading, found.key, found.environment),
    )


def _everywhere(row: wire.MatrixRow) -> list[tuple[str, CellView]]:
    groups = letters(row)
    return [(name, cell(row, said, groups)) for name, said in row.cells.items()]


def _leaf(reading: PageReading, leaf: wire.ExplainedLeaf) -> LeafView:
    return LeafView(
        key=leaf.key,
        text=_text(leaf.value, secret=leaf.secret, opaque=leaf.opaque, unresolved=leaf.unresolved),
        kind=_kind(leaf),
        secret=leaf.secret,
        effective=leaf.effective,
        layers=[_layer(reading, layer, secret=leaf.secret) for layer in leaf.layers],
        taken_by=leaf.taken_by,
        reason=leaf.reason,
        reads=None if leaf.reads is UNSET else [_read(one) for one in leaf.reads],
    )


def _read(one: wire.KeyRead) -> str:
    return f"{one.file}:{one.line}{' (test)' if one.test else ''}"


def _layer(reading: PageReading, layer: wire.LayerValue, *, secret: bool) -> LayerView:
    return LayerView(
        origin=layer.origin,
        text=_text(layer.value, secret=secret),
        winner=layer.winner,
        excerpt=excerpt(layer.origin, reading.shown_line),
    )


def _text(value: object, *, secret: bool, opaque: bool = False, unresolved: bool = False) -> str:
    if secret and value is None and not unresolved:
        return "secret, set"
    text = literal(value, opaque=opaque, unresolved=unresolved)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


_KINDS = {bool: "boolean", int: "integer", float: "float", str: "string", list: "array", dict: "table"}


def _kind(leaf: wire.ExplainedLeaf) -> str:
    return "" if leaf.secret or leaf.value is None else _KINDS.get(type(leaf.value), "")
