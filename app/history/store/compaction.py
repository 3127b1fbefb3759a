"""Gives the room of removed rows back: to the tables, and where there is much of it, to the disk."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import ConnectionManager, driver_session
from app.history.store.models import Base, SnapshotRecord, ValidationRecord

_LOCK_MS = 500
"""So long others may have to wait behind us, while we wait for whoever uses a table."""

_REWRITE_MS = 5000
"""So long a table may be kept from everybody while it is written anew."""


async def compact(manager: ConnectionManager, removed: Mapping[type[Base], int]) -> tuple[str, ...]:
    """Vacuums the tables of which rows were removed; writes those anew of which more were removed than are left.

    What the database refuses, or cannot do in time, is left for the next time: it would only have saved room.

    Args:
        manager: the service's own database.
        removed: how many rows were removed of each table.

    Returns:
        The tables that were written anew.

    Raises:
        DatabaseUnavailable: there is no connection.
    """
    counts = dict(removed)
    if SnapshotRecord in counts:
        counts[ValidationRecord] = counts[SnapshotRecord]  # they go with their snapshots
    done = []
    for table, count in counts.items():
        async with manager.connect() as connection:
            left = await connection.scalar(select(func.count()).select_from(table)) or 0
        if count > left and manager.keeps_sessions and await _vacuum(manager, f"FULL, ANALYZE) {table.__tablename__}"):
            done.append(table.__tablename__)
        else:
            await _vacuum(manager, f"ANALYZE) {table.__tablename__}")
    return tuple(done)


async def _vacuum(manager: ConnectionManager, how: str) -> bool:
    """Whether it could be done."""
    is_full = how.startswith("FULL")
    limits = {"statement_timeout": _REWRITE_MS if is_full else 0, "lock_timeout": _LOCK_MS if is_full else 0}
    with suppress(DBAPIError):
        async with _alone(manager, limits if manager.keeps_sessions else {}) as connection:
            await connection.execute(text(f"VACUUM ({how}"))
        return True
    return False


@asynccontextmanager
async def _alone(manager: ConnectionManager, limits: Mapping[str, int]) -> AsyncIterator[AsyncConnection]:
    """A connection outside of any transaction, where VACUUM has to run; with limits of its own, in milliseconds."""
    async with manager.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        with driver_session(connection).unhurried():
            for name, limit in limits.items():
                await connection.execute(text(f"SET {name} = {limit}"))
            try:
                yield connection
            except DBAPIError:
                await _lift(connection, limits)
                raise
            await _lift(connection, limits)  # not where it was cancelled: its session is given up then


async def _lift(connection: AsyncConnection, limits: Iterable[str]) -> None:
    for name in limits:
        await connection.execute(text(f"RESET {name}"))
