"""The verdict on a project in the wire format, and the document in its place where there is none."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from app.core.errors import AssayError
from app.reports.wire.encoding import VERSION
from app.reports.wire.findings import DeferredLeaf, FindingCounts, FixEdit, ReportedFinding, WaivedFinding


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


class ErrorReport(Struct, frozen=True, kw_only=True):
    """Why Assay could not answer."""

    code: str
    message: str
    fix: str
    origin: dict[str, Any] | None


def error(found: AssayError) -> ErrorReport:
    """An error in the wire format."""
    origin = dict(found.origin) if found.origin else None
    return ErrorReport(code=found.code, message=found.message, fix=found.fix, origin=origin)


class Failed(Struct, frozen=True, kw_only=True):
    """The document in place of an answer."""

    version: int = VERSION
    error: ErrorReport
