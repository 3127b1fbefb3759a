"""The history's tables brought up to date, or back; on the live pool, in a running loop.

One migration at a time, by an advisory lock: PostgreSQL releases it however the connection ends. All steps are one
transaction: they are all made, or none.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from msgspec import Struct
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.errors import ArgumentError, MigrationFailed
from app.core.outcomes import SchemaRevision
from app.database.engine import ConnectionManager, unhurried
from app.database.errors import sqlstate
from app.history.store.revisions import VERSION_TABLE
from app.history.store.scripts import (
    Revision,
    between,
    configuration,
    head,
    height,
    height_of,
    is_relative,
    name_of,
    revisions,
)

__all__ = ["VERSION_TABLE", "Move", "configuration", "downgrade", "head", "revisions", "state", "upgrade"]

# Any number that no other program uses: "assay" in ASCII.
_LOCK = 0x6173736179
_LOCK_SECONDS = 60
_NO_PRIVILEGE = "42501"
_LOCKED = "55P03"
_READ_ONLY = "25006"

type Direction = Literal["upgrade", "downgrade"]

_COMMANDS: dict[Direction, Callable[[Config, str], None]] = {
    "upgrade": command.upgrade,
    "downgrade": command.downgrade,
}


class Move(Struct, frozen=True, kw_only=True):
    """What a migration did.

    Attributes:
        before: where the tables were; None before the first revision.
        after: where they are.
        steps: the revisions that were applied or taken back, in that order.
    """

    before: str | None
    after: str | None
    steps: tuple[Revision, ...]


async def upgrade(manager: ConnectionManager, revision: str = "head") -> Move:
    """Brings the tables up to this revision; waits for a migration that another process runs.

    Args:
        manager: the database.
        revision: `head`, a revision or the beginning of one, or `+1`.

    Raises:
        ArgumentError: there is no such revision, or it is older than the tables.
        SchemaUnknown: a newer version of Assay has made the tables.
        MigrationFailed: the database refused; nothing was changed.
        DatabaseUnavailable: there is no connection.
    """
    return await _migrate(manager, "upgrade", revision)


async def downgrade(manager: ConnectionManager, revision: str) -> Move:
    """Takes the tables back to this revision (`base`: none at all, with their rows); `-1` is the one before.

    Raises:
        ArgumentError: there is no such revision, or it is newer than the tables.
        SchemaUnknown: a newer version of Assay has made the tables.
        MigrationFailed: the database refused; nothing was changed.
        DatabaseUnavailable: there is no connection.
    """
    return await _migrate(manager, "downgrade", revision)


async def _migrate(manager: ConnectionManager, direction: Direction, revision: str) -> Move:
    if not is_relative(revision):
        height_of(revision, None)  # a typing error needs no connection
    try:
        async with manager.connect() as connection, alone(connection):
            current = await _current(connection)
            low, high = height(current), height_of(revision, current)
            _require_direction(direction, revision, low, high)
            if low != high:
                await connection.run_sync(_run, direction, name_of(high))
            return Move(before=current, after=await _current(connection), steps=_steps(low, high))
    except (DBAPIError, CommandError) as error:
        raise _failed(error, manager) from error


@asynccontextmanager
async def alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """For as long, and within its transaction: no other migration runs, and this one may take its time.

    Neither another migration nor a lock on a table is waited for longer than a minute.
    """
    async with unhurried(connection):
        await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield


def _require_direction(direction: Direction, revision: str, low: int, high: int) -> None:
    if (high < low) if direction == "upgrade" else (high > low):
        other = "downgrade" if direction == "upgrade" else "upgrade"
        age = "older" if direction == "upgrade" else "newer"
        message = f"{revision} is {age} than the tables, which are at {name_of(low)}."
        raise ArgumentError(message, fix=f"`assay db {other} {revision}` would go there.")


def _steps(low: int, high: int) -> tuple[Revision, ...]:
    return between(low, high) if low <= high else tuple(reversed(between(high, low)))


def _run(connection: Connection, direction: Direction, revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    _COMMANDS[direction](config, revision)


async def state(manager: ConnectionManager) -> SchemaRevision:
    """Where the tables are, and how far behind; `pending` is 0 too where a newer version of Assay has made them.

    Raises:
        DatabaseUnavailable: there is no connection.
        SQLAlchemyError: the database does not answer.
    """
    async with manager.connect() as connection:
        current = await _current(connection)
    known = [revision.id for revision in revisions()]
    pending = len(known) if current is None else known.index(current) if current in known else 0
    return SchemaRevision(current=current, head=head(), pending=pending)


async def _current(connection: AsyncConnection) -> str | None:
    """The revision that the tables are at; None before the first."""
    if await connection.scalar(text("SELECT to_regclass(:table)"), {"table": VERSION_TABLE}) is None:
        return None
    found: str | None = await connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return found


def _failed(error: DBAPIError | CommandError, manager: ConnectionManager) -> MigrationFailed:
    """The error in words that help; nothing was changed, since all steps are one transaction."""
    role, name = manager.target.role, manager.target.database
    known = {
        _NO_PRIVILEGE: (
            f"The role {role} may not change the tables of the database {name}.",
            f"As its owner: GRANT CREATE, USAGE ON SCHEMA public TO {role}; or migrate as a role that owns the tables.",
        ),
        _LOCKED: (
            f"Another migration, or a long transaction, kept the tables for {_LOCK_SECONDS} s.",
            "Try again when it has ended.",
        ),
        _READ_ONLY: (
            "The server is read-only: it is a standby, or its transactions are.",
            "Name its primary, or set target_session_attrs to read-write.",
        ),
    }
    said = _said(error)
    otherwise = (f"The database refused the migration: {said}", "Nothing was changed. See to that, and try again.")
    message, fix = known.get(_state(error) or "", otherwise)
    return MigrationFailed(message, fix=fix)


def _state(error: DBAPIError | CommandError) -> str | None:
    return sqlstate(error.orig) if isinstance(error, DBAPIError) and error.orig else None


def _said(error: DBAPIError | CommandError) -> str:
    """The server's own words."""
    cause = (error.orig and error.orig.__cause__) if isinstance(error, DBAPIError) else error
    return str(cause or error).splitlines()[0]
