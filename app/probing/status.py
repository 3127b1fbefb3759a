"""What the service's own database is doing, asked through its pool alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.core.errors import DatabaseUnavailable
from app.core.outcomes import ConnectionFailure, SchemaRevision, ServerFacts, StageName
from app.database.engine import ConnectionManager, driver_session
from app.database.errors import RefusalError, failure
from app.database.server_query import QUESTION, server
from app.database.session import DRIVER_ERRORS
from app.reports import probe as wire

_STAGES: dict[str, StageName] = {
    "name-not-resolved": "resolve",
    "connection-refused": "connect",
    "socket-missing": "connect",
    "unreachable": "connect",
    "connect-timeout": "connect",
}
_OF_TLS = ("tls-", "certificate-", "ca-file-", "client-certificate-", "key-")

type MigrationState = Callable[[ConnectionManager], Awaitable[SchemaRevision]]


async def status(
    manager: ConnectionManager | None,
    environment: str,
    *,
    migrations: MigrationState | None = None,
    seconds: float = 5.0,
) -> wire.Status:
    """The database's status; a failure is part of the answer.

    Where all connections of the pool are at work, it waits for its turn like everybody.

    Args:
        manager: the service's pool; None where no database is configured.
        environment: the active one.
        migrations: how to ask for the schema's state; a floor above knows it.
        seconds: how long all of it may take.
    """
    if manager is None:
        return _status(None, environment)
    answer, schema = None, None
    stage: StageName = "login"
    try:
        async with asyncio.timeout(seconds):
            async with manager.connect() as connection:
                stage = "query"
                answer = await _ask(connection)
            stage = "migrations"
            schema = await migrations(manager) if migrations else None
    except (DatabaseUnavailable, SQLAlchemyError, *DRIVER_ERRORS) as error:
        failed = failure(_reason(error, manager), stage, manager.target)
        return _status(manager, environment, answer=answer, failed=_placed(failed))
    return _status(manager, environment, answer=answer, schema=schema)


def _placed(failed: ConnectionFailure) -> ConnectionFailure:
    """The failure at the stage where a probe would meet it: a pool connects and logs in at one go."""
    if failed.stage != "login":
        return failed
    stage = _STAGES.get(failed.code) or ("tls" if failed.code.startswith(_OF_TLS) else "login")
    return structs.replace(failed, stage=stage)


def _reason(error: Exception, manager: ConnectionManager) -> Exception:
    """Why it took too long: where the pool had no connection to spare, that is why."""
    if isinstance(error, TimeoutError) and manager.is_exhausted:
        return RefusalError(code="too-many-connections")
    return error


async def _ask(connection: AsyncConnection) -> tuple[ServerFacts, float]:
    """What the server says of itself, and how many milliseconds it takes to say anything."""
    rows = await connection.execute(text(QUESTION))
    return server(rows.mappings().one()), await _latency(connection)


async def _latency(connection: AsyncConnection) -> float:
    """One round trip: a statement without arguments is one message and one answer."""
    session = driver_session(connection)
    began = time.perf_counter()
    await session.execute("SELECT 1")
    return round((time.perf_counter() - began) * 1000, 2)


def _status(
    manager: ConnectionManager | None,
    environment: str,
    *,
    answer: tuple[ServerFacts, float] | None = None,
    schema: SchemaRevision | None = None,
    failed: ConnectionFailure | None = None,
) -> wire.Status:
    return wire.Status(
        configured=manager is not None,
        connected=answer is not None,
        environment=environment,
        target=wire.target(manager.target.shown()) if manager else None,
        pool=wire.pool(manager.pool if manager else None),
        latency_ms=answer[1] if answer else None,
        server=wire.server(answer[0] if answer else None),
        migrations=wire.migrations(schema),
        failure=wire.failure(failed),
    )
