"""The tables of releases and of the instances that run with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.history.store.models import Base

TABLES = Base.metadata
"""All tables of a service's database, those of the history too."""


class EpochRecord(Base):
    """The one row that gives releases their ids; whoever releases holds it locked until the transaction ends.

    Attributes:
        epoch: rises where the server's timeline, or the server, is another one.
        system: the server's system identifier.
        timeline: of its write-ahead log.
        last_id: the newest id that was given.
    """

    __tablename__ = "release_epoch"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    system: Mapped[str]
    timeline: Mapped[int]
    last_id: Mapped[int]


class BodyRecord(Base):
    """What is delivered, once for all releases that have it.

    Attributes:
        digest: `sha256:` and 64 hexadecimal digits, over the bytes.
        body: canonical JSON, UTF-8.
    """

    __tablename__ = "release_body"

    digest: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseRecord(Base):
    """One release; a row is written once and never changed.

    Attributes:
        fingerprint: of the environment's values where it was released.
        verdict: how many findings there were, by severity.
        forced: why it was released in spite of errors; None where there were none.
        commit: the revision of the profiles; None where git does not say one.
        base: the head that it was compared with; None where there was none, or it is not known any more. Loaded where
            it is asked for alone: what delivers needs it not.
        rolled_back_from: the release that was the head when an older one was taken up again.
        rolled_back_to: that older release.
        supplied: the keys that each instance supplies.
        approvals: how many approvals it needs before it is the head.
    """

    __tablename__ = "release"
    __table_args__ = (Index(None, "project", "environment", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    epoch: Mapped[int]
    project: Mapped[str]
    environment: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey(BodyRecord.digest), index=True)
    fingerprint: Mapped[str]
    verdict: Mapped[dict[str, Any]]
    forced: Mapped[str | None]
    author: Mapped[str]
    message: Mapped[str]
    commit: Mapped[str | None]
    base: Mapped[int | None] = mapped_column(ForeignKey("release.id"), deferred=True)
    rolled_back_from: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    rolled_back_to: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    supplied: Mapped[list[str]] = mapped_column(JSONB)
    approvals: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApprovalRecord(Base):
    """That somebody has approved a release."""

    __tablename__ = "release_approval"

    release_id: Mapped[int] = mapped_column(ForeignKey(ReleaseRecord.id), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    approved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class HeadRecord(Base):
    """The release that instances of an environment are to run with."""

    __tablename__ = "release_head"

    project: Mapped[str] = mapped_column(primary_key=True)
    environment: Mapped[str] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey(ReleaseRecord.id))
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DigestKeyRecord(Base):
    """What the digests that instances report are made with, a key a project."""

    __tablename__ = "digest_key"

    project: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class InstanceRecord(Base):
    """One process of an application, as it last reported.

    Attributes:
        release_id: the release that it runs with; None where it has none.
        digests: the keyed digest of each effective value, by key.
        since: since when keys have their digests that changed after the process had started, as ISO 8601, by key.
        processes: when each process last reported that did so lately under this name, as ISO 8601, by host and start.
        shared_at: when one of them last reported again after another had; None where that never was.
    """

    __tablename__ = "instance"
    __table_args__ = (UniqueConstraint("project", "environment", "name"), Index(None, "seen_at"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    project: Mapped[str]
    environment: Mapped[str]
    name: Mapped[str]
    host: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    release_id: Mapped[int | None]
    digests: Mapped[dict[str, Any]]
    since: Mapped[dict[str, Any]]
    processes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    shared_at: Mapped[datetime | None]
