"""Effective values in the wire format: of one environment, explained, and compared."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

from app.reports.wire.encoding import VERSION
from app.reports.wire.origins import Origin


class Value(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One effective leaf. A secret's value is null."""

    key: str
    value: Any
    secret: bool
    origin: Origin | None
    opaque: bool = False
    unresolved: bool = False


class Values(Struct, frozen=True, kw_only=True):
    """The effective values of one environment: `assay show`, `GET /config/values`.

    Where it could not be judged they are not all that it has; `reason` says why.
    """

    version: int = VERSION
    environment: str
    judged: bool = True
    reason: str | UnsetType = UNSET
    fingerprint: str
    values: list[Value]


class LayerValue(Struct, frozen=True, kw_only=True):
    """What one layer says about a key."""

    origin: Origin
    value: Any
    winner: bool


class KeyRead(Struct, frozen=True, kw_only=True):
    """A place in the code that reads a key; `default` where something stands in, `test` where it is a test's."""

    file: str
    line: int
    column: int
    default: bool
    test: bool


class ExplainedLeaf(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One leaf with every layer that sets it, lowest first; of a lost one, the place that took it.

    `reads` is there where code is read.
    """

    key: str
    value: Any
    secret: bool
    origin: Origin | None
    effective: bool
    layers: list[LayerValue]
    opaque: bool = False
    unresolved: bool = False
    reason: str | None = None
    taken_by: Origin | None = None
    reads: list[KeyRead] | UnsetType = UNSET


class Explanation(Struct, frozen=True, kw_only=True):
    """Why values are what they are: `assay explain`, `GET /config/explain/{key}`; `judged` as for values."""

    version: int = VERSION
    environment: str
    key: str
    judged: bool = True
    reason: str | UnsetType = UNSET
    leaves: list[ExplainedLeaf]


class Side(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One side of a difference."""

    value: Any
    secret: bool
    origin: Origin | None
    opaque: bool = False
    unresolved: bool = False


class LeafChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one leaf differs between two environments.

    `unknown` where nobody can tell whether it does: two secrets whose digests cannot be compared.
    """

    key: str
    kind: Literal["changed", "added", "removed", "same"]
    left: Side | None
    right: Side | None
    unknown: bool = False


class Difference(Struct, frozen=True, kw_only=True):
    """Two environments compared: `assay diff`, `GET /config/diff`; judged where both are."""

    version: int = VERSION
    left: str
    right: str
    judged: bool = True
    reason: str | UnsetType = UNSET
    changes: list[LeafChange]


class MatrixCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One key in one environment; cells of a row with equal values share a group."""

    value: Any
    state: Literal["own", "inherited", "missing"]
    origin: Origin | None
    group: int
    opaque: bool = False
    unresolved: bool = False


class MatrixRow(Struct, frozen=True, kw_only=True):
    """One key in every environment; `usage` says whether code reads it, where code is read."""

    key: str
    secret: bool
    same: bool
    cells: dict[str, MatrixCell]
    usage: Literal["read", "unread", "unclear"] | UnsetType = UNSET


class Matrix(Struct, frozen=True, kw_only=True):
    """Keys by environments: `assay matrix`, `GET /config/matrix`.

    Judged where all environments are; `unjudged` has the others, each with its reason.
    """

    version: int = VERSION
    environments: list[str]
    judged: bool = True
    unjudged: dict[str, str] | UnsetType = UNSET
    rows: list[MatrixRow]
