"""The tables of the history.

What was written is kept as `json`, whose text stays as it is: `jsonb` would make 1e5 an integer and refuse NUL.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Identity, Index, MetaData, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Names that migrations can rely on. Source: SQLAlchemy 2.1, "Configuring Constraint Naming Conventions".
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

STEM = 200
"""As many characters of a key are in an index, whose entries may not be long; few keys have more."""


class Base(DeclarativeBase):
    """What all tables have in common."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to declare it
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        Any: JSON(none_as_null=True),
    }


class Series(Base):
    """What was read of one environment, one snapshot after another; whoever adds to it locks its row.

    Attributes:
        active: whether it was read by processes that run with the environment; others do not have its variables.
    """

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("project", "environment", "active"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    project: Mapped[str]
    environment: Mapped[str]
    active: Mapped[bool]


class SnapshotRecord(Base):
    """The values of a series from one moment on; the values themselves are its leaves.

    Attributes:
        position: counts up, in a series and over all.
        changed: how many leaves differ from the snapshot before it; None for the first of its series.
        asked_by: the names of the tokens that changed it through the service; None where the files were changed.
        commit: the commit that has every profile as it was read; None where there is none.
    """

    __tablename__ = "snapshot"
    __table_args__ = (Index(None, "series_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    position: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    series_id: Mapped[int] = mapped_column(ForeignKey(Series.id))
    fingerprint: Mapped[str]
    recorded_at: Mapped[datetime]
    host: Mapped[str]
    assay: Mapped[str]
    changed: Mapped[int | None]
    asked_by: Mapped[str | None]
    commit: Mapped[str | None]


class LeafRecord(Base):
    """One leaf, from the snapshot that brought it until the one that replaced or removed it.

    Attributes:
        key: as it is spelled.
        path: the key as look-ups compare it.
        value: None for a secret, which is never kept.
        digest: of a secret, or of a value with a masked password.
        since: the position of the snapshot that brought it.
        until: the position of the snapshot that no longer had it; None while it is in force.
        appeared_at: when it was brought; retention may have removed that snapshot.
    """

    __tablename__ = "leaf"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey(Series.id))
    key: Mapped[str]
    path: Mapped[str] = mapped_column(String(collation="C"))
    value: Mapped[Any] = mapped_column(nullable=True)
    secret: Mapped[bool]
    digest: Mapped[bytes | None]
    state: Mapped[str]
    origin: Mapped[Any] = mapped_column(nullable=True)
    since: Mapped[int]
    until: Mapped[int | None]
    appeared_at: Mapped[datetime]


# The leaves of a moment; and what became of a key, or of all below it.
Index(None, LeafRecord.series_id, LeafRecord.until, LeafRecord.since)
Index("ix_leaf_series_id_stem_since", LeafRecord.series_id, func.left(LeafRecord.path, STEM), LeafRecord.since)


class FindingSet(Base):
    """The findings of a verdict; verdicts with equal ones share them."""

    __tablename__ = "finding_set"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    findings: Mapped[Any] = mapped_column(nullable=False)


class ValidationRecord(Base):
    """One verdict on a snapshot: the first, and each that differs from the one before.

    Attributes:
        reason: why the environment could not be judged, and these are the values of before; None where it was judged.
    """

    __tablename__ = "validation"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    snapshot_id: Mapped[UUID] = mapped_column(ForeignKey(SnapshotRecord.id, ondelete="CASCADE"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    host: Mapped[str]
    valid: Mapped[bool]
    errors: Mapped[int]
    warnings: Mapped[int]
    infos: Mapped[int]
    elapsed_ms: Mapped[float]
    reason: Mapped[str | None]
    findings_digest: Mapped[bytes] = mapped_column(ForeignKey(FindingSet.digest), index=True)


class GapRecord(Base):
    """A time in which a host could record nothing."""

    __tablename__ = "gap"
    __table_args__ = (Index(None, "project", "until"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    project: Mapped[str]
    host: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    late: Mapped[int]
    lost: Mapped[int]


class ProbeRecord(Base):
    """One probe: whom it asked, and what came of it. It holds no password.

    Attributes:
        position: counts up; tells apart what was recorded in one moment.
        project: None for one that was recorded before projects were.
        environment: whose target it was; None for one that was typed in.
        asked_by: the token's name, or `operator` on loopback.
        failed_stage: with `code`, why it failed; None where it passed.
    """

    __tablename__ = "probe"
    __table_args__ = (Index(None, "environment", "asked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    position: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    project: Mapped[str | None]
    environment: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    asked_by: Mapped[str]
    ok: Mapped[bool]
    elapsed_ms: Mapped[float]
    target: Mapped[dict[str, Any]]
    stages: Mapped[list[dict[str, Any]]]
    server: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    failed_stage: Mapped[str | None]
    code: Mapped[str | None]
    sqlstate: Mapped[str | None] = mapped_column(String(5))
