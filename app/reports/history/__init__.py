"""What was recorded, in the wire format: snapshots of environments, and how they differ."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from app.core.outcomes import FailureCode, StageName
from app.reports import probe, wire


class Snapshot(Struct, frozen=True, kw_only=True):
    """What an environment ran with from one moment on.

    Attributes:
        id: names it in requests; a UUID.
        environment: whose values these were.
        active: whether the process that recorded it ran with the environment, and so with its variables.
        recorded_at: when it was read.
        host: where it was read.
        assay: the version that read it.
        valid: the latest verdict on it.
        judged: whether the environment could be judged then; `reason` says why not.
        changed: how many leaves differ from the snapshot before it; null where it is the first.
        keys: the first few of these.
        asked_by: the names of the tokens that changed it through the service; null where the files were changed.
        commit: the commit that has every profile as it was read; null where none has.
    """

    id: str
    environment: str
    fingerprint: str
    recorded_at: datetime
    host: str
    assay: str
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    counts: wire.FindingCounts
    active: bool
    changed: int | None = None
    keys: list[str] = []
    asked_by: str | None = None
    commit: str | None = None


class Gap(Struct, frozen=True, kw_only=True):
    """A time in which nothing could be recorded.

    Attributes:
        host: of the process that could not.
        late: how many records were kept until the end, and stand in the history.
        lost: how many were not.
    """

    since: datetime
    until: datetime
    host: str
    late: int
    lost: int


class RecordedProbe(Struct, frozen=True, kw_only=True):
    """A probe that somebody asked for.

    Attributes:
        environment: whose target it was; null for one that was typed in.
        asked_by: the token's name, or `operator` on loopback.
        failed_stage: with `code`, why it failed; null where it passed.
    """

    id: str
    asked_at: datetime
    asked_by: str
    environment: str | None
    target: probe.ProbedTarget
    ok: bool
    elapsed_ms: float
    failed_stage: StageName | None
    code: FailureCode | None


class Probes(Struct, frozen=True, kw_only=True):
    """Probes, newest first; `next` asks for older ones."""

    version: int = wire.VERSION
    probes: list[RecordedProbe]
    next: str | None


class LaterVerdict(Struct, frozen=True, kw_only=True):
    """Another verdict on a snapshot than the one before: the values stayed, and what is found wrong did not.

    Attributes:
        snapshot: whose values were judged.
    """

    snapshot: str
    environment: str
    active: bool
    recorded_at: datetime
    host: str
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    counts: wire.FindingCounts


class Snapshots(Struct, frozen=True, kw_only=True):
    """Snapshots, newest first; `next` asks for older ones: `assay history list`, `GET /config/history`.

    Attributes:
        gaps: those that ended in the time of this page, newest first.
        probes: those that were asked for in the time of this page, newest first.
        verdicts: those that came in the time of this page without other values, newest first.
    """

    version: int = wire.VERSION
    snapshots: list[Snapshot]
    next: str | None
    gaps: list[Gap]
    probes: list[RecordedProbe] = []
    verdicts: list[LaterVerdict] = []


class Validation(Struct, frozen=True, kw_only=True):
    """A verdict on a snapshot: the first, and each that differs from the one before."""

    recorded_at: datetime
    valid: bool
    judged: bool = True
    reason: str | UnsetType = UNSET
    counts: wire.FindingCounts
    elapsed_ms: float
    host: str


class RecordedValue(wire.Value, frozen=True, kw_only=True, omit_defaults=True):
    """One leaf of a snapshot, and since when it has this value."""

    since: datetime


class Recorded(Snapshot, frozen=True, kw_only=True):
    """One snapshot with everything in it: `assay history show`, `GET /config/history/{id}`.

    Attributes:
        values: a secret's value is null.
        findings: of the latest verdict; also those that belong to no single environment.
        validations: oldest first.
    """

    version: int = wire.VERSION
    values: list[RecordedValue]
    findings: list[wire.ReportedFinding]
    validations: list[Validation]


class Present(Struct, frozen=True, kw_only=True):
    """An environment as its profiles and variables are now, where a snapshot is compared with it.

    Attributes:
        active: whether the process that compares runs with the environment, and so with its variables.
    """

    environment: str
    active: bool
    fingerprint: str


class SnapshotDifference(wire.Difference, frozen=True, kw_only=True):
    """Two snapshots compared: `assay history diff`, `GET /config/history/{a}/diff/{b}`.

    `left` and `right` are their ids. Where `right` is `now`, `right_snapshot` is null, and `now` tells of it.
    """

    left_snapshot: Snapshot
    right_snapshot: Snapshot | None
    now: Present | None


class KeyChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change of a leaf: of its value, or of the place that sets it.

    Attributes:
        left: null where it was not there before.
        right: null where it is not there after.
        unknown: nobody can tell whether the value changed: it is a secret whose digests cannot be compared.
    """

    snapshot: str
    recorded_at: datetime
    active: bool
    key: str
    kind: Literal["changed", "added", "removed"]
    left: wire.Side | None
    right: wire.Side | None
    unknown: bool = False


class KeyHistory(Struct, frozen=True, kw_only=True):
    """When a key changed, newest first: `assay history key`, `GET /config/history/key/{key}`.

    Attributes:
        since: since when the newest of its present values stands, also where that change is no longer kept; null where
            it has none.
        known: whether every change would have been noticed; a secret that was recorded without a digest key may have
            changed without a trace.
    """

    version: int = wire.VERSION
    environment: str
    key: str
    changes: list[KeyChange]
    next: str | None
    since: datetime | None = None
    known: bool = True
