"""What is to be recorded, as whoever diagnoses hands it over."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from app.core.tree import State
from app.reports import wire
from app.reports.probe import Probe

type Outcome = Literal["recorded", "known", "late"]
"""What came of a draft: something new; nothing new; or it was read before what is recorded, and is lost."""


class LeafDraft(Struct, frozen=True, kw_only=True):
    """One effective leaf as it may be kept.

    Attributes:
        key: the dotted key.
        value: what JSON can hold, passwords inside URLs masked; None for a secret.
        digest: of a secret that is set, and of a value whose password is masked; see `app.reports.digests`.
        origin: the place that set it.
    """

    key: str
    value: Any
    secret: bool = False
    digest: bytes | None = None
    state: State = "plain"
    origin: wire.Origin | None = None


class SnapshotDraft(Struct, frozen=True, kw_only=True):
    """What an environment would run with, and the verdict on it, at one moment.

    Attributes:
        active: whether the process that read it runs with the environment.
        at: when it was read, with its time zone.
        host: where.
        assay: the version that read it.
        findings: the environment's, and those that belong to no single one.
        elapsed_ms: how long the verdict took.
        reason: why the environment could not be judged; it is then a verdict alone, on the values recorded before.
        asked_by: who made these values through the service; None where nobody did.
        commit: the commit that has the profiles so; None where there is none.
    """

    project: str
    environment: str
    active: bool
    fingerprint: str
    at: datetime
    host: str
    assay: str
    leaves: tuple[LeafDraft, ...]
    valid: bool
    counts: wire.FindingCounts
    findings: tuple[wire.ReportedFinding, ...]
    elapsed_ms: float
    reason: str | None = None
    asked_by: str | None = None
    commit: str | None = None


class ProbeDraft(Struct, frozen=True, kw_only=True):
    """A probe as it was answered; it never holds a password.

    Attributes:
        environment: whose target it was; None for one that was typed in.
        asked_by: the token's name, or `operator` on loopback.
        asked_at: when, with its time zone.
    """

    project: str
    probe: Probe
    environment: str | None
    asked_by: str
    asked_at: datetime


class GapDraft(Struct, frozen=True, kw_only=True):
    """A time in which nothing could be recorded.

    Attributes:
        host: of the process that could not.
        late: how many records waited for its end, and were written then.
        lost: how many were not.
    """

    project: str
    host: str
    since: datetime
    until: datetime
    late: int
    lost: int
