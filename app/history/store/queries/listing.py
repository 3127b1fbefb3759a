"""Lists of what was recorded, newest first."""

from datetime import datetime

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.history.store.models import GapRecord, LeafRecord, ProbeRecord, Series, SnapshotRecord, ValidationRecord
from app.history.store.queries import rows
from app.history.store.queries.comparison import in_order
from app.history.store.queries.paging import LONGEST, cursor_of, numbers_of, require_limit
from app.history.store.spelling import storable
from app.reports import history, wire

_NAMED = 4
"""So many of the keys that a snapshot changed are named in a list."""


async def snapshots(
    session: AsyncSession, project: str, *, environment: str | None = None, limit: int, before: str | None = None
) -> history.Snapshots:
    """A page of a project's snapshots, of one environment or of all; with the gaps and probes of its time.

    Raises:
        ArgumentError: the limit or the cursor cannot be used.
    """
    require_limit(limit)
    place = numbers_of(before, 1)
    page = await _page(session, storable(project), environment, place, limit + 1)
    listed, has_more = page[:limit], len(page) > limit
    time = _Time(
        since=listed[-1][1].recorded_at if has_more else None,
        until=await _time_at(session, storable(project), place[0]) if place else None,
    )
    return history.Snapshots(
        snapshots=await _with_keys(session, listed),
        next=cursor_of(listed[-1][0]) if has_more else None,
        gaps=await _gaps(session, storable(project), time),
        probes=await _probes_in(session, storable(project), environment, time),
        verdicts=await _verdicts(session, storable(project), environment, time),
    )


async def last_changes(session: AsyncSession, project: str) -> dict[str, datetime]:
    """When the newest snapshot of each environment of a project was read."""
    of_series = select(SnapshotRecord.recorded_at).where(SnapshotRecord.series_id == Series.id).correlate(Series)
    newest = of_series.order_by(SnapshotRecord.position.desc()).limit(1).lateral("newest")
    asked = select(Series.environment, func.max(newest.c.recorded_at)).join(newest, true())
    found = await session.execute(asked.where(Series.project == storable(project)).group_by(Series.environment))
    return {row[0]: row[1] for row in found}


