"""The fault matrix, once a session is there: one row a test, against real servers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from clocks import set_forward
from postgres import run
from relays import Talk, interrupting, relayed
from tls_servers import StartVariant
from verdicts import failed, passed, probed

from app.database.embedded import EmbeddedServer
from app.database.target import Target
from app.history.store import schema
from app.probing.stages import Schema
from app.reports.probe import Probe

ADDRESS = ("host", "port")
DEADLINE = 30.0
SCHEMA = Schema(table=schema.VERSION_TABLE, revisions=tuple(one.id for one in schema.revisions()))


TWIN = ("DROP ROLE IF EXISTS twin", "CREATE ROLE twin LOGIN PASSWORD 'canary-same'")


@pytest.fixture
async def standby(variant: StartVariant, variant_home: Path) -> AsyncIterator[EmbeddedServer]:
    """A server that replays what a primary would send, and takes readers meanwhile."""
    with variant() as primary:
        await run(primary.target, *TWIN)
    mark = variant_home / ".assay" / "postgres" / "data" / "standby.signal"
    mark.touch()
    try:
        with variant(hot_standby="on") as server:
            yield server
    finally:
        mark.unlink(missing_ok=True)


async def test_a_standby_is_a_warning(standby: EmbeddedServer) -> None:
    answer = await probed(standby.target)
    assert passed(answer)["query"] == "warning"
    assert answer.ok
    assert answer.server
    assert answer.server.read_only


@pytest.mark.parametrize("wanted", ["primary", "read-write"])
async def test_a_standby_where_a_primary_is_asked_for(standby: EmbeddedServer, wanted: str) -> None:
    answer = await probed(replace(standby.target, target_session_attrs=wanted))  # type: ignore[arg-type]
    failed(answer, "query", "read-only", ADDRESS, None)


@pytest.mark.parametrize("wanted", ["standby", "read-only", "prefer-standby"])
async def test_a_standby_where_one_is_asked_for(standby: EmbeddedServer, wanted: str) -> None:
    passed(await probed(replace(standby.target, target_session_attrs=wanted)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("wanted", "found"), [("primary", "primary"), ("prefer-standby", "standby")])
async def test_of_several_servers_the_kind_that_is_asked_for_is_found(
    standby: EmbeddedServer, postgres: Target, wanted: str, found: str
) -> None:
    await run(postgres, *TWIN)
    ports = {"standby": standby.target.port, "primary": postgres.port}
    other = next(port for kind, port in ports.items() if kind != found)
    hosts = f"127.0.0.1:{other},127.0.0.1:{ports[found]}"
    target = replace(standby.target, host=hosts, username="twin", password="canary-same")
    answer = await probed(replace(target, target_session_attrs=wanted))  # type: ignore[arg-type]
    await run(postgres, "DROP ROLE twin")
    passed(answer)
    assert answer.stages[1].detail["port"] == ports[found]
    assert answer.stages[1].detail["passed_over"] == [
        {"address": "127.0.0.1", "port": other, "code": "read-only" if wanted == "primary" else "target-invalid"}
    ]


async def test_where_no_standby_answers_a_primary_will_do_if_one_was_only_preferred(postgres: Target) -> None:
    passed(await probed(replace(postgres, target_session_attrs="prefer-standby")))


@pytest.mark.parametrize("wanted", ["standby", "read-only"])
async def test_a_primary_where_a_standby_is_asked_for(postgres: Target, wanted: str) -> None:
    answer = await probed(replace(postgres, target_session_attrs=wanted))  # type: ignore[arg-type]
    failed(answer, "query", "target-invalid", ("host", "target_session_attrs"), None)


async def test_a_server_that_is_set_to_read_only(postgres: Target) -> None:
    await run(postgres, f'ALTER DATABASE "{postgres.name}" SET default_transaction_read_only = on')
    passed(await probed(replace(postgres, target_session_attrs="primary")))
    answer = await probed(replace(postgres, target_session_attrs="read-write"))
    failed(answer, "query", "read-only", ADDRESS, None)


async def test_a_session_that_is_killed_in_mid_query(postgres: Target) -> None:
    async with relayed(postgres, client_says=interrupting(signal.SIGTERM)) as target:
        answer = await probed(target)
    failed(answer, "query", "connection-lost", ADDRESS, "57P01")


async def test_a_frozen_backend(postgres: Target) -> None:
    frozen: list[int] = []
    freeze = interrupting(signal.SIGSTOP, frozen)
    async with set_forward() as forward:

        def says(talk: Talk, data: bytes) -> bytes:
            said = freeze(talk, data)
            if frozen:
                forward(DEADLINE)
            return said

        async with relayed(postgres, client_says=says) as target:
            answer = await probed(target, deadline=DEADLINE)
    os.kill(frozen[0], signal.SIGCONT)
    failed(answer, "query", "query-timeout", (), None)


async def test_a_limit_of_the_databases_own_that_is_too_short(postgres: Target) -> None:
    async with locked(postgres, "CREATE TABLE assay_schema (version_num text)", "assay_schema"):
        answer = await probed(replace(postgres, options="-c lock_timeout=0 -c statement_timeout=700"), schema=SCHEMA)
    failed(answer, "migrations", "query-timeout", (), "57014")


@asynccontextmanager
async def locked(target: Target, make: str, table: str) -> AsyncIterator[None]:
    """Somebody holds a table, and lets nobody read it."""
    session = await asyncpg.connect(**target.arguments())
    try:
        await session.execute(make)
        async with session.transaction():
            await session.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await session.close()


async def kept_waiting(target: Target, seconds: float, **how: Any) -> Probe:
    """A probe for which so many seconds are over when it waits for what another session holds."""
    watcher = await asyncpg.connect(**target.arguments())
    async with set_forward() as forward, asyncio.TaskGroup() as group:
        answer = group.create_task(probed(target, schema=SCHEMA, **how))
        while not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
        forward(seconds)
    await watcher.close()
    return answer.result()


async def test_a_table_that_somebody_holds(postgres: Target) -> None:
    async with locked(postgres, "CREATE TABLE assay_schema (version_num text)", "assay_schema"):
        answer = await kept_waiting(postgres, DEADLINE, deadline=DEADLINE)
    failed(answer, "migrations", "query-timeout", (), None)
    assert answer.server


async def test_a_statement_timeout_counts_where_it_is_shorter_than_the_deadline(postgres: Target) -> None:
    impatient = replace(postgres, statement_timeout=DEADLINE)
    async with locked(postgres, "CREATE TABLE assay_schema (version_num text)", "assay_schema"):
        answer = await kept_waiting(impatient, DEADLINE, deadline=100 * DEADLINE)
    failed(answer, "migrations", "query-timeout", (), None)
