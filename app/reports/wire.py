"""JSON, version 1: the one wire format, for the command line and for REST.

Each document is a struct whose fields are the document's, in its order. Fields may be added, never renamed or removed.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, structs

from app.core.findings import Deferred as FoundDeferred
from app.core.findings import Edit as FoundEdit
from app.core.findings import Finding as Found
from app.core.findings import Severity
from app.core.findings import Waived as FoundWaived
from app.core.layers import CODE
from app.core.layers import Origin as Place

VERSION: Literal[1] = 1


class FileOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="file"):
    """A place in a file; lines and columns count characters from 1, the end is one past the last."""

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    section: str | None = None


class DotenvOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="dotenv"):
    """A line of `.env`."""

    file: str
    line: int | None
    name: str


class DeploymentOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="deployment"):
    """A variable of a deployment; `via` is the ConfigMap, Secret or file that its text is from, else null."""

    file: str
    line: int | None
    column: int | None
    name: str
    via: str | None


class VariableOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="variable"):
    """An environment variable."""

    name: str


class DefaultOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="default"):
    """A default of the model."""

    model: str


class CallOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="call"):
    """An argument of the application's Dynaconf call."""

    file: str
    line: int
    column: int


class ValidatorOrigin(Struct, frozen=True, kw_only=True, tag_field="kind", tag="validator"):
    """A validator's default or cast."""

    file: str
    line: int
    column: int


type Origin = (
    FileOrigin | DotenvOrigin | DeploymentOrigin | VariableOrigin | DefaultOrigin | CallOrigin | ValidatorOrigin
)


class FindingCounts(Struct, frozen=True, kw_only=True):
    """How many findings of each severity."""

    error: int = 0
    warning: int = 0
    info: int = 0


class FixEdit(Struct, frozen=True, kw_only=True):
    """The change that mends a finding; `text` can be pasted, and a secret's value is null."""

    kind: Literal["set", "unset", "variable", "option"]
    file: str | None
    section: str | None
    key: str
    value: Any
    text: str


class ReportedFinding(Struct, frozen=True, kw_only=True):
    """One problem."""

    rule: str
    name: str
    severity: Literal["info", "warning", "error"]
    environment: str | None
    key: str | None
    message: str
    fix: str
    origin: Origin | None
    related: list[Origin]
    edit: FixEdit | UnsetType = UNSET


class DeferredLeaf(Struct, frozen=True, kw_only=True):
    """A required value that the environment's own deployment supplies."""

    key: str
    variable: str | None
    message: str
    supplied: Origin | UnsetType = UNSET


class WaivedFinding(ReportedFinding, frozen=True, kw_only=True):
    """A finding that a waiver accepts, until the end of a day."""

    reason: str
    expires: date


class EnvironmentReport(Struct, frozen=True, kw_only=True):
    """The verdict on one environment; `reason` says why there is none, where it could not be judged."""

    name: str
    active: bool
    production: bool
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    fingerprint: str
    counts: FindingCounts
    findings: list[ReportedFinding]
    deferred: list[DeferredLeaf]
    waived: list[WaivedFinding]


class AppliedFix(Struct, frozen=True, kw_only=True):
    """What became of a finding's fix under `--fix`: made, or why not."""

    rule: str
    environment: str | None
    key: str | None
    applied: bool
    reason: str | None
    edit: FixEdit | None


class Report(Struct, frozen=True, kw_only=True):
    """The verdict on a project: `assay check`, `GET /config/validate`.

    `known` is the number of findings that a baseline knows; they are told nowhere else. `fixes` is there where fixes
    were asked for.
    """

    version: int = VERSION
    project: str
    active: str
    valid: bool
    counts: FindingCounts
    findings: list[ReportedFinding]
    environments: list[EnvironmentReport]
    waived: list[WaivedFinding] = []
    known: int = 0
    fixes: list[AppliedFix] | UnsetType = UNSET


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


