"""Findings of two revisions: which are new, which are fixed, and how many stay."""

from collections import Counter
from collections.abc import Sequence

from app.reports import wire
from app.reports.identity import identified
from app.reports.plan import PlannedDeferrals, PlannedFindings

type _Subject = tuple[str, str | None, str]


def compare_findings(
    base: Sequence[wire.ReportedFinding],
    head: Sequence[wire.ReportedFinding],
    waived: Sequence[wire.ReportedFinding] = (),
) -> PlannedFindings:
    """The findings of one environment, or of the project, on both sides.

    Lines may have moved; and what was found about a key in one file, and is now found about it in another, stays.

    Args:
        base: those before.
        head: those after.
        waived: what is still found, and accepted now; that is neither fixed nor new.
    """
    older, newer = dict(identified(base)), dict(identified(head))
    gone = [finding for mark, finding in older.items() if mark not in newer]
    come = [finding for mark, finding in newer.items() if mark not in older]
    new, fixed = _without(come, gone), _without(gone, [*come, *waived])
    return PlannedFindings(new=new, fixed=fixed, staying=len(head) - len(new))


def _without(
    findings: Sequence[wire.ReportedFinding], others: Sequence[wire.ReportedFinding]
) -> list[wire.ReportedFinding]:
    """Those that have no counterpart among others, one for one."""
    there = Counter(map(_subject, others))
    left = []
    for finding in findings:
        if there[_subject(finding)]:
            there[_subject(finding)] -= 1
        else:
            left.append(finding)
    return left


def _subject(finding: wire.ReportedFinding) -> _Subject:
    """What it is about, wherever that stands; without a key its sentence says it."""
    return finding.rule, finding.key, "" if finding.key else finding.message


def compare_deferred(base: Sequence[wire.DeferredLeaf], head: Sequence[wire.DeferredLeaf]) -> PlannedDeferrals:
    """What a deployment has to supply on either side; one with another source is another."""
    older, newer = ({_supply(one): one for one in side} for side in (base, head))
    return PlannedDeferrals(
        new=[one for mark, one in newer.items() if mark not in older],
        gone=[one for mark, one in older.items() if mark not in newer],
    )


def _supply(one: wire.DeferredLeaf) -> tuple[str, str, str]:
    match one.supplied:
        case wire.DeploymentOrigin(file=file, name=name, via=via):
            return one.key, name, via or file
        case _:
            return one.key, "", ""
