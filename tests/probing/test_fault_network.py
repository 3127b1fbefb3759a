"""The fault matrix, from the name to the first word: one row a test, against real sockets and servers."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from clocks import set_forward
from ports import unused_port
from tls_servers import TlsServer
from verdicts import CANARY, failed, passed, probed

from app.database.embedded.process import running
from app.database.target import Target, Tls
from app.probing.stages.resolve import Answer
from app.reports.probe import Probe

ADDRESS = ("host", "port")
PLAIN = Tls(mode="disable")
FULL = Tls(mode="verify-full")
DEADLINE = 300.0


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    return unused_port()


def at(where: socket.socket | int, tls: Tls = PLAIN) -> Target:
    port = where if isinstance(where, int) else where.getsockname()[1]
    return Target(host="127.0.0.1", port=port, username="app", password=CANARY, name="orders", tls=tls)


@asynccontextmanager
async def saying(listener: socket.socket, *words: bytes, leave: bool = False) -> AsyncIterator[None]:
    """Something behind the port that answers each thing it hears with the next words, then is silent or leaves."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for word in words:
            await reader.read(4096)
            writer.write(word)
        if not leave:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(speak, sock=listener):
        yield


async def test_a_name_that_does_not_resolve() -> None:
    answer = await probed(replace(at(5432), host="no-such-host.invalid"))
    failed(answer, "resolve", "name-not-resolved", ("host",), None)


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
async def test_a_name_that_cannot_be_one(host: str) -> None:
    failed(await probed(replace(at(5432), host=host)), "resolve", "name-not-resolved", ("host",), None)


async def test_a_look_up_that_takes_for_ever() -> None:
    async def never(_: str, __: int) -> Answer:
        return await asyncio.get_running_loop().create_future()

    answer = await probed(replace(at(5432), host="db.example"), deadline=0.2, look_up=never)
    failed(answer, "resolve", "name-not-resolved", ("host",), None)


async def test_a_look_up_that_takes_for_ever_does_not_keep_the_next_host_from_being_found(postgres: Target) -> None:
    async def never(host: str, port: int) -> Answer:
        if host == "db.example":
            await asyncio.get_running_loop().create_future()
        return [(socket.AF_INET, (host, port))]

    target = replace(postgres, host="db.example,127.0.0.1", connect_timeout=3)
    passed(await probed(target, look_up=never))


async def test_a_host_that_cannot_be_read() -> None:
    answer = await probed(replace(at(5432), host="db:port"))
    failed(answer, "resolve", "target-invalid", ("port",), None)


@pytest.mark.parametrize("tls", [PLAIN, FULL])
async def test_a_port_where_nobody_listens(closed_port: int, tls: Tls) -> None:
    failed(await probed(at(closed_port, tls)), "connect", "connection-refused", ADDRESS, None)


async def test_an_address_without_a_way_there() -> None:
    failed(await probed(replace(at(5432), host="224.0.0.1")), "connect", "unreachable", ("host",), None)


async def test_a_socket_folder_without_a_socket(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        answer = await probed(replace(at(5432), host=str(folder)))
        failed(answer, "connect", "socket-missing", ADDRESS, None)
        assert answer.failure
        assert answer.failure.message == f"There is no socket {folder}/.s.PGSQL.5432."


async def test_a_socket_that_its_server_left_behind(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / ".s.PGSQL.5432"))
    answer = await probed(replace(at(5432), host=str(tmp_path)))
    failed(answer, "connect", "connection-refused", ADDRESS, None)
    assert answer.failure
    assert "listen_addresses" not in answer.failure.advice


async def test_several_hosts_are_shown_each_with_its_port(closed_port: int) -> None:
    answer = await probed(replace(at(closed_port), host="127.0.0.1:1,[::1]:2,127.0.0.2"))
    places = [("127.0.0.1", 1), ("::1", 2), ("127.0.0.2", closed_port)]
    assert [(one.host, one.port) for one in answer.target.hosts] == places
    assert answer.target.place == f"127.0.0.1:1, [::1]:2, 127.0.0.2:{closed_port}"
    assert answer.failure
    assert answer.target.place in answer.failure.message
    assert (await probed(at(closed_port))).target.place == f"127.0.0.1:{closed_port}"


async def test_a_full_backlog_is_a_port_that_does_not_answer(listener: socket.socket) -> None:
    listener.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(0)
        one.connect_ex(listener.getsockname())
    answer = await probed(at(listener), deadline=1.5)
    for one in waiting:
        one.close()
    assert answer.failure
    assert answer.failure.code == "connect-timeout"
    assert answer.failure.fields == ADDRESS


