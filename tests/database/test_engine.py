import asyncio
from dataclasses import replace

import asyncpg
import pytest
from patience import PATIENCE_SECONDS
from postgres import run
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError

from app.core.errors import DatabaseUnavailable
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.settings.database import PoolSettings


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


async def test_who_waits_longest_is_served_first(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=PoolSettings(size=1, max_overflow=0, timeout=60))
    served: list[int] = []

    async def ask(number: int) -> None:
        for _ in range(5):
            async with manager.connect() as connection:
                await connection.execute(text("SELECT 1"))
            served.append(number)

    await asyncio.gather(*(ask(number) for number in range(4)))
    assert served == [0, 1, 2, 3] * 5
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


async def test_another_target_is_taken_over_without_dropping_work(manager: ConnectionManager, postgres: Target) -> None:
    await run(postgres, "CREATE ROLE assay_other LOGIN PASSWORD 'canary-first'")
    other = replace(postgres, username="assay_other", password="canary-first")
    who = text("SELECT current_user")
    async with manager.connect() as old:
        assert await old.scalar(who) == postgres.username
        manager.use(other)
        async with manager.connect() as new:
            assert await new.scalar(who) == "assay_other"
        assert manager.target == other
        assert await old.scalar(who) == postgres.username
        assert await of_user(postgres, str(postgres.username)) == 1
    await eventually_none(postgres, str(postgres.username))
    await manager.close()
    await run(postgres, "DROP ROLE assay_other")


async def test_a_changed_password_is_taken_over(manager: ConnectionManager, postgres: Target) -> None:
    await run(postgres, "CREATE ROLE assay_changing LOGIN PASSWORD 'canary-first'")
    target = replace(postgres, username="assay_changing", password="canary-first")
    manager.use(target)
    async with manager.connect():
        await run(postgres, "ALTER ROLE assay_changing PASSWORD 'canary-second'")
        with pytest.raises(DatabaseUnavailable, match="password"):
            await manager.connect().__aenter__()
        manager.use(replace(target, password="canary-second"))
        async with manager.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
    await manager.close()
    await run(postgres, "DROP ROLE assay_changing")


async def test_the_same_target_keeps_its_connections(manager: ConnectionManager, postgres: Target) -> None:
    async with manager.connect() as connection:
        first = await connection.scalar(text("SELECT pg_backend_pid()"))
    manager.use(replace(postgres))
    async with manager.connect() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) == first
    await manager.close()


async def test_work_on_a_former_target_is_ended_at_its_bound(manager: ConnectionManager, postgres: Target) -> None:
    async def work() -> None:
        async with manager.connect() as connection:
            await connection.execute(text("SELECT 1"))
            manager.use(replace(postgres, application_name="later"), seconds=0.05)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await connection.execute(text("SELECT pg_sleep(600)"))

    with pytest.raises(DBAPIError):
        await work()
    await manager.close()


async def test_closing_closes_the_former_targets_too(manager: ConnectionManager, postgres: Target) -> None:
    async def work() -> None:
        async with manager.connect() as connection:
            await connection.execute(text("SELECT 1"))
            manager.use(replace(postgres, application_name="later"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await manager.close(seconds=0.05)

    with pytest.raises(DBAPIError):
        await work()
    await eventually_none(postgres, str(postgres.username))
    with pytest.raises(DatabaseUnavailable, match="closed"):
        manager.use(replace(postgres, application_name="later"))


async def test_two_managers_never_meet(manager: ConnectionManager, postgres: Target) -> None:
    other = ConnectionManager(replace(postgres, application_name="other"), pool=PoolSettings(size=3))
    async with manager.connect() as ours:
        async with other.connect() as theirs:
            assert await ours.scalar(text("SHOW application_name")) == "assay"
            assert await theirs.scalar(text("SHOW application_name")) == "other"
        assert (manager.pool.size, manager.pool.in_use, other.pool.size, other.pool.in_use) == (2, 1, 3, 0)
        await other.close()
        assert await ours.scalar(text("SELECT 1")) == 1
    assert (manager.pool.idle, other.pool.idle) == (1, 0)
    await manager.close()


async def of_user(target: Target, username: str) -> int:
    session = await asyncpg.connect(**target.arguments())
    try:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND datname = $2 AND pid <> pg_backend_pid()"
        return int(await session.fetchval(asked, username, target.name))
    finally:
        await session.close()


async def eventually_none(target: Target, username: str) -> None:
    """Waits until this user has no session in this database."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await of_user(target, username):
            pass


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
            async with asyncio.timeout(PATIENCE_SECONDS):
                await manager.close(seconds=0.05)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(InterfaceError, match="closed"):
        await work()
