"""What does a change do to each environment?"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import UNSET, Struct, field
from msgspec.structs import replace

from app.core.errors import UnknownEnvironment, did_you_mean
from app.core.findings import Severity
from app.core.tree import Leaf, Tree
from app.planning.authorship import signing
from app.planning.findings import compare_deferred, compare_findings
from app.planning.git.repository import GitRevision
from app.planning.idle_edits import TreePair, idle_edits
from app.planning.judged import JudgedSide, judged, resolved
from app.planning.request import PlanRequest
from app.planning.side import BothSides, opened
from app.reports import wire
from app.reports.difference import KnownChanges, changed_paths, changes
from app.reports.plan import ChangePlan, PlannedDeferrals, PlannedEnvironment, PlannedFindings, PlannedRevision, Status
from app.reports.released import Masking
from app.reports.values import Mask, open_value


def plan(request: PlanRequest) -> ChangePlan:
    """Compare two revisions of a project, environment by environment.

    Raises:
        RepositoryError: there is no repository, or git does not answer.
        UnknownRevision: one of the revisions is not there.
        UnknownEnvironment: neither side has an environment of a name that was asked for.
        ArgumentError: neither side has the Dynaconf call that is named.
        ProjectError: the project cannot be used at one of them.
    """
    with opened(request) as both:
        return _compared(both, request)


class _PairedMask(Struct, frozen=True, kw_only=True):
    """What either side hides is hidden on both.

    Attributes:
        masks: of the sides that have a project.
        hidden: what was said of a leaf, by its identity: leaves live as long as their trees.
        changes: the changes of leaves, likewise.
    """

    masks: tuple[Mask, ...]
    hidden: dict[int, bool] = field(default_factory=dict)
    changes: KnownChanges = field(default_factory=dict)

    def hides_leaf(self, leaf: Leaf) -> bool:
        """Whether it is a secret on either side."""
        if id(leaf) not in self.hidden:
            self.hidden[id(leaf)] = any(mask.hides_leaf(leaf) for mask in self.masks)
        return self.hidden[id(leaf)]

    def shown_leaf(self, leaf: Leaf) -> Any:
        """Its value as it may be shown."""
        return None if self.hides_leaf(leaf) else open_value(leaf.value)

    def said(self, text: str) -> str:
        """A text without what either side knows to be secret."""
        for mask in self.masks:
            text = mask.said(text)
        return text


def _compared(both: BothSides, request: PlanRequest) -> ChangePlan:
    mask = _PairedMask(masks=tuple(one.mask() for one in (both.base, both.head) if one))
    masking = Masking(mask.said)
    sides = resolved(both.base, both.revisions[0]), resolved(both.head, both.revisions[1])
    known = list(dict.fromkeys((*sides[1].names, *sides[0].names)))
    pairs = {name: _pair(*(side.tree(name) for side in sides)) for name in known}
    chosen = {name: _changes(pairs[name], mask) for name in _chosen(known, request.only)}
    with signing(both, chosen.values() if request.blame else ()) as sign:
        base, head = (judged(side, at, masking) for side, at in zip(sides, both.revisions, strict=True))
        environments = [_environment(base, head, pairs[name], sign(told)) for name, told in chosen.items()]
    findings = compare_findings(base.findings, head.findings, head.waived)
    new = [*findings.new, *(finding for one in environments for finding in one.findings.new)]
    found = ChangePlan(
        folder=both.folder,
        base=_revision(both.revisions[0]),
        head=_revision(both.revisions[1]),
        environments=environments,
        findings=findings,
        without_effect=idle_edits(list(pairs.values())),
        untracked=list(both.untracked),
        without_call=list(both.without_call),
        counts=wire.counts(Severity.of(finding.severity) for finding in new),
    )
    return masking(found)


def _revision(found: GitRevision) -> PlannedRevision:
    return PlannedRevision(rev=found.rev, commit=found.commit)


def _chosen(known: Sequence[str], only: Sequence[str]) -> list[str]:
    """The environments to tell about.

    Raises:
        UnknownEnvironment: neither side has one of those that were asked for.
    """
    asked = [name.strip().lower() for name in only]
    if unknown := next((name for name in asked if name not in known), None):
        message = f"Neither side has an environment {unknown!r}."
        raise UnknownEnvironment(message, fix=did_you_mean(unknown, known))
    return [name for name in known if not asked or name in asked]


def _pair(base: Tree, head: Tree) -> TreePair:
    return TreePair(base=base, head=head, changed=changed_paths(base, head))


def _changes(pair: TreePair, mask: _PairedMask) -> list[wire.LeafChange]:
    return changes(pair.base, pair.head, pair.changed, mask, mask.changes)


def _environment(base: JudgedSide, head: JudgedSide, pair: TreePair, told: list[wire.LeafChange]) -> PlannedEnvironment:
    name = pair.head.environment
    older, newer = base.environments.get(name), head.environments.get(name)
    findings = compare_findings(
        older.findings if older else (), newer.findings if newer else (), newer.waived if newer else ()
    )
    said = partial(base.said, name), partial(head.said, name)
    deferred = compare_deferred(older.deferred if older else (), newer.deferred if newer else (), said)
    hidden = head.hides(name)
    if hidden:  # nothing is found in what nobody can read, and nothing of it is fixed
        findings = replace(findings, fixed=[])
    before = base.hides(name)
    return PlannedEnvironment(
        name=name,
        status=_status(base, head, pair, findings, deferred),
        production=any(one.production for one in (newer, older) if one),
        judged=not hidden,
        reason=hidden or (f"before the change, {before}" if before else UNSET),
        changes=told,
        findings=findings,
        deferred=deferred,
    )


def _status(
    base: JudgedSide, head: JudgedSide, pair: TreePair, findings: PlannedFindings, deferred: PlannedDeferrals
) -> Status:
    name = pair.head.environment
    if name not in base.environments and not base.hides(name):
        return "added"
    if name not in head.environments and not head.hides(name):
        return "removed"
    changed = pair.changed or findings.new or findings.fixed or deferred.new or deferred.gone
    return "changed" if changed or head.hides(name) != base.hides(name) else "unchanged"
