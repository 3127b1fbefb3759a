"""A relay that stands between two programs for a whole test: it may cut their connections, or hold what they say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class GatedRelay:
    """Takes connections on a port of its own, and hands them on to another.

    Args:
        port: of this machine, where they are handed on to.

    Attributes:
        port: where it listens, once it does.
    """

    def __init__(self, port: int) -> None:
        self._there = port
        self._open = asyncio.Event()
        self._open.set()
        self._refuses = False
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0

    def cut(self) -> None:
        """Breaks every connection, and takes none until `mend`."""
        self._refuses = True
        for talk in self._talks:
            talk.cancel()

    def hold(self) -> None:
        """Hands nothing on until `mend`, and breaks nothing: neither side can tell this from a slow one."""
        self._open.clear()

    def mend(self) -> None:
        """Hands everything on."""
        self._refuses = False
        self._open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        talk = asyncio.current_task()
        assert talk
        self._talks.add(talk)
        back: asyncio.StreamWriter | None = None
        with suppress(OSError, asyncio.CancelledError):
            if not self._refuses:
                there, back = await asyncio.open_connection("127.0.0.1", self._there)
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        self._talks.discard(talk)
        for end in (back, writer):
            if end:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._open.wait()
            writer.write(data)
            await writer.drain()
        await self._open.wait()
        writer.close()

    async def end(self) -> None:
        """Breaks what is left."""
        talks = list(self._talks)
        self.cut()
        await asyncio.gather(*talks, return_exceptions=True)


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[GatedRelay]:
    """A relay to a port of this machine, for as long."""
    relay = GatedRelay(port)
    async with await asyncio.start_server(relay.serve, "127.0.0.1", 0) as server:
        relay.port = server.sockets[0].getsockname()[1]
        yield relay
        await relay.end()
