"""What was recorded, in the wire format: snapshots of environments, and how they differ."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from app.reports import wire


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
    """

    id: str
    environment: str
    fingerprint: str
    recorded_at: datetime
    host: str
    assay: str
    valid: bool
    counts: wire.Counts
    active: bool


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


class Snapshots(Struct, frozen=True, kw_only=True):
    """Snapshots, newest first; `next` asks for older ones: `assay history list`, `GET /config/history`."""

    version: int = wire.VERSION
    snapshots: list[Snapshot]
    next: str | None
    gaps: list[Gap]


class Validation(Struct, frozen=True, kw_only=True):
    """A verdict on a snapshot: the first, and each that differs from the one before."""

    recorded_at: datetime
    valid: bool
    counts: wire.Counts
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
    findings: list[wire.Finding]
    validations: list[Validation]


class KeyChange(Struct, frozen=True, kw_only=True):
    """One change of a leaf; `left` is null where it was not there before, `right` where it is not there after."""

    snapshot: str
    recorded_at: datetime
    active: bool
    key: str
    kind: Literal["changed", "added", "removed"]
    left: wire.Side | None
    right: wire.Side | None


class KeyHistory(Struct, frozen=True, kw_only=True):
    """When a key changed, newest first: `assay history key`, `GET /config/history/key/{key}`."""

    version: int = wire.VERSION
    environment: str
    key: str
    changes: list[KeyChange]
    next: str | None
