import asyncio
import json
import os
import signal
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from ports import unused_port
from postgres import run
from sqlalchemy import text

from app.database.engine import ConnectionManager
from app.database.target import Target, Tls
from app.history.store import schema, scripts
from app.probing.status import status
from app.reports import wire
from app.settings.database import PoolSettings


async def sessions(target: Target) -> int:
    watcher = await asyncpg.connect(**target.arguments())
    try:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        return int(await watcher.fetchval(asked, target.name))
    finally:
        await watcher.close()


async def test_it_is_told_through_the_pool_alone(manager: ConnectionManager) -> None:
    for _ in range(3):
        answer = await status(manager, "development", migrations=schema.state)
    assert (answer.configured, answer.connected, answer.failure) == (True, True, None)
    assert answer.server
    async with manager.connect() as connection:
        assert answer.server.version == await connection.scalar(text("SHOW server_version"))
    assert answer.latency_ms
    assert answer.pool
    assert (answer.pool.in_use, answer.pool.idle, answer.pool.overflow) == (0, 1, 0)
    assert await sessions(manager.target) == 1


async def test_its_wire_format_is_the_contracts(manager: ConnectionManager) -> None:
    document = json.loads(wire.encode(await status(manager, "staging", migrations=schema.state)))
    assert list(document) == [
        "version",
        "configured",
        "connected",
        "environment",
        "target",
        "pool",
        "latency_ms",
        "server",
        "migrations",
        "failure",
    ]
    assert document["target"] == {
        "host": manager.target.host,
        "port": manager.target.port,
        "name": manager.target.name,
        "username": manager.target.username,
        "tls": "disable",
    }
    assert document["migrations"] == {"current": schema.head(), "head": schema.head(), "pending": 0}
    assert document["failure"] is None


async def test_tables_that_were_never_made_are_all_pending(postgres: Target) -> None:
    manager = ConnectionManager(postgres)
    answer = await status(manager, "development", migrations=schema.state)
    assert answer.migrations
    assert (answer.migrations.current, answer.migrations.pending) == (None, len(schema.revisions()))
    await manager.close()


async def test_the_scripts_are_read_once(manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch) -> None:
    await status(manager, "development", migrations=schema.state)
    monkeypatch.setattr(scripts, "folder", lambda: pytest.fail("the scripts were looked for again"))
    answer = await status(manager, "development", migrations=schema.state)
    assert answer.migrations
    assert answer.migrations.head == schema.head()


async def test_no_database_is_an_answer() -> None:
    answer = await status(None, "development")
    assert (answer.configured, answer.connected, answer.target, answer.pool) == (False, False, None, None)


async def test_a_database_that_rejects_us_is_an_answer(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, password="c4n4ry"))
    answer = await status(manager, "development")
    assert (answer.configured, answer.connected) == (True, False)
    assert answer.failure
    assert (answer.failure.stage, answer.failure.code, answer.failure.sqlstate) == (
        "login",
        "password-rejected",
        "28P01",
    )
    assert "c4n4ry" not in repr(answer)
    await manager.close()


async def test_a_server_that_is_away_is_an_answer(postgres: Target) -> None:
    manager = ConnectionManager(replace(postgres, port=unused_port()))
    answer = await status(manager, "development")
    assert answer.failure
    assert (answer.failure.stage, answer.failure.code) == ("connect", "connection-refused")
    await manager.close()


@pytest.mark.parametrize(
    ("changed", "stage", "code"),
    [
        ({"host": "nowhere.invalid"}, "resolve", "name-not-resolved"),
        ({"tls": Tls(mode="verify-full", ca_file="/nowhere.pem")}, "tls", "ca-file-missing"),
        ({"tls": Tls(mode="require")}, "tls", "tls-not-offered"),
        ({"name": "nowhere"}, "login", "database-missing"),
    ],
)
async def test_a_failure_stands_at_the_stage_of_a_probe(
    postgres: Target, changed: dict[str, Any], stage: str, code: str
) -> None:
    manager = ConnectionManager(replace(postgres, **changed))
    answer = await status(manager, "development")
    assert answer.failure
    assert (answer.failure.stage, answer.failure.code) == (stage, code)
    await manager.close()


async def test_a_pool_without_a_free_connection_is_told_as_that(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=PoolSettings(size=1, max_overflow=0, timeout=30))
    async with manager.connect():
        answer = await status(manager, "development", seconds=0.2)
    assert answer.failure
    assert answer.failure.code == "too-many-connections"
    assert answer.pool
    assert answer.pool.in_use == 1
    await manager.close()


async def test_tables_that_may_not_be_read_are_told_beside_the_server(migrated: Target) -> None:
    role = f"{migrated.name}_reader"
    await run(migrated, f"CREATE ROLE {role} LOGIN PASSWORD 'reader'")
    manager = ConnectionManager(replace(migrated, username=role, password="reader"))
    answer = await status(manager, "development", migrations=schema.state)
    assert (answer.connected, answer.migrations) == (True, None)
    assert answer.server
    assert answer.failure
    assert (answer.failure.stage, answer.failure.sqlstate) == ("migrations", "42501")
    await manager.close()
    await run(migrated, f"DROP ROLE {role}")


async def test_a_frozen_session_does_not_keep_the_answer(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=PoolSettings(size=1, max_overflow=0, pre_ping=False))
    async with manager.connect() as connection:
        pid = int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)
    os.kill(pid, signal.SIGSTOP)
    try:
        answer = await status(manager, "development", seconds=0.3)
        assert answer.failure
        assert answer.failure.code == "query-timeout"
    finally:
        os.kill(pid, signal.SIGCONT)
    again = await status(manager, "development")
    assert again.connected
    await manager.close()


async def test_many_that_ask_at_once_share_the_pool(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=PoolSettings(size=2, max_overflow=0))
    answers = await asyncio.gather(*(status(manager, "development") for _ in range(20)))
    assert all(answer.connected for answer in answers)
    assert await sessions(postgres) == 2
    await manager.close()
