"""The fault matrix, who may come in: one row a test, against real servers."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest
from patience import PATIENCE_SECONDS
from postgres import run
from relays import claiming, relayed
from tls_servers import StartVariant
from verdicts import CANARY, failed, passed, probed

from app.database.embedded.process import running
from app.database.target import Target
from app.probing.stages import probe

PASSWORD = "canary-known-to-both"
LOGIN = ("username", "password")


@pytest.fixture
async def role(postgres: Target) -> AsyncIterator[str]:
    """A role of the test's own."""
    name = f"role_{uuid4().hex}"
    await run(postgres, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    yield name
    await run(postgres, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@pytest.fixture
def member(postgres: Target, role: str) -> Target:
    """The role's target."""
    return replace(postgres, username=role, password=PASSWORD)


async def test_a_wrong_password(postgres: Target) -> None:
    failed(await probed(replace(postgres, password=CANARY)), "login", "password-rejected", LOGIN, "28P01")


@pytest.mark.parametrize("password", ["pass", "user", "authentication", "postgres"])
async def test_a_password_that_is_a_word_of_the_servers_sentence_is_not_told_by_stars(
    member: Target, password: str
) -> None:
    answer = await probe(replace(member, password=password), deadline=10)
    said = str(next(stage for stage in answer.stages if stage.status == "failed").detail["server_message"])
    assert said == f'password authentication failed for user "{member.username}"'


async def test_an_expired_password(postgres: Target, member: Target) -> None:
    await run(postgres, f"ALTER ROLE {member.username} VALID UNTIL '2001-01-01'")
    failed(await probed(member), "login", "password-rejected", LOGIN, "28P01")


async def test_an_unknown_user(postgres: Target) -> None:
    answer = await probed(replace(postgres, username="nobody_here", password=CANARY))
    failed(answer, "login", "password-rejected", LOGIN, "28P01")


@pytest.mark.parametrize("password", [None, ""])
async def test_no_password_given_and_none_is_looked_up(
    postgres: Target, monkeypatch: pytest.MonkeyPatch, password: str | None
) -> None:
    assert postgres.password
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    answer = await probed(replace(postgres, password=password))
    failed(answer, "login", "password-missing", ("password",), "28P01")


async def test_a_role_without_login(postgres: Target, member: Target) -> None:
    await run(postgres, f"ALTER ROLE {member.username} NOLOGIN")
    failed(await probed(member), "login", "login-not-permitted", ("username",), "28000")


async def test_an_unknown_database(postgres: Target) -> None:
    answer = await probed(replace(postgres, name="nowhere"))
    failed(answer, "login", "database-missing", ("name",), "3D000")
    assert answer.failure
    assert "nowhere" in answer.failure.message


async def test_a_role_without_the_connect_privilege(postgres: Target, member: Target) -> None:
    await run(postgres, f'REVOKE CONNECT ON DATABASE "{postgres.name}" FROM PUBLIC')
    failed(await probed(member), "login", "connect-privilege-missing", ("username", "name"), "42501")


async def test_a_role_at_its_connection_limit(postgres: Target, member: Target) -> None:
    await run(postgres, f"ALTER ROLE {member.username} CONNECTION LIMIT 0")
    failed(await probed(member), "login", "too-many-connections", ("username",), "53300")


async def test_a_database_at_its_connection_limit(postgres: Target, member: Target) -> None:
    await run(postgres, f'ALTER DATABASE "{postgres.name}" CONNECTION LIMIT 0')
    failed(await probed(member), "login", "too-many-connections", ("name",), "53300")


async def test_a_database_that_takes_no_connections(postgres: Target, member: Target) -> None:
    elsewhere = replace(postgres, name="postgres")
    await run(elsewhere, f'ALTER DATABASE "{postgres.name}" ALLOW_CONNECTIONS false')
    answer = await probed(member)
    await run(elsewhere, f'ALTER DATABASE "{postgres.name}" ALLOW_CONNECTIONS true')
    failed(answer, "login", "server-not-accepting", ("name",), "55000")


async def test_options_that_the_server_does_not_know(postgres: Target) -> None:
    answer = await probed(replace(postgres, options="-c nonsense=1"))
    failed(answer, "login", "target-invalid", ("options",), "42704")


async def test_options_that_are_none(postgres: Target) -> None:
    answer = await probed(replace(postgres, options="--nonsense"))
    assert answer.failure
    assert (answer.failure.code, answer.failure.fields) == ("target-invalid", ("options",))


async def test_options_reach_the_session(postgres: Target) -> None:
    answer = await probed(replace(postgres, options="-c TimeZone=Asia/Tokyo -c default_transaction_read_only=on"))
    passed(answer)
    assert answer.server
    assert (answer.server.time_zone, answer.server.read_only) == ("Asia/Tokyo", True)


async def test_a_reason_that_assay_does_not_know(postgres: Target, member: Target) -> None:
    await run(postgres, f"ALTER ROLE {member.username} SET local_preload_libraries = 'nowhere'")
    answer = await probed(member)
    failed(answer, "login", "unknown", (), "58P01")
    assert "server_message" in answer.stages[3].detail


async def test_a_server_older_than_the_driver_knows(postgres: Target) -> None:
    async with relayed(postgres, server_says=claiming("9.4.26")) as old:
        failed(await probed(old), "login", "server-too-old", ("host", "port"), None)
    async with relayed(postgres, server_says=claiming("9.5.25")) as oldest:
        passed(await probed(oldest))


@asynccontextmanager
async def taken(target: Target, number: int) -> AsyncIterator[None]:
    """So many sessions are open."""
    async with AsyncExitStack() as stack:
        for _ in range(number):
            session = await asyncpg.connect(**target.arguments())
            stack.push_async_callback(session.close)
        yield


async def test_a_server_at_its_connection_limit(variant: StartVariant) -> None:
    few = {"max_connections": "5", "superuser_reserved_connections": "3", "max_wal_senders": "0"}
    with variant(**few) as server:
        await run(server.target, f"CREATE ROLE limited LOGIN PASSWORD '{PASSWORD}'")
        member = replace(server.target, username="limited", password=PASSWORD)
        async with taken(member, 2):
            answer = await probed(member)
        await run(server.target, "DROP ROLE limited")
    failed(answer, "login", "too-many-connections", (), "53300")


async def test_a_server_with_no_place_for_anybody(variant: StartVariant) -> None:
    few = {"max_connections": "2", "superuser_reserved_connections": "1", "max_wal_senders": "0"}
    with variant(**few) as server:
        async with taken(server.target, 2):
            answer = await probed(server.target)
    failed(answer, "login", "too-many-connections", (), "53300")


async def test_a_server_that_is_stopping(variant: StartVariant) -> None:
    with variant() as server:
        data = server._data  # noqa: SLF001 - the process that is to be stopped
        found = running(data)
        assert found
        async with taken(server.target, 1):
            os.kill(found.pid, signal.SIGTERM)  # it waits for its sessions, and takes no more
            async with asyncio.timeout(PATIENCE_SECONDS):
                while "stopping" not in (data / "postmaster.pid").read_text():  # noqa: ASYNC110 - a file tells of no event
                    await asyncio.sleep(0)
            answer = await probed(server.target)
    failed(answer, "login", "server-not-accepting", (), "57P03")
