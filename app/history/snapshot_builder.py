"""Builds snapshots of a project for the history, as drafts. No database is asked here."""

import socket
from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from app import __version__
from app.core.errors import AssayError
from app.core.findings import Severity
from app.core.tree import Leaf
from app.history.store.drafts import LeafDraft, SnapshotDraft
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.digests import Digests
from app.reports.values import Mask, is_masked
from app.watching import cached_answers
from app.watching.project_snapshot import ProjectSnapshot

HOST = socket.gethostname()
"""What this machine calls itself."""


class JudgedReading(Struct, frozen=True, kw_only=True):
    """A verdict on a project, and how it came about.

    Attributes:
        workspace: the project.
        report: the verdict.
        at: when the project was read, with its time zone.
        seconds: how long the verdict took.
        compare_secrets: whether digests are to be comparable across environments.
    """

    workspace: Workspace
    report: wire.Report
    at: datetime
    seconds: float
    compare_secrets: bool


class Outcome(Struct, frozen=True, kw_only=True):
    """What the verdict is about one environment, among them what belongs to no single one."""

    fingerprint: str
    valid: bool
    counts: wire.FindingCounts
    findings: tuple[wire.ReportedFinding, ...]
    reason: str | None = None


def drafts(reading: JudgedReading, known: Mapping[str, SnapshotDraft] | None = None) -> list[SnapshotDraft]:
    """What is to be kept of each environment that the verdict is about.

    Args:
        reading: the verdict.
        known: the drafts before, by environment; what says the same as they do is left out.
    """
    before = known or {}
    found = []
    for one in reading.report.environments:
        last = before.get(one.name)
        outcome = _outcome_of(reading.report, one, last)
        if last is None or not _says(last, outcome):
            found.append(_draft(reading, one, outcome, last))
    return found


def _outcome_of(report: wire.Report, one: wire.EnvironmentReport, last: SnapshotDraft | None) -> Outcome:
    """What is found; an environment that could not be judged has the values that it had, for all that is known."""
    findings = [*report.findings, *one.findings]
    if not one.reason:
        return _outcome(one.fingerprint, findings)
    unchanged = last.fingerprint if last else one.fingerprint
    return msgspec.structs.replace(_outcome(unchanged, findings), valid=False, reason=one.reason)


def changes(
    picture: ProjectSnapshot, known: Mapping[str, SnapshotDraft], *, compare_secrets: bool
) -> list[SnapshotDraft]:
    """What a reading of a followed project adds to the drafts before.

    Where the project cannot be used, or a file of it not be read, an environment that is not there for that reason
    has its values as before, and is not valid.

    Args:
        picture: the reading.
        known: the drafts before, by environment.
        compare_secrets: whether digests are to be comparable across environments.
    """
    try:
        answer = picture.answer(cached_answers.verdict(picture.workspace, cached_answers.ALL))
    except AssayError:
        return _fallen(known, picture.loaded_at, [_UNUSABLE])
    report = msgspec.json.decode(answer.body, type=wire.Report)
    reading = JudgedReading(
        workspace=picture.workspace,
        report=report,
        at=picture.loaded_at,
        seconds=answer.seconds,
        compare_secrets=compare_secrets,
    )
    found = drafts(reading, known)
    if picture.good:
        return found
    there = {one.name for one in report.environments}
    gone = {name: draft for name, draft in known.items() if name not in there}
    return [*found, *_fallen(gone, picture.loaded_at, report.findings)]


def present_leaves(workspace: Workspace, environment: str, *, compare_secrets: bool = False) -> tuple[LeafDraft, ...]:
    """The leaves of an environment as they would be kept now.

    Args:
        workspace: the project.
        environment: one of its environments.
        compare_secrets: whether digests are to be comparable across environments.
    """
    digests = Digests(key=workspace.digest_key, environment=None if compare_secrets else environment)
    mask = workspace.mask()
    return tuple(_leaf(leaf, mask, digests) for leaf in workspace.tree(environment).leaves)


def _leaf(leaf: Leaf, mask: Mask, digests: Digests) -> LeafDraft:
    secret = mask.hides_leaf(leaf)
    return LeafDraft(
        key=leaf.key,
        value=mask.shown_leaf(leaf),
        secret=secret,
        digest=digests.of(leaf.path, leaf.value) if secret or is_masked(leaf.value) else None,
        state=leaf.state,
        origin=wire.origin(leaf.origin),
    )


_UNUSABLE = wire.ReportedFinding(
    rule="project-unusable",
    name="project-unusable",
    severity="error",
    environment=None,
    key=None,
    message="The project's folder, its options or its model cannot be used.",  # more would name folders of the machine
    fix="`assay check` says why, and so does the service's log.",
    origin=None,
    related=[],
)


def _fallen(
    known: Mapping[str, SnapshotDraft], at: datetime, findings: list[wire.ReportedFinding]
) -> list[SnapshotDraft]:
    """The drafts before, where nothing is known of their environments but that they are not valid any more."""
    found = []
    for draft in known.values():
        reason = "the project cannot be read"
        outcome = msgspec.structs.replace(_outcome(draft.fingerprint, findings), valid=False, reason=reason)
        if not _says(draft, outcome):
            said = {
                "valid": outcome.valid,
                "counts": outcome.counts,
                "findings": outcome.findings,
                "reason": outcome.reason,
            }
            found.append(msgspec.structs.replace(draft, at=at, elapsed_ms=0.0, **said))
    return found


def _outcome(fingerprint: str, findings: list[wire.ReportedFinding]) -> Outcome:
    severities = [Severity.of(finding.severity) for finding in findings]
    valid = Severity.ERROR not in severities
    return Outcome(fingerprint=fingerprint, valid=valid, counts=wire.counts(severities), findings=tuple(findings))


def _says(draft: SnapshotDraft, outcome: Outcome) -> bool:
    before = (draft.fingerprint, draft.findings, draft.reason)
    return before == (outcome.fingerprint, outcome.findings, outcome.reason)


def _draft(
    reading: JudgedReading, one: wire.EnvironmentReport, outcome: Outcome, last: SnapshotDraft | None
) -> SnapshotDraft:
    workspace = reading.workspace
    leaves = _leaves(reading, one.name, outcome, last)
    return SnapshotDraft(
        project=workspace.project.name,
        environment=one.name,
        active=workspace.variables(one.name) is workspace.environ,
        fingerprint=outcome.fingerprint,
        at=reading.at,
        host=HOST,
        assay=__version__,
        leaves=leaves,
        valid=outcome.valid,
        counts=outcome.counts,
        findings=outcome.findings,
        elapsed_ms=round(reading.seconds * 1000, 1),
        reason=outcome.reason,
    )


def _leaves(reading: JudgedReading, name: str, outcome: Outcome, last: SnapshotDraft | None) -> tuple[LeafDraft, ...]:
    if outcome.reason:
        return last.leaves if last else ()
    return _shared(present_leaves(reading.workspace, name, compare_secrets=reading.compare_secrets), last)


def _shared(leaves: tuple[LeafDraft, ...], last: SnapshotDraft | None) -> tuple[LeafDraft, ...]:
    """The leaves, those of the draft before where they are equal: many drafts may wait for a database."""
    known = {leaf.key: leaf for leaf in last.leaves} if last else {}
    return tuple(known[leaf.key] if known.get(leaf.key) == leaf else leaf for leaf in leaves)
