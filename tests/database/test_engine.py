import asyncio
from dataclasses import replace

import pytest
from postgres import run
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError

from app.database.engine import ConnectionManager
from app.database.status import status
from app.database.target import Target
from app.errors import DatabaseUnavailable
from app.history import schema
from app.schema.database import PoolSettings


@pytest.fixture
async def manager(postgres: Target) -> ConnectionManager:
    return ConnectionManager(postgres, pool=PoolSettings(size=2, max_overflow=0, timeout=0.2))


async def test_a_round_trip_is_committed(manager: ConnectionManager) -> None:
    async with manager.connect() as connection:
        await connection.execute(text("CREATE TABLE kept (word text)"))
        await connection.execute(text("INSERT INTO kept VALUES ('here')"))
    async with manager.session() as session:
        assert await session.scalar(text("SELECT word FROM kept")) == "here"
    await manager.close()


async def test_an_error_rolls_back(manager: ConnectionManager) -> None:
    connecting = manager.connect()
    connection = await connecting.__aenter__()
    await connection.execute(text("CREATE TABLE lost (word text)"))
    assert not await connecting.__aexit__(ZeroDivisionError, ZeroDivisionError(), None)
    async with manager.connect() as connection:
        assert await connection.scalar(text("SELECT to_regclass('lost')")) is None
    await manager.close()


async def test_a_session_bears_its_name_and_limit(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, application_name="orders", statement_timeout=1.5))
    async with manager.connect() as connection:
        assert await connection.scalar(text("SHOW application_name")) == "orders"
        assert await connection.scalar(text("SHOW statement_timeout")) == "1500ms"
    await manager.close()


async def test_behind_pgbouncer_nothing_is_prepared_by_name(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pgbouncer=True)
    async with manager.connect() as connection:
        await connection.execute(text("SELECT 1"))
        assert await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''")) == 0
        assert await connection.scalar(text("SHOW statement_timeout")) == "0"
    await manager.close()


async def test_a_pool_counts_its_connections(manager: ConnectionManager) -> None:
    async with manager.connect() as connection:
        await connection.execute(text("SELECT 1"))
        assert (manager.pool.size, manager.pool.in_use, manager.pool.idle) == (2, 1, 0)
    assert (manager.pool.in_use, manager.pool.idle) == (0, 1)
    await manager.close()


async def test_an_exhausted_pool_says_so(manager: ConnectionManager) -> None:
    async with manager.connect(), manager.connect():
        with pytest.raises(DatabaseUnavailable, match="connections are taken"):
            await manager.connect().__aenter__()
    await manager.close()


async def test_a_connection_killed_while_idle_is_replaced(manager: ConnectionManager, postgres: Target) -> None:
    async with manager.connect() as connection:
        first = await connection.scalar(text("SELECT pg_backend_pid()"))
    await run(postgres, f"SELECT pg_terminate_backend({first}, 5000)")
    async with manager.connect() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != first
    await manager.close()


async def test_a_closed_manager_hands_out_nothing(manager: ConnectionManager) -> None:
    await manager.close()
    await manager.close()
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await manager.session().__aenter__()


async def test_closing_waits_for_work_that_ends_in_time(manager: ConnectionManager) -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        async with manager.connect() as connection:
            started.set()
            await go.wait()
            return await connection.scalar(text("SELECT 7")) or 0

    working = asyncio.create_task(work())
    await started.wait()
    closing = asyncio.create_task(manager.close(seconds=5))
    go.set()
    assert await working == 7
    await closing


async def test_closing_does_not_wait_for_ever(manager: ConnectionManager) -> None:
    async def work() -> None:
        async with manager.connect() as connection:
            await connection.execute(text("SELECT 1"))
            async with asyncio.timeout(4):
                await manager.close(seconds=0.05)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(InterfaceError, match="closed"):
        await work()


async def test_the_status_is_told_through_the_pool(manager: ConnectionManager) -> None:
    answer = await status(manager, "development", migrations=schema.state)
    assert (answer.configured, answer.connected, answer.failure) == (True, True, None)
    assert answer.server
    assert answer.server.version.startswith("18")
    assert answer.latency_ms
    assert answer.pool
    assert answer.pool.idle == 1
    assert answer.migrations
    assert (answer.migrations.current, answer.migrations.pending) == (None, len(schema.revisions()))
    await manager.close()


async def test_a_status_without_a_database() -> None:
    answer = await status(None, "development")
    assert (answer.configured, answer.connected, answer.target, answer.pool) == (False, False, None, None)


async def test_the_status_of_a_database_that_rejects_us(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, password="c4n4ry"))
    answer = await status(manager, "development")
    assert not answer.connected
    assert answer.failure
    assert (answer.failure.code, answer.failure.sqlstate) == ("password-rejected", "28P01")
    assert "c4n4ry" not in repr(answer)
    await manager.close()
