"""What the service's own database is doing, asked through its pool alone."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database.engine import ConnectionManager
from app.database.probe.classify import failure
from app.database.probe.query import QUESTION, server
from app.errors import DatabaseUnavailable
from app.reports.probe import Failure, Migrations, Server, StageName, Status

type MigrationState = Callable[[ConnectionManager], Awaitable[Migrations]]


async def status(
    manager: ConnectionManager | None,
    environment: str,
    *,
    migrations: MigrationState | None = None,
    seconds: float = 5.0,
) -> Status:
    """The database's status; a failure is part of the answer.

    Args:
        manager: the service's pool; None where no database is configured.
        environment: the active one.
        migrations: how to ask for the schema's state; a floor above knows it.
        seconds: how long all of it may take.
    """
    if manager is None:
        return _status(None, environment)
    try:
        async with asyncio.timeout(seconds):
            answer = await _ask(manager)
            schema = await migrations(manager) if migrations else None
    except (DatabaseUnavailable, SQLAlchemyError, OSError) as error:
        stage: StageName = "login" if isinstance(error, DatabaseUnavailable) else "query"
        return _status(manager, environment, failed=failure(error, stage, manager.target))
    return _status(manager, environment, answer=answer, schema=schema)


async def _ask(manager: ConnectionManager) -> tuple[Server, float]:
    """What the server says of itself, and in how many milliseconds."""
    async with manager.connect() as connection:
        began = time.perf_counter()
        rows = await connection.execute(text(QUESTION))
        latency = round((time.perf_counter() - began) * 1000, 2)
        return server(rows.mappings().one()), latency


def _status(
    manager: ConnectionManager | None,
    environment: str,
    *,
    answer: tuple[Server, float] | None = None,
    schema: Migrations | None = None,
    failed: Failure | None = None,
) -> Status:
    return Status(
        configured=manager is not None,
        connected=answer is not None,
        environment=environment,
        target=manager.target.shown() if manager else None,
        pool=manager.pool if manager else None,
        latency_ms=answer[1] if answer else None,
        server=answer[0] if answer else None,
        migrations=schema,
        failure=failed,
    )
