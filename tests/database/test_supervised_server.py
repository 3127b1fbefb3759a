"""An embedded server that is killed, or cannot be started again at once, and comes back."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
from postgres import run

from app.core.errors import EmbeddedServerError
from app.database.embedded import EmbeddedServer, SupervisedServer, process, start
from app.database.engine import ConnectionManager

SECONDS = 60
BUSY = "SELECT count(*) FROM generate_series(1, 1000000000000) AS number"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="assay-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def supervised(home: Path, before: Callable[[], object] = lambda: None) -> SupervisedServer:
    def restart(port: int) -> EmbeddedServer:
        before()
        return start(home, port=port)

    return SupervisedServer(start(home), restart)


def kill(home: Path) -> None:
    found = process.running(home / ".assay" / "postgres" / "data")
    assert found
    os.kill(found.pid, signal.SIGKILL)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


async def test_killed_beside_a_busy_session_it_comes_back_at_its_port_with_its_data(home: Path) -> None:
    server = supervised(home)
    manager = ConnectionManager(server.target)
    try:
        await run(server.target, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('still here')")
        session = await asyncpg.connect(**server.target.arguments())
        busy = asyncio.create_task(session.execute(BUSY))
        async with manager.connect() as connection:
            await connection.exec_driver_sql("SELECT 1")
        server.supervise()
        kill(home)
        await asyncio.to_thread(until, lambda: server.restarts.count == 1)
        async with manager.connect() as connection:
            assert (await connection.exec_driver_sql("SELECT word FROM kept")).scalar() == "still here"
        assert not server.restarts.away
        with suppress(asyncpg.PostgresError, OSError):
            await busy
    finally:
        await manager.close()
        await asyncio.to_thread(server.stop)
    assert server.restarts.count == 1
    assert process.running(home / ".assay" / "postgres" / "data") is None


def test_what_cannot_be_started_yet_is_tried_again_and_counted_as_away(home: Path) -> None:
    seen: list[tuple[bool, int]] = []

    def refuse() -> None:
        seen.append((server.restarts.away, server.restarts.attempts))
        if len(seen) <= 2:
            message = "not yet"
            raise EmbeddedServerError(message)

    server = supervised(home, refuse)
    try:
        server.supervise()
        kill(home)
        until(lambda: server.restarts.count == 1)
        assert seen == [(True, 0), (True, 1), (True, 2)]
    finally:
        server.stop()
