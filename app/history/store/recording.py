"""Writes down what was read and found; the caller's transaction decides whether it stays."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.drafts import GapDraft, Outcome, ProbeDraft, SnapshotDraft
from app.history.store.leaves import changes_of, record_leaves
from app.history.store.models import GapRecord, ProbeRecord, Series, SnapshotRecord
from app.history.store.spelling import all_storable, storable
from app.history.store.verdicts import add_verdict, record_verdict

SLACK = timedelta(seconds=60)
"""As far apart, several processes may notice one change."""


async def record(session: AsyncSession, draft: SnapshotDraft) -> Outcome:
    """Keeps what an environment would run with, where that is new, and the verdict, where that is new.

    An environment that could not be judged has no values to be kept: the verdict falls on those before.

    Several processes may record the same: it is kept once. In a series, snapshots stand in the order in which they
    were read; what was read before the newest of them is not kept.

    Args:
        session: of the service's own database, in a transaction of its own: others of the series wait for its end.
        draft: what was read.

    Returns:
        `recorded`: a snapshot, or a new verdict on the newest one. `known`: both are there already. `late`: neither is
        there, and newer ones are.
    """
    series = await _locked(session, draft)
    newest = await _newest(session, series)
    if newest and newest.fingerprint == draft.fingerprint and draft.asked_by:
        await _attribute(session, newest.id, draft.asked_by)
    if newest and (newest.fingerprint == draft.fingerprint or draft.reason):
        return await record_verdict(session, newest.id, draft)
    if draft.reason:
        return "known"  # of nothing that was ever recorded: there are no values that this would be a verdict on
    if newest and draft.at <= newest.recorded_at:
        if await _was_seen(session, series, draft):
            return "known"
        if draft.at < newest.recorded_at:
            return "late"
    await _add(session, series, draft, is_first=newest is None)
    return "recorded"


async def _locked(session: AsyncSession, draft: SnapshotDraft) -> int:
    """The series of a draft, to which nobody else adds before this transaction has ended."""
    named = {"project": storable(draft.project), "environment": storable(draft.environment), "active": draft.active}
    asked = select(Series.id).filter_by(**named).with_for_update()
    found = await session.scalar(asked)
    if found is None:
        await session.execute(insert_or(Series).values(**named).on_conflict_do_nothing())
        found = (await session.scalars(asked)).one()
    return found


async def _newest(session: AsyncSession, series: int) -> Row[UUID, str, datetime] | None:
    columns = select(SnapshotRecord.id, SnapshotRecord.fingerprint, SnapshotRecord.recorded_at)
    asked = columns.where(SnapshotRecord.series_id == series).order_by(SnapshotRecord.position.desc()).limit(1)
    return (await session.execute(asked)).one_or_none()


async def _attribute(session: AsyncSession, snapshot: UUID, asked_by: str) -> None:
    """Says who made a snapshot's values, where a process that did not know recorded it first."""
    of_nobody = update(SnapshotRecord).where(SnapshotRecord.id == snapshot, SnapshotRecord.asked_by.is_(None))
    await session.execute(of_nobody.values(asked_by=storable(asked_by)))


async def _was_seen(session: AsyncSession, series: int, draft: SnapshotDraft) -> bool:
    """Whether the same values were in force when the draft was read, or were noticed soon after."""
    kept = SnapshotRecord
    of_series = select(kept.id).where(kept.series_id == series)
    in_force = of_series.where(kept.recorded_at <= draft.at).order_by(kept.position.desc()).limit(1)
    soon = kept.recorded_at.between(draft.at, draft.at + SLACK)
    same = of_series.where(
        kept.fingerprint == draft.fingerprint, or_(kept.id == in_force.scalar_subquery(), soon)
    ).limit(1)
    return await session.scalar(same) is not None


async def _add(session: AsyncSession, series: int, draft: SnapshotDraft, *, is_first: bool) -> None:
    changes = await changes_of(session, series, draft.leaves)
    snapshot = {
        "id": uuid4(),
        "series_id": series,
        "fingerprint": draft.fingerprint,
        "recorded_at": draft.at,
        "host": storable(draft.host),
        "assay": draft.assay,
        "changed": None if is_first else changes.count,
        "asked_by": draft.asked_by and storable(draft.asked_by),
        "commit": draft.commit,
    }
    new = insert(SnapshotRecord).values(snapshot).returning(SnapshotRecord.id, SnapshotRecord.position)
    made = (await session.execute(new)).one()
    await record_leaves(session, changes, {"series_id": series, "since": made.position, "appeared_at": draft.at})
    await add_verdict(session, made.id, draft)


async def record_probe(session: AsyncSession, draft: ProbeDraft) -> None:
    """Keeps a probe."""
    probe, failure = draft.probe, draft.probe.failure
    record = ProbeRecord(
        project=storable(draft.project),
        environment=draft.environment and storable(draft.environment),
        asked_at=draft.asked_at,
        asked_by=storable(draft.asked_by),
        ok=probe.ok,
        elapsed_ms=probe.elapsed_ms,
        target=_plain(probe.target),
        stages=_plain(probe.stages),
        server=_plain(probe.server),
        failed_stage=failure.stage if failure else None,
        code=failure.code if failure else None,
        sqlstate=failure.sqlstate if failure else None,
    )
    session.add(record)
    await session.flush()


def _plain(structure: object) -> Any:
    return all_storable(msgspec.to_builtins(structure))


async def record_gap(session: AsyncSession, draft: GapDraft) -> None:
    """Keeps a gap; with those of the same host that overlap it, it is one: its processes could all record nothing."""
    kept, project, host = GapRecord, storable(draft.project), storable(draft.host)
    await session.execute(select(func.pg_advisory_xact_lock(_number(project, host))))
    of_host = (kept.project == project, kept.host == host)
    asked = select(kept).where(*of_host, kept.since <= draft.until, kept.until >= draft.since).order_by(kept.id)
    others = (await session.scalars(asked)).all()
    for other in others:
        await session.delete(other)
    together: list[GapDraft | GapRecord] = [draft, *others]
    session.add(
        GapRecord(
            project=project,
            host=host,
            since=min(gap.since for gap in together),
            until=max(gap.until for gap in together),
            late=sum(gap.late for gap in together),
            lost=sum(gap.lost for gap in together),
        )
    )
    await session.flush()


def _number(*words: str) -> int:
    """A lock's number that nothing else has."""
    return int.from_bytes(sha256("\0".join(("assay gap", *words)).encode()).digest()[:8], signed=True)