class _Time(Struct, frozen=True, kw_only=True):
    """The time of a page, up to the page before it; None where it has no beginning, or no end."""

    since: datetime | None
    until: datetime | None

    def holds(self, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        """Whether a moment is in it."""
        since = true() if self.since is None else moment >= self.since
        return and_(since, true() if self.until is None else moment < self.until)


async def _page(
    session: AsyncSession, project: str, environment: str | None, place: tuple[int, ...] | None, limit: int
) -> list[tuple[int, history.Snapshot]]:
    """The newest before a position, with their positions: the newest of each series, and of these the newest."""
    of_series = select(SnapshotRecord.position).where(SnapshotRecord.series_id == Series.id).correlate(Series)
    if place:
        of_series = of_series.where(SnapshotRecord.position < place[0])
    newest = of_series.order_by(SnapshotRecord.position.desc()).limit(limit).lateral("newest")
    chosen = select(newest.c.position).select_from(Series).join(newest, true()).where(Series.project == project)
    if environment is not None:
        chosen = chosen.where(Series.environment == storable(environment))
    positions = chosen.order_by(newest.c.position.desc()).limit(limit)
    asked = rows.snapshots_of(project).where(SnapshotRecord.position.in_(positions))
    found = await session.execute(asked.order_by(SnapshotRecord.position.desc()))
    return [(row.SnapshotRecord.position, rows.snapshot(row)) for row in found]


async def _with_keys(session: AsyncSession, listed: list[tuple[int, history.Snapshot]]) -> list[history.Snapshot]:
    """The snapshots, those that changed something with the first keys of it."""
    places = [position for position, shown in listed if shown.changed]
    begun, ended = (
        select(SnapshotRecord.position, LeafRecord.key)
        .join(LeafRecord, and_(LeafRecord.series_id == SnapshotRecord.series_id, moment == SnapshotRecord.position))
        .where(SnapshotRecord.position.in_(places))
        for moment in (LeafRecord.since, LeafRecord.until)
    )
    changed = union(begun, ended).subquery("changed")
    number = func.row_number().over(partition_by=changed.c.position, order_by=changed.c.key).label("number")
    numbered = select(changed.c.position, changed.c.key, number).subquery("numbered")
    found: dict[int, list[str]] = {}
    for row in await session.execute(select(numbered).where(numbered.c.number <= _NAMED)) if places else ():
        found.setdefault(row.position, []).append(row.key)
    return [replace(shown, keys=in_order(found.get(position, []))) for position, shown in listed]


async def _time_at(session: AsyncSession, project: str, position: int) -> datetime | None:
    """When the snapshot at a position was read; of one that was removed meanwhile, the next one counts."""
    kept = SnapshotRecord
    asked = select(kept.recorded_at).join(Series, Series.id == kept.series_id).where(Series.project == project)
    return await session.scalar(asked.where(kept.position >= position).order_by(kept.position).limit(1))


async def _gaps(session: AsyncSession, project: str, time: _Time) -> list[history.Gap]:
    asked = select(GapRecord).where(GapRecord.project == project, time.holds(GapRecord.until))
    found = await session.scalars(asked.order_by(GapRecord.until.desc(), GapRecord.id.desc()).limit(LONGEST))
    return [history.Gap(since=gap.since, until=gap.until, host=gap.host, late=gap.late, lost=gap.lost) for gap in found]


async def _probes_in(
    session: AsyncSession, project: str, environment: str | None, time: _Time
) -> list[history.RecordedProbe]:
    asked = _probes(project, environment).where(time.holds(ProbeRecord.asked_at)).limit(LONGEST)
    return [_probe(kept) for kept in await session.scalars(asked)]


async def _verdicts(
    session: AsyncSession, project: str, environment: str | None, time: _Time
) -> list[history.LaterVerdict]:
    """The verdicts that are not the first on their snapshot."""
    kept, earlier = ValidationRecord, aliased(ValidationRecord)
    is_later = exists().where(earlier.snapshot_id == kept.snapshot_id, earlier.id < kept.id)
    asked = (
        select(kept, Series.environment, Series.active)
        .join(SnapshotRecord, SnapshotRecord.id == kept.snapshot_id)
        .join(Series, Series.id == SnapshotRecord.series_id)
        .where(Series.project == project, time.holds(kept.recorded_at), is_later)
        .order_by(kept.id.desc())
        .limit(LONGEST)
    )
    if environment is not None:
        asked = asked.where(Series.environment == storable(environment))
    return [
        history.LaterVerdict(
            snapshot=str(verdict.snapshot_id),
            environment=name,
            active=active,
            recorded_at=verdict.recorded_at,
            host=verdict.host,
            valid=verdict.valid,
            judged=verdict.reason is None,
            reason=verdict.reason or UNSET,
            counts=wire.FindingCounts(error=verdict.errors, warning=verdict.warnings, info=verdict.infos),
        )
        for verdict, name, active in await session.execute(asked)
    ]


def _probes(project: str, environment: str | None) -> Select[ProbeRecord]:
    """The probes of a project, newest first; those that were recorded before projects were are everybody's."""
    kept = ProbeRecord
    asked = select(kept).where(or_(kept.project == project, kept.project.is_(None))).order_by(kept.position.desc())
    return asked if environment is None else asked.where(kept.environment == storable(environment))


def _probe(kept: ProbeRecord) -> history.RecordedProbe:
    plain = {
        "id": str(kept.id),
        "asked_at": kept.asked_at,
        "asked_by": kept.asked_by,
        "environment": kept.environment,
        "target": kept.target,
        "ok": kept.ok,
        "elapsed_ms": kept.elapsed_ms,
        "failed_stage": kept.failed_stage,
        "code": kept.code,
    }
    return msgspec.convert(plain, history.RecordedProbe)


async def probes(
    session: AsyncSession, project: str, *, environment: str | None = None, limit: int, before: str | None = None
) -> history.Probes:
    """A page of a project's probes, of one environment or of all.

    Raises:
        ArgumentError: the limit or the cursor cannot be used.
    """
    require_limit(limit)
    place = numbers_of(before, 1)
    asked = _probes(storable(project), environment).limit(limit + 1)
    found = (await session.scalars(asked.where(ProbeRecord.position < place[0]) if place else asked)).all()
    listed = found[:limit]
    following = cursor_of(listed[-1].position) if len(found) > limit else None
    return history.Probes(probes=[_probe(kept) for kept in listed], next=following)
