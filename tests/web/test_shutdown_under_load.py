"""A service that is told to stop while it is at work: what it accepted is answered, and nothing of it stays behind."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from load_client import Answer, Listener, Load, read_head, request
from patience import PATIENCE_SECONDS
from services import new_home, running

BUSY = (
    "/config/validate",
    "/config/values?environment=production",
    "/config/explain/database.pool.size",
    "/config/diff?left=staging&right=production",
    "/config/database/status",
    "/health",
)
SILENT_MILLISECONDS = 1500


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with new_home() as folder:
        yield folder


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


async def until_busy(load: Load, number: int) -> None:
    """Waits until so many requests were answered."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(load.answers) < number:
            await load.more()


def lost(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if not (answer.whole and answer.status == 200)]


@pytest.mark.parametrize("workers", [1, 2])
async def test_told_to_stop_under_load_it_loses_no_request(home: Path, silent: int, workers: int) -> None:
    """Sixteen connections ask without a pause, others listen to streams, when SIGTERM comes.

    A connection is accepted when the system has set it up: the caller's `connect` has succeeded. What is promised:
    each request on an accepted connection is answered whole, those on connections that still wait in line included.
    An answer in the meantime says `Connection: close`, so a caller never sends another request there; whoever then
    calls again is let in and answered, or not let in at all. (No server can promise more to a caller who wakes a
    connection that has been idle for all the time of the farewell, in the very moment in which it is closed: RFC 9112,
    9.5. That caller is told by a connection that ends before the first byte of an answer, and may ask again.)
    """
    probe = {"host": "127.0.0.1", "port": silent, "password": "canary", "timeout_ms": SILENT_MILLISECONDS}
    with running(home, "--workers", str(workers)) as service:
        load = Load(url=service.url, routes=BUSY, connections=16)
        events = [Listener(url=service.url, route="/events") for _ in range(3)]
        probing = Listener(url=service.url, route="/config/database/test", body=json.dumps(probe).encode())
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            for listener in (*events, probing):
                group.create_task(listener.run())
                await listener.begun.wait()
            group.create_task(load.run())
            await until_busy(load, 100)
            at = service.told_to_stop()
            status = await asyncio.to_thread(service.ended, PATIENCE_SECONDS)
            orphans = await asyncio.to_thread(service.orphans)
            load.stop()
    assert lost(load.answers) == []
    assert [answer.last for answer in load.answers if answer.sent > at][-1:] == [True]
    assert (status, service.err, orphans) == (0, "", [])
    assert [(listener.heard, listener.whole) for listener in events] == [(["report"], True)] * 3
    assert (probing.heard[-1], probing.whole) == ("probe", True)


async def test_an_idle_connection_ends_in_good_order(home: Path) -> None:
    with running(home) as service:
        place = urlsplit(service.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        with closing(writer):
            writer.write(request(service.url, "/health/live", None))
            head = await read_head(reader)
            await reader.readexactly(head.length or 0)
            service.told_to_stop()
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert (head.status, head.last, await reader.read()) == (200, False, b"")
            assert await asyncio.to_thread(service.ended, PATIENCE_SECONDS) == 0


async def test_a_request_that_comes_after_the_signal_is_answered_and_told_that_it_is_the_last(home: Path) -> None:
    with running(home) as service:
        place = urlsplit(service.url)
        listener = Listener(url=service.url, route="/events")
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        with closing(writer):
            async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
                group.create_task(listener.run())
                await listener.begun.wait()
                writer.write(request(service.url, "/health/live", None))
                await reader.readexactly((await read_head(reader)).length or 0)
                service.told_to_stop()
            # The stream has ended, so the farewell has begun.
            writer.write(request(service.url, "/config/validate", None))
            head = await read_head(reader)
            body = await reader.readexactly(head.length or 0)
            assert (head.status, head.last) == (200, True)
            assert json.loads(body)["version"] == 1
            assert await reader.read() == b""


def test_a_service_that_is_about_to_stop_lets_nobody_in(home: Path) -> None:
    """Whoever knocks after it has ended is refused at once: nothing listens there any more."""
    with running(home) as service:
        place = urlsplit(service.url)
        service.told_to_stop()
        assert service.ended(PATIENCE_SECONDS) == 0
        with socket.socket() as caller:
            assert caller.connect_ex((place.hostname, place.port)) != 0
        assert service.orphans() == []
