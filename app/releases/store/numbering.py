"""The ids of releases: they rise, over all projects, and over a failover too."""

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.releases.store.models import EpochRecord

_ONLY = 1
_LOST = 1_000_000
"""No standby is so many releases behind when it is promoted: ids that were lost are not given again."""

# The timeline in which the server writes now; its control file names the one of the last checkpoint.
_PLACE = text(
    "SELECT system_identifier::text AS system, "
    "('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::bigint AS timeline "
    "FROM pg_control_system()"
)


class Number(Struct, frozen=True, kw_only=True):
    """The id of a release, and the epoch in which it was given."""

    epoch: int
    id: int


async def next_number(session: AsyncSession) -> Number:
    """The next number; until the transaction has ended nobody else gets one.

    So releases are committed in the order of their ids: whoever has seen one has seen all before it.

    Args:
        session: in a transaction, on a primary.
    """
    kept = await _alone(session)
    kept.last_id += 1
    await session.flush()
    return Number(epoch=kept.epoch, id=kept.last_id)


async def epoch_alone(session: AsyncSession) -> int:
    """The epoch of now; until the transaction has ended nobody else releases or approves."""
    kept = await _alone(session)
    await session.flush()
    return kept.epoch


async def _alone(session: AsyncSession) -> EpochRecord:
    """The one row, locked, and of the server as it is now."""
    locked = select(EpochRecord).with_for_update()
    kept = (await session.scalars(locked)).one_or_none()  # asked first: a standby says that it is one
    place = (await session.execute(_PLACE)).one()
    if kept is None:
        first = {"id": _ONLY, "epoch": place.timeline, "last_id": 0, "system": place.system, "timeline": place.timeline}
        await session.execute(insert_or(EpochRecord).values(first).on_conflict_do_nothing())
        kept = (await session.scalars(locked)).one()
    if (kept.system, kept.timeline) != (place.system, place.timeline):
        epoch = max(kept.epoch + 1, place.timeline)
        kept.last_id += _LOST * (epoch - kept.epoch)
        kept.epoch, kept.system, kept.timeline = epoch, place.system, place.timeline
    return kept
