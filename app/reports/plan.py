"""What a change does to each environment, in the wire format: `assay plan`, `GET /config/plan`."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from app.reports import wire

type Status = Literal["changed", "unchanged", "added", "removed"]


class PlannedRevision(Struct, frozen=True, kw_only=True):
    """One side: the revision as it was asked for, and its commit; null for the working tree."""

    rev: str
    commit: str | None


class PlannedFindings(Struct, frozen=True, kw_only=True):
    """What of the findings the change brings and mends, and how many stay."""

    new: list[wire.ReportedFinding]
    fixed: list[wire.ReportedFinding]
    staying: int


class PlannedDeferrals(Struct, frozen=True, kw_only=True):
    """What the environment's own deployment has to supply from now on, and what no more."""

    new: list[wire.DeferredLeaf]
    gone: list[wire.DeferredLeaf]


class PlannedEnvironment(Struct, frozen=True, kw_only=True):
    """What the change does to one environment.

    Where a side could not be judged, `reason` says why, and the changes are those of what could be read; `judged` is
    about the side after the change.
    """

    name: str
    status: Status
    production: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    changes: list[wire.LeafChange]
    findings: PlannedFindings
    deferred: PlannedDeferrals


class IdleEdit(Struct, frozen=True, kw_only=True):
    """A changed line that changes no environment: in each one another layer has the last word.

    Of a removed line the place is the base's.
    """

    kind: Literal["added", "changed", "removed"]
    file: str
    line: int | None
    key: str
    section: str | None
    shadowed_by: wire.Origin | None


class ChangePlan(Struct, frozen=True, kw_only=True):
    """The document; `findings` are those of no single environment, `untracked` the files that were not read.

    `without_call` has the side that lacks the Dynaconf call that was named, where the other one has it.

    Files are named from the project's `folder`, which is named from the repository's: `.` where they are the same.
    """

    version: int = wire.VERSION
    folder: str = "."
    base: PlannedRevision
    head: PlannedRevision
    environments: list[PlannedEnvironment]
    findings: PlannedFindings
    without_effect: list[IdleEdit]
    untracked: list[str]
    without_call: list[str] = []
    counts: wire.FindingCounts

    @property
    def changes_anything(self) -> bool:
        """Whether any environment, or any finding, is another than before."""
        changed = any(one.status != "unchanged" for one in self.environments)
        return changed or bool(self.findings.new or self.findings.fixed)
