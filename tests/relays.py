"""Something between a client and a real server, that watches what they say and may interfere."""

import asyncio
import os
import signal
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from app.database.target import Target

type Say = Callable[["Talk", bytes], bytes]


@dataclass(kw_only=True)
class Talk:
    """What is known of one connection.

    Attributes:
        backend: the server's process, known once the login has ended.
    """

    backend: int | None = None
    unread: bytearray = field(default_factory=bytearray)

    def listen(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The server's whole messages; BackendKeyData names its process."""
        self.unread += data
        while len(self.unread) > 4:
            length = struct.unpack_from("!I", self.unread, 1)[0]
            if len(self.unread) <= length:
                return
            kind, body = bytes(self.unread[:1]), bytes(self.unread[5 : length + 1])
            del self.unread[: length + 1]
            if kind == b"K":
                self.backend = struct.unpack_from("!I", body)[0]
            yield kind, body


def _unchanged(talk: Talk, data: bytes) -> bytes:
    list(talk.listen(data))
    return data


def _as_it_is(_: Talk, data: bytes) -> bytes:
    return data


@asynccontextmanager
async def relayed(
    target: Target, *, server_says: Say = _unchanged, client_says: Say = _as_it_is
) -> AsyncIterator[Target]:
    """The target behind a relay; each side's words pass through a function. It must not use TLS."""
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            there, back = await asyncio.open_connection(target.host, target.port)
        except OSError:  # the server is away, and so is whoever asks for it here
            writer.transport.abort()
            return
        talk = Talk()
        try:
            await asyncio.gather(
                _pass(reader, back, lambda data: client_says(talk, data)),
                _pass(there, writer, lambda data: server_says(talk, data)),
            )
        except asyncio.CancelledError:
            return  # asyncio's streams take a cancelled task for a fault
        finally:
            for end in (back, writer):
                end.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield replace(target, host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, say: Callable[[bytes], bytes]) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(say(data))
    writer.close()


def interrupting(what: signal.Signals, sent_to: list[int] | None = None) -> Say:
    """Sends a signal to the server's process when the client first asks something after its login."""
    told: list[int] = [] if sent_to is None else sent_to

    def say(talk: Talk, data: bytes) -> bytes:
        if talk.backend is not None and talk.backend not in told:
            told.append(talk.backend)
            os.kill(talk.backend, what)
        return data

    return say


def claiming(version: str) -> Say:
    """Makes the server say that it is of another version."""

    def say(talk: Talk, data: bytes) -> bytes:
        messages = []
        for kind, body in talk.listen(data):
            is_version = kind == b"S" and body.startswith(b"server_version\0")
            said = b"server_version\0" + version.encode() + b"\0" if is_version else body
            messages.append(kind + struct.pack("!I", len(said) + 4) + said)
        return b"".join(messages)

    return say