class ExplainedLeaf(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One leaf with every layer that sets it, lowest first; of a lost one, the place that took it."""

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
    """One key in every environment."""

    key: str
    secret: bool
    same: bool
    cells: dict[str, MatrixCell]


class Matrix(Struct, frozen=True, kw_only=True):
    """Keys by environments: `assay matrix`, `GET /config/matrix`.

    Judged where all environments are; `unjudged` has the others, each with its reason.
    """

    version: int = VERSION
    environments: list[str]
    judged: bool = True
    unjudged: dict[str, str] | UnsetType = UNSET
    rows: list[MatrixRow]


class Examples(Struct, frozen=True, kw_only=True):
    """What a rule fires on, and what it is silent about."""

    wrong: str
    right: str


class RuleEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of the catalogue; with its page and examples where it alone was asked for."""

    id: str
    name: str
    severity: Literal["info", "warning", "error"]
    speaks: Literal["production", "always"]
    summary: str
    source: str
    page: str | None = None
    examples: Examples | None = None


class Rules(Struct, frozen=True, kw_only=True):
    """The catalogue, or one rule of it: `assay rules`, `GET /config/rules`."""

    version: int = VERSION
    rules: list[RuleEntry]


class ErrorReport(Struct, frozen=True, kw_only=True):
    """Why Assay could not answer."""

    code: str
    message: str
    fix: str
    origin: dict[str, Any] | None


class Failed(Struct, frozen=True, kw_only=True):
    """The document in place of an answer."""

    version: int = VERSION
    error: ErrorReport


def origin(place: Place | None) -> Origin | None:  # noqa: PLR0911 - one for each kind
    """A place in the wire format."""
    if place is None:
        return None
    if place.kind == "variable":
        return VariableOrigin(name=place.name or "")
    if place.kind == "default":
        return DefaultOrigin(model=place.model or "")
    span = place.span
    if place.kind in CODE:
        made = CallOrigin if place.kind == "call" else ValidatorOrigin
        return made(file=place.file or "", line=span.line if span else 1, column=span.column if span else 1)
    if place.kind == "dotenv":
        return DotenvOrigin(file=place.file or "", line=span.line if span else None, name=place.name or "")
    if place.kind == "deployment":
        return DeploymentOrigin(file=place.file or "", line=span.line if span else None,
                                column=span.column if span else None, name=place.name or "", via=place.via)  # fmt: skip
    if span is None:
        return FileOrigin(file=place.file or "", section=place.section)
    return FileOrigin(file=place.file or "", line=span.line, column=span.column, end_line=span.end_line,
                      end_column=span.end_column, section=place.section)  # fmt: skip


def finding(found: Found) -> ReportedFinding:
    """A finding in the wire format."""
    return ReportedFinding(
        rule=found.rule,
        name=found.name,
        severity=found.severity.word,  # type: ignore[arg-type]  # the enumeration has these three
        environment=found.environment,
        key=found.key,
        message=found.message,
        fix=found.fix,
        origin=origin(found.origin),
        related=[place for place in map(origin, found.related) if place],
        edit=edit(found.edit) if found.edit else UNSET,
    )


def edit(made: FoundEdit) -> FixEdit:
    """The change that mends a finding in the wire format."""
    return FixEdit(
        kind=made.kind, file=made.file, section=made.section, key=made.key, value=plain(made.value), text=made.text
    )


def waived(found: FoundWaived) -> WaivedFinding:
    """A waived finding in the wire format."""
    plainly = structs.asdict(finding(found.finding))
    return WaivedFinding(**plainly, reason=found.waiver.reason, expires=found.waiver.expires)


def deferred(found: FoundDeferred) -> DeferredLeaf:
    """A deferred value in the wire format."""
    place = origin(found.supplied)
    return DeferredLeaf(key=found.key, variable=found.variable, message=found.message, supplied=place or UNSET)


def counts(severities: Iterable[Severity]) -> FindingCounts:
    """How many of each."""
    listed = list(severities)
    return FindingCounts(**{severity.word: listed.count(severity) for severity in Severity})


def plain(value: Any) -> Any:
    """A value as JSON can hold it: dates as ISO 8601, infinities and NaN as text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, float) and not (float("-inf") < value < float("inf")):
        return str(value)
    return value


def digest(document: Any) -> str:
    """A fingerprint of a document: the same in every process for the same content."""
    return "sha256:" + hashlib.sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()


def encode(document: Struct | dict[str, Any]) -> bytes:
    """A document as JSON; what of a file's name is no UTF-8 is shown as escapes."""
    try:
        return msgspec.json.encode(document)
    except UnicodeEncodeError:
        return msgspec.json.encode(_legible(msgspec.to_builtins(document)))


def _legible(value: Any) -> Any:
    if isinstance(value, dict):
        return {_legible(key): _legible(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_legible(item) for item in value]
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
