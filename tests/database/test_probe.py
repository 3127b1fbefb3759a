import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
import pytest
from postgres import run

from app.database.probe import probe
from app.database.probe.advice import ADVICE
from app.database.target import Target, Tls
from app.reports.probe import STAGES, FailureCode, Probe

CANARY = "c4n4ry-s3cret"


def fields_of(answer: Probe) -> tuple[str, str, tuple[str, ...], str | None]:
    assert answer.failure
    assert not answer.ok
    assert answer.server is None
    assert CANARY not in msgspec.json.encode(answer).decode()
    return answer.failure.stage, answer.failure.code, answer.failure.fields, answer.failure.sqlstate


async def test_a_good_target_passes_and_the_server_is_described(postgres: Target) -> None:
    answer = await probe(postgres)
    assert answer.ok
    assert answer.failure is None
    assert [stage.name for stage in answer.stages] == list(STAGES)
    assert {stage.name for stage in answer.stages if stage.status == "ok"} == {"resolve", "connect", "login", "query"}
    assert {stage.message for stage in answer.stages if stage.status == "skipped"} == {None}
    assert answer.server
    assert answer.server.version.startswith("18")
    assert not answer.server.read_only
    assert answer.server.encoding == "UTF8"
    assert answer.server.max_connections == 100
    assert answer.server.connections >= 1
    assert answer.elapsed_ms >= sum(stage.ms for stage in answer.stages) * 0.9


async def test_the_document_has_the_contracts_shape(postgres: Target) -> None:
    document = msgspec.to_builtins(await probe(postgres))
    assert list(document) == ["version", "ok", "elapsed_ms", "target", "stages", "failure", "server"]
    assert document["version"] == 1
    assert list(document["target"]) == ["host", "port", "name", "username", "tls"]
    assert list(document["stages"][0]) == ["name", "status", "ms", "message", "detail"]
    assert set(document["server"]) >= {"version", "read_only", "started_at", "encoding", "time_zone", "tls"}


async def test_a_wrong_password(postgres: Target) -> None:
    answer = await probe(replace(postgres, password=CANARY))
    assert fields_of(answer) == ("login", "password-rejected", ("username", "password"), "28P01")


