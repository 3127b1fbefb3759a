"""Questions to the service's own tables, and why one was not answered in words that help."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import AssayError, DatabaseUnavailable, MigrationsPending, SchemaUnknown
from app.database.engine import ConnectionManager
from app.database.errors import failure
from app.database.session import DRIVER_ERRORS
from app.history.store import schema

_PATIENCE_SECONDS = 5.0
"""Nobody waits longer for a database that does not answer."""

_NO_TABLE, _NO_COLUMN = "42P01", "42703"

_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@asynccontextmanager
async def one_moment(manager: ConnectionManager) -> AsyncIterator[AsyncSession]:
    """A session that sees one moment: what is removed meanwhile would else be missing from half of an answer.

    Raises:
        DatabaseUnavailable: the database does not answer.
        MigrationsPending: it has not the tables that this version asks.
    """
    async with transaction(manager) as session:
        await session.execute(_ONE_MOMENT)
        yield session


@asynccontextmanager
async def transaction(manager: ConnectionManager, seconds: float | None = None) -> AsyncIterator[AsyncSession]:
    """A session in a transaction: committed at the end, rolled back on an error.

    Args:
        manager: the service's own database.
        seconds: how long all of it may take; None for as long as a question may.

    Raises:
        DatabaseUnavailable: the database does not answer, or takes nothing.
        MigrationsPending: it has not the tables that this version has.
    """
    try:
        async with asyncio.timeout(seconds or _PATIENCE_SECONDS), manager.session() as session:
            yield session
    except (SQLAlchemyError, *DRIVER_ERRORS) as error:
        raise await _reason(error, manager) from error


async def _reason(error: Exception, manager: ConnectionManager) -> AssayError:
    found = failure(error, "query", manager.target)
    if found.sqlstate in {_NO_TABLE, _NO_COLUMN}:
        with suppress(SQLAlchemyError, *DRIVER_ERRORS):
            return await _behind(manager)
    return DatabaseUnavailable(found.message, fix=found.advice)


async def _behind(manager: ConnectionManager) -> AssayError:
    """The tables are not those that this version asks."""
    found, name = await schema.state(manager), manager.target.database
    if found.current == found.head:
        message = f"A table of the service is missing in the database {name}, where they are at {found.head}."
        return MigrationsPending(message, fix="Restore it from a backup, or let the role's search_path find it.")
    if not found.pending:
        message = f"A newer version of Assay has made the tables: they are at {found.current}."
        return SchemaUnknown(message, fix="Ask with that version, or a newer one.")
    state = f"at {found.current}, {found.pending} behind" if found.current else "not there yet"
    message = f"The service's tables in the database {name} are {state}."
    return MigrationsPending(message, fix="Run `assay db upgrade`.")