async def unanswered(listener: socket.socket, target: Target, seconds: float, deadline: float) -> Probe:
    """A probe for which so many seconds are over when it has said something, and got no answer."""
    spoken = asyncio.Event()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        spoken.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hear, sock=listener), set_forward() as forward, asyncio.TaskGroup() as group:
        answer = group.create_task(probed(target, deadline=deadline))
        await spoken.wait()
        forward(seconds * 0.9)
        await asyncio.sleep(0)
        assert not answer.done()
        forward(seconds * 0.1)
    return answer.result()


@pytest.mark.parametrize(("tls", "stage"), [(PLAIN, "login"), (FULL, "tls")])
async def test_a_silent_port(listener: socket.socket, tls: Tls, stage: str) -> None:
    target = replace(at(listener, tls), connect_timeout=2 * DEADLINE)
    answer = await unanswered(listener, target, DEADLINE, DEADLINE)
    failed(answer, stage, "connect-timeout", ADDRESS, None)  # type: ignore[arg-type]


async def test_the_connect_timeout_counts_where_it_is_shorter_than_the_deadline(listener: socket.socket) -> None:
    target = replace(at(listener), connect_timeout=DEADLINE)
    answer = await unanswered(listener, target, DEADLINE, 2 * DEADLINE)
    failed(answer, "login", "connect-timeout", ADDRESS, None)


@pytest.mark.parametrize(("tls", "stage"), [(PLAIN, "login"), (FULL, "tls")])
async def test_a_port_that_closes_at_once(listener: socket.socket, tls: Tls, stage: str) -> None:
    async with saying(listener, leave=True):
        failed(await probed(at(listener, tls)), stage, "connection-lost", ADDRESS, None)  # type: ignore[arg-type]


