"""Twenty clients query in a loop, and the server goes away under them: each works again."""

import asyncio
import logging
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import pytest
from patience import PATIENCE_SECONDS
from ports import unused_port
from postgres import run
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import DatabaseUnavailable
from app.database.embedded import EmbeddedServer, process, start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.probing.status import status
from app.settings.database import PoolSettings

CLIENTS = 20
KILLINGS = 20
POOL = PoolSettings(size=4, max_overflow=4, timeout=60)
NAME = "assay-recovery"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@dataclass(kw_only=True)
class Clients:
    """Clients that query in a loop, and what became of it."""

    manager: ConnectionManager
    succeeded: list[float] = field(default_factory=lambda: [0.0] * CLIENTS)
    failed: list[float] = field(default_factory=lambda: [0.0] * CLIENTS)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def query(self, number: int) -> None:
        while not self.ended.is_set():
            try:
                async with self.manager.connect() as connection:
                    await connection.execute(text("SELECT 1"))
                self.succeeded[number] = time.monotonic()
                self.changed.set()
            except (DatabaseUnavailable, SQLAlchemyError, OSError):
                self.failed[number] = time.monotonic()
                self.changed.set()
                with suppress(TimeoutError):  # a client that is refused tries again in a moment
                    await asyncio.wait_for(self.ended.wait(), 0.02)

    async def all_work(self) -> None:
        """Waits until each has had an answer from now on."""
        asked = time.monotonic()
        await self._eventually(lambda: min(self.succeeded) > asked)

    async def fails(self) -> None:
        """Waits until one had no answer."""
        asked = time.monotonic()
        await self._eventually(lambda: max(self.failed) > asked)

    async def _eventually(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def clients(target: Target) -> AsyncIterator[Clients]:
    """The clients at work; at the end, none had an error but in between, and no connection is left over."""
    manager = ConnectionManager(replace(target, application_name=NAME), pool=POOL)
    made = Clients(manager=manager)
    working = [asyncio.create_task(made.query(number)) for number in range(CLIENTS)]
    await made.all_work()
    assert max(made.failed) == 0
    yield made
    await made.all_work()
    good = time.monotonic()
    await made.all_work()
    assert max(made.failed) < good
    made.ended.set()
    await asyncio.gather(*working)
    assert manager.pool.in_use == 0
    await sessions_are(manager.target, lambda: manager.pool.idle)
    await manager.close()
    await sessions_are(manager.target, lambda: 0)


async def sessions_are(target: Target, count: Callable[[], int]) -> None:
    """Waits until the server has as many sessions of the manager as that; those that are ending take a moment."""
    hosts = target.host.split(",")
    watcher = await asyncpg.connect(**replace(target, host=hosts[-1], application_name="watcher").arguments())
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await watcher.fetchval(asked, NAME) != count():
                pass
    finally:
        await watcher.close()


def postmaster(home: Path) -> int:
    found = process.running(home / ".assay" / "postgres" / "data")
    assert found
    return found.pid


async def test_after_a_restart_of_the_server(home: Path, postgres_programs: Path | None) -> None:
    port = unused_port()

    def launch() -> EmbeddedServer:
        return start(home, durable=False, binaries=postgres_programs, port=port)

    server = await asyncio.to_thread(launch)
    async with clients(server.target) as made:
        await asyncio.to_thread(server.stop)
        await made.fails()
        server = await asyncio.to_thread(launch)
    await asyncio.to_thread(server.stop)


async def test_after_every_session_was_killed(postgres: Target) -> None:
    async with clients(postgres) as made:
        killer = await asyncpg.connect(**postgres.arguments())
        asked = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1"
        for _ in range(KILLINGS):  # each meets them at other points
            assert await killer.fetchval(asked, NAME) > 0
            await made.all_work()
        await killer.close()


async def test_after_a_crash_of_a_session(home: Path, postgres_programs: Path | None) -> None:
    server = await asyncio.to_thread(start, home, durable=False, binaries=postgres_programs)
    async with clients(server.target) as made:
        victim = await asyncpg.connect(**server.target.arguments())
        os.kill(victim.get_server_pid(), signal.SIGKILL)  # the postmaster ends all sessions, and recovers
        await made.fails()
        victim.terminate()
    await asyncio.to_thread(server.stop)


@pytest.fixture(scope="module")
def prepared(postgres_programs: Path | None) -> Iterator[Path]:
    """A home folder whose server has been stopped, to be copied."""
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        start(Path(folder), durable=False, binaries=postgres_programs).stop()
        yield Path(folder)


@pytest.fixture
async def pair(
    home: Path, prepared: Path, postgres_programs: Path | None
) -> AsyncIterator[tuple[EmbeddedServer, EmbeddedServer]]:
    """A primary and its standby."""
    folders = [home / "primary", home / "standby"]
    for folder in folders:
        await asyncio.to_thread(subprocess.run, ["/bin/cp", "-a", prepared, folder], check=True)
    (folders[1] / ".assay" / "postgres" / "data" / "standby.signal").touch()
    primary, standby = await asyncio.gather(
        *(asyncio.to_thread(start, folder, durable=False, binaries=postgres_programs) for folder in folders)
    )
    with primary, standby:
        yield primary, standby


def both(pair: tuple[EmbeddedServer, EmbeddedServer], **asked: object) -> Target:
    hosts = ",".join(f"{server.target.host}:{server.target.port}" for server in pair)
    return replace(pair[0].target, host=hosts, **asked)  # type: ignore[arg-type]  # what the test asks for


async def test_after_a_standby_was_promoted(pair: tuple[EmbeddedServer, EmbeddedServer]) -> None:
    primary, standby = pair
    async with clients(both(pair, target_session_attrs="read-write")) as made:
        await asyncio.to_thread(primary.stop)
        await made.fails()
        await run(standby.target, "SELECT pg_promote()")


async def test_a_session_is_opened_where_it_fits(pair: tuple[EmbeddedServer, EmbeddedServer]) -> None:
    async def port(asked: str) -> int | None:
        manager = ConnectionManager(both(pair, target_session_attrs=asked))
        try:
            async with manager.connect() as connection:
                return await connection.scalar(text("SELECT inet_server_port()"))
        finally:
            await manager.close()

    primary, standby = (server.target.port for server in pair)
    asked = ("any", "primary", "read-write", "standby", "read-only", "prefer-standby")
    assert [await port(kind) for kind in asked] == [primary, primary, primary, standby, standby, standby]
    await asyncio.to_thread(pair[1].stop)
    assert await port("prefer-standby") == primary


async def test_a_silent_host_leaves_time_for_those_behind_it(pair: tuple[EmbeddedServer, EmbeddedServer]) -> None:
    primary, standby = pair
    pid = postmaster(primary.log.parents[2])
    os.kill(pid, signal.SIGSTOP)
    manager = ConnectionManager(both(pair, connect_timeout=4.0))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), manager.connect() as connection:
            assert await connection.scalar(text("SELECT inet_server_port()")) == standby.target.port
    finally:
        os.kill(pid, signal.SIGCONT)
        await manager.close()


