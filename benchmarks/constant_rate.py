"""Requests at a fixed rate, however slowly they are answered: `python -m benchmarks.constant_rate PORT PATH TOKEN`.

Each latency counts from the moment at which its request was due, not from when it could be sent: a service that stalls
delays every request that falls due meanwhile, and a client that waits for it would leave just those out.
"""

import asyncio
import gc
import json
import selectors
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

RATE = 1000
SECONDS = 4
CONNECTIONS = 32
_WARM_UP_SECONDS = 1
_STATUS = b"HTTP/1.1 200 "
_LENGTH = b"content-length:"


@dataclass(kw_only=True)
class Load:
    """The requests of one run; those that find no free connection wait for one, and their waiting counts.

    Attributes:
        number: how many there are to be.
        start: when the first is due, in the loop's seconds.
        request: what is sent.
        done: has a result when all are answered.
        free: connections that wait for nothing.
        due: when the requests that wait for a connection were due.
        latencies: seconds from due to answered.
        lags: seconds from due to noticed by this client, whose own share of the latencies they are.
    """

    number: int
    start: float
    request: bytes
    done: asyncio.Future[None]
    free: "deque[Connection]" = field(default_factory=deque)
    due: deque[float] = field(default_factory=deque)
    latencies: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)

    def tick(self) -> None:
        """Begins every request that is due, and comes back when the next one is."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while len(self.lags) < self.number and (due := self._next()) <= now:
            self.lags.append(now - due)
            self.due.append(due)
        self.send()
        if len(self.lags) < self.number:
            loop.call_at(self._next(), self.tick)

    def _next(self) -> float:
        return self.start + len(self.lags) / RATE

    def send(self) -> None:
        """Gives waiting requests to free connections."""
        while self.due and self.free:
            self.free.popleft().send(self.due.popleft())

    def answered(self, connection: "Connection", latency: float) -> None:
        """One request was answered, and its connection is free again."""
        self.latencies.append(latency)
        self.free.append(connection)
        self.send()
        if len(self.latencies) == self.number:
            self.done.set_result(None)

    def failed(self, why: str) -> None:
        """Ends the run."""
        if not self.done.done():
            self.done.set_exception(RuntimeError(why))


class Connection(asyncio.Protocol):
    """One connection, kept alive, with one request at a time."""

    def __init__(self) -> None:
        self.load: Load | None = None
        self._transport: asyncio.Transport | None = None
        self._due = 0.0
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be used."""
        self._transport = transport if isinstance(transport, asyncio.Transport) else None

    def send(self, due: float) -> None:
        """Sends the request that was due then."""
        self._due, self._seen = due, b""
        if self.load and self._transport:
            self._transport.write(self.load.request)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer, often the whole."""
        self._seen += data
        load = self.load
        if load is None or not is_whole(self._seen):
            return
        if self._seen.startswith(_STATUS):
            load.answered(self, asyncio.get_running_loop().time() - self._due)
        else:
            load.failed(self._seen.partition(b"\r\n")[0].decode())

    def connection_lost(self, _: Exception | None) -> None:
        """The service does not keep it."""
        if self.load:
            self.load.failed("the service closed a connection")


def is_whole(seen: bytes) -> bool:
    """Whether that is an answer to its end; answers state how long they are."""
    head, end, body = seen.partition(b"\r\n\r\n")
    if not end:
        return False
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH)]
    return len(body) >= (int(lengths[0].removeprefix(_LENGTH)) if lengths else 0)


async def run(port: int, path: str, token: str) -> Load:
    """The measured run, after a short one on the same connections."""
    loop = asyncio.get_running_loop()
    opened = [await loop.create_connection(Connection, "127.0.0.1", port) for _ in range(CONNECTIONS)]
    connections = [connection for _, connection in opened]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    for seconds in (_WARM_UP_SECONDS, SECONDS):
        load = Load(number=seconds * RATE, start=loop.time(), request=request, done=loop.create_future())
        load.free.extend(connections)
        for connection in connections:
            connection.load = load
        load.tick()
        await load.done
    for connection in connections:
        connection.load = None
    return load


def percentiles(seconds: Sequence[float]) -> Mapping[str, float]:
    """The usual ones, in milliseconds."""
    cuts = quantiles(seconds, n=100)
    found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(seconds)}
    return {name: value * 1000 for name, value in found.items()}


def _precise() -> asyncio.AbstractEventLoop:
    """A loop whose timers know microseconds: epoll's know milliseconds, which is as far apart as the requests are."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


if __name__ == "__main__":
    gc.disable()  # a short run; what is measured is the service's pauses, not the client's
    with asyncio.Runner(loop_factory=_precise) as runner:
        finished = runner.run(run(int(sys.argv[1]), *sys.argv[2:4]))
    print(json.dumps({**percentiles(finished.latencies), "lag": percentiles(finished.lags)["p99"]}))
