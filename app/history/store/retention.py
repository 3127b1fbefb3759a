"""Removes what is old: in small steps, so that nobody waits for long, and never the newest snapshot of a series."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Delete, delete, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from app.database.engine import ConnectionManager
from app.history.store.compaction import compact
from app.history.store.models import (
    Base,
    FindingSet,
    GapRecord,
    LeafRecord,
    ProbeRecord,
    Series,
    SnapshotRecord,
    ValidationRecord,
)
from app.history.store.spelling import storable

type _Which = ColumnElement[bool]
type _Numbered = SnapshotRecord | LeafRecord | ProbeRecord | GapRecord

BATCH = 500
"""So many rows go in one transaction."""

# Any number that no other program uses: "prune" in ASCII.
_LOCK = 0x7072756E65


class Pruned(Struct, frozen=True, kw_only=True):
    """What was removed.

    Attributes:
        is_complete: False where another process is at it, and the rest is left to that one.
        compacted: the tables that were written anew, so that the disk has their room back.
    """

    snapshots: int = 0
    leaves: int = 0
    probes: int = 0
    gaps: int = 0
    finding_sets: int = 0
    is_complete: bool = True
    compacted: tuple[str, ...] = ()


async def prune(manager: ConnectionManager, *, before: datetime, keep: int, project: str | None = None) -> Pruned:
    """Removes snapshots that are too old or too many, leaves that none of the others has, and old probes and gaps.

    The newest snapshot of a series stays in any case. One process at a time does it; requests go on meanwhile.

    Args:
        manager: the service's own database.
        before: what was recorded before that is too old.
        keep: so many snapshots of a series may stay.
        project: one project; None for all.

    Raises:
        DatabaseUnavailable: there is no connection.
        SQLAlchemyError: the database does not answer.
    """
    named = None if project is None else storable(project)
    removal = _Removal(manager)
    for series, floor in await _floors(manager, before, max(keep, 1), named):
        await removal.of(SnapshotRecord, SnapshotRecord.series_id == series, SnapshotRecord.position < floor)
        # What ended at the oldest snapshot that stays is what that one changed.
        await removal.of(LeafRecord, LeafRecord.series_id == series, LeafRecord.until < floor)
    await removal.of(ProbeRecord, ProbeRecord.asked_at < before, *_of_probes(named))
    await removal.of(GapRecord, GapRecord.until < before, *_named(GapRecord.project, named))
    await removal.of_findings()
    removed = removal.removed
    return Pruned(
        snapshots=removed[SnapshotRecord],
        leaves=removed[LeafRecord],
        probes=removed[ProbeRecord],
        gaps=removed[GapRecord],
        finding_sets=removed[FindingSet],
        is_complete=removal.is_alone,
        compacted=await compact(manager, +removed) if removal.is_alone else (),
    )


def _named(column: InstrumentedAttribute[str], project: str | None) -> list[_Which]:
    return [] if project is None else [column == project]


def _of_probes(project: str | None) -> list[_Which]:
    """Those of a project; those that were recorded before projects were are everybody's."""
    return [] if project is None else [or_(ProbeRecord.project == project, ProbeRecord.project.is_(None))]


async def _floors(
    manager: ConnectionManager, before: datetime, keep: int, project: str | None
) -> list[tuple[int, int]]:
    """Each series, and the position of the oldest of its snapshots that stays."""
    kept = SnapshotRecord
    of_series = select(kept.position).where(kept.series_id == Series.id).correlate(Series)
    newest = of_series.order_by(kept.position.desc()).limit(1).scalar_subquery()
    young = of_series.where(kept.recorded_at >= before).order_by(kept.position).limit(1).scalar_subquery()
    last = of_series.order_by(kept.position.desc()).offset(keep - 1).limit(1).scalar_subquery()
    floor = func.greatest(func.coalesce(young, newest), func.coalesce(last, 0))
    asked = select(Series.id, floor).where(newest.is_not(None), *_named(Series.project, project))
    async with manager.connect() as connection:
        return [(series, position) for series, position in await connection.execute(asked)]


class _Removal:
    """Removes rows batch by batch, each in a transaction of its own, until another process does the same.

    Attributes:
        removed: how many of each table.
        is_alone: whether no other process does it.
    """

    def __init__(self, manager: ConnectionManager) -> None:
        self._manager = manager
        self.removed: Counter[type[Base]] = Counter()
        self.is_alone = True

    async def of(self, table: type[_Numbered], *which: _Which) -> None:
        """Removes such rows of a table."""
        batch = select(table.id).where(*which).limit(BATCH)
        await self._repeat(table, lambda connection: _count(connection, delete(table).where(table.id.in_(batch))))

    async def of_findings(self) -> None:
        """Removes findings that no verdict has any more."""
        await self._repeat(FindingSet, _remove_findings)

    async def _repeat(self, table: type[Base], remove: Callable[[AsyncConnection], Awaitable[int]]) -> None:
        count = BATCH
        while count == BATCH and self.is_alone:
            async with self._manager.connect() as connection:
                self.is_alone = bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))
                count = await remove(connection) if self.is_alone else 0
            self.removed[table] += count


async def _count(connection: AsyncConnection, statement: Delete) -> int:
    return (await connection.execute(statement)).rowcount


async def _remove_findings(connection: AsyncConnection) -> int:
    """Removes a batch; those that a recorder is about to use are locked, and are left alone.

    Whether they are still unused is asked anew when they are ours: one may have been used just before.
    """
    unused = not_(exists().where(ValidationRecord.findings_digest == FindingSet.digest))
    taken = select(FindingSet.digest).where(unused).limit(BATCH).with_for_update(of=FindingSet, skip_locked=True)
    digests = list(await connection.scalars(taken))
    return await _count(connection, delete(FindingSet).where(FindingSet.digest.in_(digests), unused))