async def test_a_missing_password(postgres: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    assert postgres.password
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    answer = await probe(replace(postgres, password=None))
    assert fields_of(answer) == ("login", "password-missing", ("password",), "28P01")


async def test_an_unknown_user(postgres: Target) -> None:
    answer = await probe(replace(postgres, username="nobody_here"))
    assert fields_of(answer) == ("login", "password-rejected", ("username", "password"), "28P01")


async def test_an_unknown_database(postgres: Target) -> None:
    answer = await probe(replace(postgres, name="nowhere"))
    assert fields_of(answer) == ("login", "database-missing", ("name",), "3D000")
    assert answer.failure
    assert "nowhere" in answer.failure.message


async def test_a_role_without_login(postgres: Target) -> None:
    await run(postgres, f"CREATE ROLE sleeper NOLOGIN PASSWORD '{CANARY}'")
    answer = await probe(replace(postgres, username="sleeper", password=CANARY))
    await run(postgres, "DROP ROLE sleeper")
    assert fields_of(answer) == ("login", "login-not-permitted", ("username",), "28000")


async def test_a_role_without_the_connect_privilege(postgres: Target) -> None:
    await run(
        postgres,
        f"CREATE ROLE stranger LOGIN PASSWORD '{CANARY}'",
        f'REVOKE CONNECT ON DATABASE "{postgres.name}" FROM PUBLIC',
    )
    answer = await probe(replace(postgres, username="stranger", password=CANARY))
    await run(postgres, "DROP ROLE stranger")
    assert fields_of(answer) == ("login", "connect-privilege-missing", ("username", "name"), "42501")


async def test_a_role_at_its_connection_limit(postgres: Target) -> None:
    await run(postgres, f"CREATE ROLE crowded LOGIN CONNECTION LIMIT 0 PASSWORD '{CANARY}'")
    answer = await probe(replace(postgres, username="crowded", password=CANARY))
    await run(postgres, "DROP ROLE crowded")
    assert fields_of(answer) == ("login", "too-many-connections", (), "53300")


async def test_a_server_without_tls(postgres: Target) -> None:
    answer = await probe(replace(postgres, tls=Tls(mode="require")))
    assert fields_of(answer) == ("login", "tls-not-offered", ("tls",), None)


async def test_prefer_falls_back_to_a_plain_connection(postgres: Target) -> None:
    assert (await probe(replace(postgres, tls=Tls(mode="prefer")))).ok


async def test_a_ca_file_that_is_not_there(postgres: Target, listener: socket.socket) -> None:
    target = replace(at(listener, postgres), tls=Tls(mode="verify-full", ca_file="/nowhere/ca.pem"))
    async with speaking(listener, b"S"):
        assert fields_of(await probe(target)) == ("login", "ca-file-missing", ("tls",), None)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def at(listener: socket.socket, target: Target) -> Target:
    return replace(target, host="127.0.0.1", port=listener.getsockname()[1], password=CANARY)


@asynccontextmanager
async def speaking(listener: socket.socket, words: bytes) -> AsyncIterator[None]:
    """Something behind the port that says the same to everybody, and waits for the other to hang up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(speak, sock=listener):
        yield


async def test_a_closed_port(postgres: Target, listener: socket.socket) -> None:
    target = at(listener, postgres)
    listener.close()
    assert fields_of(await probe(target)) == ("connect", "connection-refused", ("host", "port"), None)


async def test_a_name_that_leads_nowhere(postgres: Target) -> None:
    answer = await probe(replace(postgres, host="no-such-host.invalid", password=CANARY))
    assert fields_of(answer) == ("resolve", "name-not-resolved", ("host",), None)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
async def test_a_name_that_cannot_be_one(postgres: Target, host: str) -> None:
    answer = await probe(replace(postgres, host=host, password=CANARY))
    assert fields_of(answer)[1] == "name-not-resolved"


async def test_a_silent_port_takes_the_deadline_and_no_longer(postgres: Target, listener: socket.socket) -> None:
    answer = await probe(at(listener, postgres), deadline=0.3)
    assert fields_of(answer) == ("login", "connect-timeout", ("host", "port"), None)
    assert 290 < answer.elapsed_ms < 900


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_a_port_that_speaks_something_else(postgres: Target, listener: socket.socket, words: bytes) -> None:
    async with speaking(listener, words):
        answer = await probe(at(listener, postgres))
    assert fields_of(answer) == ("login", "not-postgresql", ("host", "port"), None)


async def test_the_second_host_is_tried_where_the_first_does_not_answer(
    postgres: Target, listener: socket.socket
) -> None:
    closed = listener.getsockname()[1]
    listener.close()
    answer = await probe(replace(postgres, host=f"127.0.0.1:{closed},127.0.0.1"))
    assert answer.ok
    assert answer.stages[1].detail["port"] == postgres.port


async def test_a_host_that_cannot_be_read(postgres: Target) -> None:
    answer = await probe(replace(postgres, host="db:port", password=CANARY))
    assert fields_of(answer)[:2] == ("resolve", "target-invalid")


async def test_a_socket_folder_without_a_socket(postgres: Target) -> None:
    answer = await probe(replace(postgres, host="/nowhere", password=CANARY))
    assert fields_of(answer) == ("connect", "connection-refused", ("host", "port"), None)


async def test_a_frozen_query_is_told_from_a_silent_port(postgres: Target) -> None:
    answer = await probe(replace(postgres, statement_timeout=0.000001))
    assert fields_of(answer)[:2] == ("query", "query-timeout")


async def test_nothing_is_left_open(postgres: Target) -> None:
    before = len(asyncio.all_tasks())
    await probe(postgres)
    await probe(replace(postgres, password=CANARY))
    await probe(replace(postgres, name="nowhere"))
    assert len(asyncio.all_tasks()) == before


def test_every_code_has_advice() -> None:
    assert set(ADVICE) == set(FailureCode.__value__.__args__)
    words = {"host": "h", "port": 1, "name": "n", "username": "u", "mode": "m"}
    for advice in ADVICE.values():
        assert advice.message.format_map(words)
        assert advice.advice.format_map(words)
