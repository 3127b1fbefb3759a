"""Findings of two revisions: which are new, which are fixed, and how many stay."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.reports import wire
from app.reports.identity import identified, severity_of
from app.reports.plan import PlannedDeferrals, PlannedFindings

if TYPE_CHECKING:
    from app.core.findings import Severity

type _Subject = tuple[str, str | None, str]


def compare_findings(
    base: Sequence[wire.ReportedFinding],
    head: Sequence[wire.ReportedFinding],
    waived: Sequence[wire.ReportedFinding] = (),
) -> PlannedFindings:
    """The findings of one environment, or of the project, on both sides.

    Lines may have moved; and what was found about a key in one file, and is now found about it in another, stays. What
    has grown worse is new: a warning that was accepted is no error that was.

    Args:
        base: those before.
        head: those after.
        waived: what is still found, and accepted now; that is neither fixed nor new.
    """
    older, newer = dict(identified(base)), dict(identified(head))
    gone = [finding for mark, finding in older.items() if mark not in newer]
    come = [finding for mark, finding in newer.items() if mark not in older]
    known = {mark: severity_of(finding) for mark, finding in older.items()}
    stays = {mark for mark, finding in newer.items() if mark in known and severity_of(finding) <= known[mark]}
    new = _worse_than([finding for mark, finding in newer.items() if mark not in stays], gone)
    fixed = _without(gone, [*come, *waived])
    return PlannedFindings(new=new, fixed=fixed, staying=len(head) - len(new))


def _worse_than(
    findings: Sequence[wire.ReportedFinding], others: Sequence[wire.ReportedFinding]
) -> list[wire.ReportedFinding]:
    """Those that have no counterpart among others that is as bad, one for one; the worst are matched first."""
    there: dict[_Subject, list[Severity]] = {}
    for other in others:
        there.setdefault(_subject(other), []).append(severity_of(other))
    matched = set[int]()
    for finding in sorted(findings, key=severity_of, reverse=True):
        left = there.get(_subject(finding), [])
        if left and (worst := max(left)) >= severity_of(finding):
            left.remove(worst)
            matched.add(id(finding))
    return [finding for finding in findings if id(finding) not in matched]


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


type Said = Callable[[str], str]
"""What a deployment says in place of the value of a variable of that name, which is elsewhere; it is never shown."""


def compare_deferred(
    base: Sequence[wire.DeferredLeaf], head: Sequence[wire.DeferredLeaf], said: tuple[Said, Said]
) -> PlannedDeferrals:
    """What a deployment has to supply on either side; one with another source is another.

    Args:
        base: what it had to before.
        head: what it has to now.
        said: by what sources of one name are told apart, on either side.
    """
    older, newer = ({_supply(one, by): one for one in side} for side, by in zip((base, head), said, strict=True))
    return PlannedDeferrals(
        new=[one for mark, one in newer.items() if mark not in older],
        gone=[one for mark, one in older.items() if mark not in newer],
    )


def _supply(one: wire.DeferredLeaf, said: Said) -> tuple[str, str, str, str]:
    match one.supplied:
        case wire.DeploymentOrigin(file=file, name=name, via=via):
            return one.key, name, via or file, said(name)
        case _:
            return one.key, "", "", ""
