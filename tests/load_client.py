"""Load for a service: keep-alive connections that ask for routes in turn, and remember every answer."""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from urllib.parse import urlsplit

from patience import PATIENCE_SECONDS

_LINES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One request and what became of it; times are of the monotonic clock.

    Attributes:
        route: the path and query that were asked for.
        status: the answer's; 0 where the connection ended before the first byte of one.
        digest: of the body.
        sent: when the request was on its way.
        seconds: from then until the last byte.
        whole: whether the answer came to its end.
        fresh: whether it was the connection's first request.
        last: whether the answer said that the connection would be closed.
        body: the body, where the route was to be kept.
    """

    route: str
    status: int
    digest: str
    sent: float
    seconds: float
    whole: bool
    fresh: bool
    last: bool
    body: bytes = b""


@dataclass(slots=True, kw_only=True)
class _Head:
    status: int
    length: int | None
    chunked: bool
    last: bool


@dataclass(kw_only=True)
class Load:
    """Several connections that are kept busy until they are told to stop.

    Attributes:
        url: where the service is: `http://127.0.0.1:8000`.
        routes: what is asked for, in turn; each connection begins somewhere else.
        token: whose rights it has.
        connections: how many ask at once.
        rate: requests a second of all together; None for as many as there can be.
        keep: the routes whose bodies are kept.
        answers: what came.
        refused: how many connections could not be made.
    """

    url: str
    routes: Sequence[str]
    token: str | None = None
    connections: int = 8
    rate: float | None = None
    keep: frozenset[str] = frozenset()
    answers: list[Answer] = field(default_factory=list)
    refused: int = 0
    _stopped: bool = False
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def _pause(self) -> float:
        return self.connections / self.rate if self.rate else 0.0

    def slacken(self, since: float) -> None:
        """Asks half as often as it has since a moment of the monotonic clock, where that is less than it was to.

        A machine that is busy with other work has no room for a service to recover in, else.
        """
        came = sum(answer.sent >= since for answer in self.answers) / (time.monotonic() - since)
        if self.rate and came < 0.8 * self.rate:
            self.rate = max(1.0, came / 2)

    def stop(self) -> None:
        """Lets every connection end with the request that it is at."""
        self._stopped = True

    async def more(self) -> None:
        """Waits for the next answer."""
        self._more.clear()
        await self._more.wait()

    async def run(self) -> None:
        """Asks until it is stopped, or until nobody listens any more."""
        async with asyncio.TaskGroup() as group:
            for number in range(self.connections):
                group.create_task(self._ask(number))

    async def _ask(self, number: int) -> None:
        start = number * len(self.routes) // self.connections
        routes = islice(cycle(self.routes), start, None)
        place = urlsplit(self.url)
        due = time.monotonic()
        while not self._stopped:
            try:
                reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=_LINES)
            except OSError:
                self.refused += 1
                return
            fresh, open_ = True, True
            try:
                while open_ and not self._stopped:
                    due = max(due + self._pause, time.monotonic() - 1)
                    if (wait := due - time.monotonic()) > 0:
                        await asyncio.sleep(wait)
                    answer = await self._answer(reader, writer, next(routes), fresh=fresh)
                    self.answers.append(answer)
                    self._more.set()
                    fresh, open_ = False, answer.whole and not answer.last
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, route: str, *, fresh: bool
    ) -> Answer:
        head, body, whole = None, b"", False
        sent = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):  # what never comes is not whole
                writer.write(request(self.url, route, self.token))
                await writer.drain()
                head = await read_head(reader)
                body = await _read_body(reader, head)
            whole = True
        except (OSError, asyncio.IncompleteReadError):
            pass
        return Answer(
            route=route,
            status=head.status if head else 0,
            digest=hashlib.sha256(body).hexdigest(),
            sent=sent,
            seconds=time.monotonic() - sent,
            whole=whole,
            fresh=fresh,
            last=head.last if head else True,
            body=body if route in self.keep else b"",
        )


def request(
    url: str, route: str, token: str | None, fields: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """A request as bytes; with a body it is a POST of JSON."""
    lines = [f"{'POST' if body else 'GET'} {route} HTTP/1.1", f"Host: {urlsplit(url).netloc}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def read_head(reader: asyncio.StreamReader) -> _Head:
    """The beginning of an answer.

    Raises:
        IncompleteReadError: the connection ended before.
    """
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status, *lines = text.rstrip("\r\n").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    code = int(status.split(" ")[1])
    return _Head(
        status=code,
        length=0 if code in {204, 304} else int(fields["content-length"]) if "content-length" in fields else None,
        chunked=fields.get("transfer-encoding", "") == "chunked",
        last=fields.get("connection", "").lower() == "close",
    )


async def _read_body(reader: asyncio.StreamReader, head: _Head) -> bytes:
    if head.length is not None:
        return await reader.readexactly(head.length)
    return b"".join([piece async for piece in pieces(reader)]) if head.chunked else await reader.read()


async def pieces(reader: asyncio.StreamReader) -> AsyncGenerator[bytes]:
    """The chunks of a body, until its end. Source: RFC 9112, 7.1."""
    while size := int((await reader.readline()).strip() or b"-1", 16):
        if size < 0:
            raise asyncio.IncompleteReadError(b"", None)
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()


@dataclass(kw_only=True)
class Listener:
    """Somebody who listens to an event stream.

    Attributes:
        url: where the service is.
        route: the stream's path.
        body: what is posted there; without it, it is asked for.
        token: whose rights it has.
        heard: the names of the events, in turn.
        begun: set with the first event.
        whole: whether the stream came to its end, as the service says it.
    """

    url: str
    route: str
    body: bytes = b""
    token: str | None = None
    heard: list[str] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    whole: bool = False

    async def run(self) -> None:
        """Listens until the stream ends."""
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=_LINES)
        writer.write(request(self.url, self.route, self.token, {"Accept": "text/event-stream"}, self.body))
        try:
            await read_head(reader)
            async for piece in pieces(reader):
                self.heard += [line[7:].strip() for line in piece.decode().splitlines() if line.startswith("event: ")]
                if self.heard:
                    self.begun.set()
            self.whole = True
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def worst(answers: Sequence[Answer]) -> float:
    """The longest that anybody waited, in seconds."""
    return max(answer.seconds for answer in answers)


def quantile(answers: Sequence[Answer], share: float) -> float:
    """How long that share of the answers took at most, in seconds."""
    return sorted(answer.seconds for answer in answers)[min(len(answers) - 1, int(len(answers) * share))]
