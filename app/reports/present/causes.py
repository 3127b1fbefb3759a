"""Findings with one cause in several environments, as one."""

from collections.abc import Iterable

from msgspec import Struct

from app.reports import wire

SEVERITIES = ("error", "warning", "info")
"""The worst first."""


class Cause(Struct, frozen=True, kw_only=True):
    """One cause.

    Attributes:
        finding: as it is told in the first environment.
        environments: where it is found; empty where it belongs to the project.
    """

    finding: wire.ReportedFinding
    environments: tuple[str, ...]


def causes(report: wire.Report) -> list[Cause]:
    """What a report found, each cause once, the worst first."""
    return fold([*report.findings, *(finding for one in report.environments for finding in one.findings)])


def fold(findings: Iterable[wire.ReportedFinding]) -> list[Cause]:
    """The causes of these findings: of one rule and severity, about one key, at one place."""
    folded: dict[tuple[object, ...], list[wire.ReportedFinding]] = {}
    for finding in findings:
        where = finding.environment if finding.origin is None else finding.origin
        folded.setdefault((finding.rule, finding.key, finding.severity, where), []).append(finding)
    together = (
        Cause(finding=found[0], environments=tuple(finding.environment for finding in found if finding.environment))
        for found in folded.values()
    )
    return sorted(together, key=lambda cause: SEVERITIES.index(cause.finding.severity))
