"""Findings in the wire format."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, structs

from app.core.findings import Deferred as FoundDeferred
from app.core.findings import Edit as FoundEdit
from app.core.findings import Finding as Found
from app.core.findings import Severity
from app.core.findings import Waived as FoundWaived
from app.reports.wire.encoding import plain
from app.reports.wire.origins import Origin, origin


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
    """A finding that a waiver accepts, until the end of a day; `expires` is null where it has no end."""

    reason: str
    expires: date | None

    @property
    def term(self) -> str:
        """How long it is accepted, in words."""
        return f"until {self.expires.isoformat()}" if self.expires else "without end"


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
