"""The verdict on a project, environment by environment."""

from collections.abc import Sequence

from msgspec import UNSET, Struct

from app.core.findings import Finding, Severity, Verdict, Waived
from app.reports import wire


class Judged(Struct, frozen=True, kw_only=True):
    """One environment with what was said about it.

    Attributes:
        reason: why it could not be judged, `settings.toml:35 does not parse`; None where it was.
    """

    name: str
    active: bool
    production: bool
    fingerprint: str
    verdict: Verdict
    reason: str | None = None

    @property
    def judged(self) -> bool:
        """Whether it could be judged at all; what is not judged is not valid."""
        return self.reason is None


def validation(
    project: str, active: str, findings: Sequence[Finding], judged: Sequence[Judged], waived: Sequence[Waived] = ()
) -> wire.Report:
    """The report.

    Args:
        project: the project's name.
        active: the active environment.
        findings: those that belong to no single environment.
        judged: the environments that were asked for.
        waived: those that belong to no single environment and that a waiver accepts.
    """
    everything = [*findings, *(finding for one in judged for finding in one.verdict.findings)]
    return wire.Report(
        project=project,
        active=active,
        valid=is_clean(everything) and all(one.judged for one in judged),
        counts=wire.counts(finding.severity for finding in everything),
        findings=[wire.finding(finding) for finding in findings],
        environments=[_environment(one) for one in judged],
        waived=[wire.waived(item) for item in waived],
    )


def is_clean(findings: Sequence[Finding], level: Severity = Severity.ERROR) -> bool:
    """Whether nothing reaches that severity."""
    return all(finding.severity < level for finding in findings)


def _environment(one: Judged) -> wire.EnvironmentReport:
    found = one.verdict.findings
    return wire.EnvironmentReport(
        name=one.name,
        active=one.active,
        production=one.production,
        valid=is_clean(found) and one.judged,
        judged=one.judged,
        reason=one.reason or UNSET,
        fingerprint=one.fingerprint,
        counts=wire.counts(finding.severity for finding in found),
        findings=[wire.finding(finding) for finding in found],
        deferred=[wire.deferred(item) for item in one.verdict.deferred],
        waived=[wire.waived(item) for item in one.verdict.waived],
    )
