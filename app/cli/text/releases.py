"""Releases as text."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from app.cli.session import pass_over
from app.cli.text.comparison import difference as leaf_by_leaf
from app.cli.text.history.listing import aligned
from app.cli.text.history.moments import stamp
from app.reports import wire
from app.reports.present.moments import ago
from app.reports.present.wording import clamped, counted, counted_findings
from app.reports.releases import Release, ReleasePreview, Releases

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_STATES = {"head": "green", "waiting": "yellow", "past": None}
_BETWEEN = "  "
_DIGITS = len("sha256:") + 12
"""So much of a digest is enough to see whether two are one."""


def preview(document: ReleasePreview, room: int | None, now: datetime) -> str:
    """What a release would change: against what, the findings, then leaf by leaf, then what is left to instances."""
    name = pass_over(document.environment)
    head = document.head
    against = f"release {head.id} ({ago(head.created_at, now)}, {pass_over(head.author)})" if head else "nothing"
    blocks = [f"{click.style(name, bold=True)} against {against}: {_sum(document)}"]
    blocks += ["\n".join(map(_finding, document.findings))] if document.findings else []
    if document.changes:
        left = f"release {head.id}" if head else "nothing"
        blocks.append(_changes(left, document.environment, document.changes, room))
    return "\n\n".join([*blocks, *_supplied(document.supplied)])


def _sum(document: ReleasePreview) -> str:
    if document.reason:
        return f"cannot be judged: {pass_over(str(document.reason))}"
    number = len(document.changes)
    told = [counted(number, "value") + (" differs" if number == 1 else " differ"), counted_findings(document.counts)]
    return ", ".join(filter(None, told))


def _finding(found: wire.ReportedFinding) -> str:
    head = click.style(f"{found.severity}[{found.rule}]", fg=_COLOURS[found.severity], bold=True)
    return f"{head} {pass_over(': '.join(filter(None, [found.key or '', found.message])))}"


def _changes(left: str, right: str, changes: list[wire.LeafChange], room: int | None) -> str:
    return leaf_by_leaf(wire.Difference(left=left, right=right, changes=changes), room)


def _supplied(keys: Sequence[str]) -> list[str]:
    return [f"Each instance supplies: {pass_over(', '.join(keys))}"] if keys else []


def overtaken(changes: list[wire.LeafChange], room: int | None) -> str:
    """What the release changed that was first."""
    return f"\nAnother release was first:\n{_changes('before', 'now', changes, room)}"


def result(made: Release) -> str:
    """What came of a release, a rollback or an approval."""
    name = f"Release {made.id} of {pass_over(made.environment)}"
    if made.state != "waiting":
        return click.style(f"{name} is in force.", fg="green")
    left = counted(made.approvals - len(made.approved_by), "approval")
    return f"{name} waits for {left} by somebody else: assay release approve {made.id}"


def releases(document: Releases, room: int | None, now: datetime) -> str:
    """A line a release, newest first."""
    if not document.releases:
        return "Nothing was released yet: `assay release ENV` does."
    rows = aligned([tuple(_row(one, now)) for one in document.releases])
    lines = [clamped(_BETWEEN.join(row).rstrip(), room) for row in rows]
    lines = [_styled(line, one) for line, one in zip(lines, document.releases, strict=True)]
    return "\n".join([*lines, *([f"There are older ones: add --before {document.next}"] if document.next else [])])


def _styled(line: str, one: Release) -> str:
    return click.style(line, bold=True) if one.state == "head" else click.style(line, fg=_STATES[one.state])


def _row(one: Release, now: datetime) -> Iterator[str]:
    yield str(one.id)
    yield pass_over(one.environment)
    yield one.state
    yield ago(one.created_at, now)
    yield pass_over(one.author)
    yield one.digest[:_DIGITS]
    yield pass_over(one.message)


def release(one: Release, now: datetime) -> str:
    """Everything about one release, a line each."""
    told = {
        "state": one.state,
        "made": f"{stamp(one.created_at)} ({ago(one.created_at, now)}) by {pass_over(one.author)}",
        "message": pass_over(one.message),
        "digest": one.digest,
        "commit": one.commit,
        "findings": counted_findings(one.counts),
        "forced": one.forced and pass_over(one.forced),
        "rolled back": one.rolled_back_to and f"from {one.rolled_back_from} to {one.rolled_back_to}",
        "approved by": pass_over(", ".join(one.approved_by)),
        "supplied": pass_over(", ".join(one.supplied)),
    }
    head = f"Release {one.id} of {pass_over(one.environment)} in {pass_over(one.project)}"
    return "\n".join([click.style(head, bold=True), *(f"  {name:<12}{text}" for name, text in told.items() if text)])
