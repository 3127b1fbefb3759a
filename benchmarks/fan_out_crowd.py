"""A process with many that follow releases, each on connections of its own.

Its arguments: what they are, how many, the token, and the ports of the replicas over which they spread.

`listeners` hear the stream alone. `clients` do what the client does then: wait up to the jitter, ask for the head and
its body, unpack it, and hold it when its digest fits. It prints `ready` when all listen; then for each release that all
have its id, and when the last one had it (seconds of the machine's monotonic clock). It ends when its input does.
"""

import asyncio
import hashlib
import json
import random
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable
from itertools import cycle, islice
from typing import cast

_EVENT = re.compile(rb"\nid: ([0-9]+)\ndata: (\{.*\})\n\n")
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)
_AT_ONCE = 100
_GZIP = zlib.MAX_WBITS | 16


class Crowd:
    """All of them.

    Args:
        size: how many they are.
        token: of the role client.

    Attributes:
        ended: done when the input ends; fails when one of them is let down.
    """

    def __init__(self, size: int, token: str) -> None:
        self._size, self._token = size, token
        self._arrived: Counter[int] = Counter()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def arrived(self, number: int) -> None:
        """One has a release."""
        self._arrived[number] += 1
        if self._arrived[number] == self._size:
            print(number, time.monotonic(), flush=True)

    def end(self) -> None:
        """All is done."""
        if not self.ended.done():
            self.ended.set_result(None)

    def fail(self, why: str) -> None:
        """One of them is let down."""
        if not self.ended.done():
            self.ended.set_exception(ConnectionError(why))

    def request(self, path: str, **headers: str) -> bytes:
        """A request of one of them."""
        told = {"Host": "127.0.0.1", "User-Agent": "assay-client", "Accept-Encoding": "gzip", **headers}
        told["Authorization"] = f"Bearer {self._token}"
        lines = [f"GET /releases/production/{path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Stream(asyncio.Protocol):
    """One that listens.

    Args:
        crowd: to which it belongs.
        heard: called with each release's id and its event.

    Attributes:
        begun: done once the stream has begun.
    """

    def __init__(self, crowd: Crowd, heard: Callable[[int, bytes], None]) -> None:
        self._crowd, self._heard = crowd, heard
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the stream."""
        cast("asyncio.Transport", transport).write(
            self._crowd.request("events", Accept="text/event-stream", **{"Last-Event-ID": "1"})
        )

    def data_received(self, data: bytes) -> None:
        """Hears what is said; an event is small, and comes whole."""
        if not self.begun.done():
            if not data.startswith(b"HTTP/1.1 200"):
                self._crowd.fail("a stream was refused")
            self.begun.set_result(None)
        for found in _EVENT.finditer(data):
            self._heard(int(found[1]), found[2])

    def connection_lost(self, _: Exception | None) -> None:
        """The stream has ended, which it must not."""
        self._crowd.fail("a stream has ended")


class Asking(asyncio.Protocol):
    """A connection on which one asks one thing after another."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._unread = bytearray()
        self._transport: asyncio.Transport | None = None
        self._then: Callable[[bytes], None] = lambda _: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def ask(self, path: str, then: Callable[[bytes], None]) -> None:
        """Asks; the answer's body is handed on."""
        self._then = then
        cast("asyncio.Transport", self._transport).write(self._crowd.request(path))

    def data_received(self, data: bytes) -> None:
        """Some of the answer."""
        self._unread += data
        head, found, body = self._unread.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if found else None
        if length and len(body) == int(length[1]):
            if not head.startswith(b"HTTP/1.1 200"):
                self._crowd.fail(head.decode("latin-1"))
            self._unread.clear()
            self._then(zlib.decompress(body, _GZIP) if b"gzip" in head else bytes(body))


class Client:
    """One that fetches what it hears of.

    Attributes:
        body: that it holds.
    """

    def __init__(self, crowd: Crowd, asking: Asking) -> None:
        self._crowd, self._asking = crowd, asking
        self.body = b""

    def heard(self, number: int, event: bytes) -> None:
        """There is a release: it is fetched in a moment."""
        wait = random.uniform(0, json.loads(event)["jitter_ms"] / 1000)  # noqa: S311 - spreads load
        asyncio.get_running_loop().call_later(
            wait, self._asking.ask, f"head?after={number - 1}", lambda head: self._described(number, head)
        )

    def _described(self, number: int, head: bytes) -> None:
        digest = json.loads(head)["digest"]
        self._asking.ask(f"body/{digest}", lambda body: self._take(number, digest, body))

    def _take(self, number: int, digest: str, body: bytes) -> None:
        if f"sha256:{hashlib.sha256(body).hexdigest()}" != digest:
            self._crowd.fail("a body is not what it is called")
        self.body = body
        self._crowd.arrived(number)


async def follow(kind: str, size: int, token: str, ports: list[int]) -> None:
    """Follows until the input ends."""
    loop, crowd = asyncio.get_running_loop(), Crowd(size, token)

    async def join(port: int) -> None:
        heard: Callable[[int, bytes], None] = lambda number, _: crowd.arrived(number)  # noqa: E731
        if kind == "clients":
            _, asking = await loop.create_connection(lambda: Asking(crowd), "127.0.0.1", port)
            heard = Client(crowd, asking).heard
        _, stream = await loop.create_connection(lambda: Stream(crowd, heard), "127.0.0.1", port)
        await stream.begun

    spread = list(islice(cycle(ports), size))
    for begin in range(0, size, _AT_ONCE):
        await asyncio.gather(*(join(port) for port in spread[begin : begin + _AT_ONCE]))
    print("ready", flush=True)
    loop.add_reader(sys.stdin, crowd.end)
    await crowd.ended


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1], int(sys.argv[2]), sys.argv[3], [int(port) for port in sys.argv[4:]]))
