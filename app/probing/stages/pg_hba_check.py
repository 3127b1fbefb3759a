"""What pg_hba.conf says to a client over TLS without a certificate, found out without a password.

pg_hba.conf is read before anything is proved: whoever is asked for a proof has passed it.
"""

import asyncio
import contextlib
import socket
import struct

from app.database.errors import RefusalError
from app.database.target import Target
from app.probing.stages.connect import open_socket
from app.probing.stages.resolve import Address
from app.probing.stages.tls_negotiation import protect
from app.probing.stages.transport import Link, LoginMessages

_PROTOCOL = struct.pack("!i", 196608)
_GOODBYE_SECONDS = 0.1


class _Knock(Link):
    """A connection that asks to come in, and waits for the first word."""

    def __init__(self, address: Address, opened: socket.socket) -> None:
        super().__init__(address, opened)
        self.answered = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.entry.heard or self.entry.strange:
            self.answered.set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.answered.set()


async def knock(target: Target, address: Address, ends: float) -> LoginMessages:
    """What the server says first; an entry in which nothing was heard where it does not answer in time."""
    with contextlib.suppress(OSError, RefusalError):
        async with asyncio.timeout_at(ends):
            return await _ask(target, address)
    return LoginMessages()


async def _ask(target: Target, address: Address) -> LoginMessages:
    link = _Knock(address, await open_socket(address))
    try:
        if await protect(link, target.tls.unverified()):
            link.transport.write(_startup(target))
            await link.answered.wait()
        return link.entry
    finally:
        await link.close(_GOODBYE_SECONDS)


def _startup(target: Target) -> bytes:
    words = ("user", target.role, "database", target.database, "")
    body = _PROTOCOL + b"".join(word.encode() + b"\0" for word in words)
    return struct.pack("!i", len(body) + 4) + body