WORDS = {
    "http": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.6\r\n",
    "smtp": b"220 mail.example ESMTP\r\n",
    "redis": b"-ERR unknown command\r\n",
    "memcached": b"ERROR\r\n",
    "mysql": b"J\0\0\0\n8.0.36\0",
}


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize(("tls", "stage"), [(PLAIN, "login"), (FULL, "tls"), (Tls(mode="prefer"), "tls")])
async def test_a_port_that_speaks_something_else(listener: socket.socket, kind: str, tls: Tls, stage: str) -> None:
    async with saying(listener, WORDS[kind]):
        failed(await probed(at(listener, tls)), stage, "not-postgresql", ADDRESS, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("words", [[b"S"], [b"S", b"\x16\x03\x03\x00\x7a\x02\x00"]])
async def test_half_a_handshake_and_silence(listener: socket.socket, words: list[bytes]) -> None:
    async with saying(listener, *words):
        answer = await probed(at(listener, FULL), deadline=1.5)
    failed(answer, "tls", "connect-timeout", ADDRESS, None)


async def test_half_a_handshake_and_good_bye(listener: socket.socket) -> None:
    async with saying(listener, b"S", b"", leave=True):
        failed(await probed(at(listener, FULL)), "tls", "connection-lost", ADDRESS, None)


async def test_a_handshake_that_is_none(listener: socket.socket) -> None:
    async with saying(listener, b"S", b"220 mail.example ESMTP\r\n"):
        failed(await probed(at(listener, FULL)), "tls", "not-postgresql", ADDRESS, None)


async def test_more_than_the_one_letter_is_no_answer(listener: socket.socket) -> None:
    async with saying(listener, b"S" + b"E\0\0\0\4"):
        failed(await probed(at(listener, FULL)), "tls", "not-postgresql", ADDRESS, None)


async def test_a_server_without_tls_where_tls_is_demanded(listener: socket.socket) -> None:
    async with saying(listener, b"N"):
        failed(await probed(at(listener, FULL)), "tls", "tls-not-offered", ("tls",), None)


def demand_certificate(listener: socket.socket, context: ssl.SSLContext) -> None:
    """One handshake of a server that must see the client's certificate; it lets its alert be read."""
    opened, _ = listener.accept()
    opened.recv(8)
    opened.sendall(b"S")
    protected = context.wrap_socket(opened, server_side=True, do_handshake_on_connect=False)
    with contextlib.suppress(ssl.SSLError):
        protected.do_handshake()
    with socket.socket(fileno=protected.detach()) as plain:
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(4096):
            pass


async def test_a_handshake_that_demands_a_client_certificate(listener: socket.socket, tls_server: TlsServer) -> None:
    """As a pooler may; PostgreSQL itself asks later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls_server.certificates.authority.issue_cert("localhost").configure_cert(context)
    context.load_verify_locations(tls_server.certificates.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    answering = asyncio.create_task(asyncio.to_thread(demand_certificate, listener, context))
    answer = await probed(replace(tls_server.member(), port=listener.getsockname()[1]))
    await answering
    failed(answer, "login", "client-certificate-required", ("tls",), None)


async def test_a_name_of_a_refusing_and_an_answering_address(postgres: Target) -> None:
    async def both(_: str, port: int) -> Answer:
        return [(socket.AF_INET, ("127.0.0.2", port)), (socket.AF_INET, ("127.0.0.1", port))]

    answer = await probed(replace(postgres, host="db.example"), look_up=both)
    passed(answer)
    assert answer.stages[0].detail == {"addresses": ["127.0.0.2", "127.0.0.1"]}
    assert answer.stages[1].detail["address"] == "127.0.0.1"
    passed_over = [{"address": "127.0.0.2", "port": postgres.port, "code": "connection-refused"}]
    assert answer.stages[1].detail["passed_over"] == passed_over


async def test_of_several_hosts_the_one_that_answers_is_found(
    postgres: Target, closed_port: int, listener: socket.socket
) -> None:
    silent = listener.getsockname()[1]
    hosts = f"no-such-host.invalid,127.0.0.1:{closed_port},127.0.0.1:{silent},127.0.0.1"
    answer = await probed(replace(postgres, host=hosts, connect_timeout=3))
    passed(answer)
    assert answer.stages[1].detail["port"] == postgres.port
    codes = [one["code"] for one in answer.stages[1].detail["passed_over"]]  # type: ignore[attr-defined]
    assert codes == ["connection-refused", "connect-timeout"]


async def test_a_wrong_password_is_not_tried_at_the_next_host(postgres: Target) -> None:
    answer = await probed(replace(postgres, host="127.0.0.1,127.0.0.1", password=CANARY))
    failed(answer, "login", "password-rejected", ("username", "password"), "28P01")
    assert "passed_over" not in answer.stages[1].detail


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine speaks no IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
async def test_an_ipv6_address(tls_server: TlsServer, host: str) -> None:
    answer = await probed(replace(tls_server.member(mode="require"), tls=Tls(mode="require"), host=host))
    passed(answer)
    assert answer.stages[1].detail["address"] == "::1"


async def test_a_host_that_may_not_be_probed_is_sent_nothing(listener: socket.socket) -> None:
    asked: list[tuple[str, str]] = []

    def permit(host: str, address: str) -> bool:
        asked.append((host, address))
        return address != "127.0.0.2"

    answer = await probed(replace(at(listener), host="127.0.0.1,127.0.0.2"), permit=permit)
    failed(answer, "connect", "target-not-allowed", ADDRESS, None)
    assert asked == [("127.0.0.1", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")]
    listener.setblocking(0)
    with pytest.raises(BlockingIOError):
        listener.accept()


@asynccontextmanager
async def frozen(server: TlsServer) -> AsyncIterator[None]:
    """The server's first process stands still: its port takes connections that nobody looks at."""
    found = running(server.server._data)  # noqa: SLF001 - the process that is to be stopped
    assert found
    os.kill(found.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(found.pid, signal.SIGCONT)


@pytest.mark.parametrize(("tls", "stage"), [(PLAIN, "login"), (FULL, "tls")])
async def test_a_frozen_postmaster(tls_server: TlsServer, tls: Tls, stage: str) -> None:
    async with frozen(tls_server):
        answer = await probed(replace(tls_server.member(), tls=tls), deadline=1.5)
    failed(answer, stage, "connect-timeout", ADDRESS, None)  # type: ignore[arg-type]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_fifty_probes_of_frozen_servers_leave_nothing_behind(
    tls_server: TlsServer, listener: socket.socket
) -> None:
    modes = [tls_server.member(mode="require"), replace(tls_server.member(), tls=PLAIN)]
    modes += [replace(modes[0], port=listener.getsockname()[1]), replace(modes[1], port=listener.getsockname()[1])]
    await probed(replace(at(listener), host="localhost"), deadline=0.05)  # what is opened once and kept
    tasks, files = asyncio.all_tasks(), open_files()
    async with frozen(tls_server), asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(probed(modes[number % len(modes)], deadline=1))
    assert asyncio.all_tasks() == tasks
    assert open_files() == files