async def test_standbys_alone_are_no_primary(pair: tuple[EmbeddedServer, EmbeddedServer]) -> None:
    await asyncio.to_thread(pair[0].stop)
    manager = ConnectionManager(replace(pair[1].target, target_session_attrs="primary"))
    answer = await status(manager, "development")
    assert answer.failure
    assert answer.failure.code == "read-only"
    await manager.close()


async def backend(manager: ConnectionManager) -> int:
    async with manager.connect() as connection:
        return int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)


async def test_an_idle_session_that_is_frozen_is_replaced(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=POOL)
    frozen = await backend(manager)
    os.kill(frozen, signal.SIGSTOP)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await backend(manager) != frozen
    finally:
        os.kill(frozen, signal.SIGCONT)
    await manager.close()


async def test_the_farewell_to_a_frozen_session_is_given_up_in_silence(
    postgres: Target, caplog: pytest.LogCaptureFixture
) -> None:
    manager = ConnectionManager(postgres, pool=POOL)
    frozen = await backend(manager)
    os.kill(frozen, signal.SIGSTOP)
    await manager.close(0)
    os.kill(frozen, signal.SIGCONT)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_query_on_a_frozen_session_can_be_given_up(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=POOL)
    frozen = 0

    async def ask() -> None:
        nonlocal frozen
        async with manager.connect() as connection:
            frozen = int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)
            os.kill(frozen, signal.SIGSTOP)
            await connection.execute(text("SELECT 1"))

    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(), 0.3)
    os.kill(frozen, signal.SIGCONT)
    assert manager.pool.in_use == 0
    assert await backend(manager) != frozen
    await manager.close()


async def test_work_that_is_cancelled_anywhere_leaves_no_session_behind(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, application_name=NAME), pool=POOL)
    chance = random.Random(7)  # noqa: S311 - nothing secret

    async def work() -> None:
        async with manager.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(0.01)"))
        async with manager.session() as session:
            await session.execute(text("SELECT 1"))

    async def ask() -> None:
        with suppress(TimeoutError, DatabaseUnavailable):
            await asyncio.wait_for(work(), chance.uniform(0.0, 0.12))

    for _ in range(5):
        await asyncio.gather(*(ask() for _ in range(40)))
    assert manager.pool.in_use == 0
    await sessions_are(manager.target, lambda: manager.pool.idle)
    assert await backend(manager)
    await manager.close()


async def test_a_statement_that_is_never_answered_ends_by_itself(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, statement_timeout=0.2), pool=POOL, pgbouncer=True)
    frozen = 0

    async def ask() -> None:
        nonlocal frozen
        async with manager.connect() as connection:
            frozen = int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)
            os.kill(frozen, signal.SIGSTOP)
            await connection.execute(text("SELECT 1"))

    with pytest.raises(TimeoutError):
        await ask()
    os.kill(frozen, signal.SIGCONT)
    assert manager.pool.in_use == 0
    await manager.close()
