"""One connection, which the stages hand on: ours first, the driver's in the end.

The driver is given the very connection whose address, certificate and greeting were looked at before,
instead of one of its own making; it brings its own protocol, and we listen to how the server lets it in.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from dataclasses import dataclass, field
from typing import Any

from app.probing.stages.resolve import Address

_HEADER = struct.Struct("!cI")
# What may come first: a demand for authentication, an error, a word about the protocol's version.
_FIRST = {b"R", b"E", b"v"}
_LONGEST_FIRST = 30_000

# Source: PostgreSQL 18, "Message Formats"; 12 closes a SASL exchange that went well.
_METHODS = {3: "password", 5: "md5", 7: "gss", 9: "sspi", 10: "scram-sha-256"}
_AUTHENTICATED, _SASL_DONE = 0, 12


@dataclass(slots=True, kw_only=True)
class LoginMessages:
    """How the server lets a session in, read from its messages.

    Attributes:
        method: the proof that it asked for; None while it has asked for none.
        accepted: whether it has taken the proof.
        admitted: whether the session is in.
        heard: whether it has said anything that PostgreSQL may say.
        strange: whether it has said something that PostgreSQL never says.
    """

    method: str | None = None
    accepted: bool = False
    admitted: bool = False
    heard: bool = False
    strange: bool = False
    _unread: bytearray = field(default_factory=bytearray)

    @property
    def passed(self) -> bool:
        """Whether the server listens to such a one, whatever comes of it."""
        return self.method is not None or self.admitted

    @property
    def settled(self) -> bool:
        """Whether there is nothing more to find out."""
        return self.admitted or self.strange

    def listen(self, data: bytes) -> None:
        """Takes note of what the server says."""
        self._unread += data
        while not self.settled and len(self._unread) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._unread)
            if not self.heard and (kind not in _FIRST or length > _LONGEST_FIRST):
                self.strange = True
                return
            if len(self._unread) <= length:
                return
            self.heard = True
            self._read(kind, bytes(self._unread[_HEADER.size : length + 1]))
            del self._unread[: length + 1]

    def _read(self, kind: bytes, body: bytes) -> None:
        if kind != b"R":
            return
        code = int.from_bytes(body[:4])
        if code in _METHODS:
            self.method = _METHODS[code]
        self.accepted = self.accepted or code in {_SASL_DONE, _AUTHENTICATED}
        self.admitted = code == _AUTHENTICATED


class Link(asyncio.Protocol):
    """A connection between the transport and, once it is handed over, the driver's protocol.

    Attributes:
        address: the other end.
        opened: the connected socket; it is the transport's once there is one.
        transport: None until it is begun.
        tls: the protection of the connection; None where there is none.
        entry: how the server lets the session in.
        error: what ended the connection.
    """

    def __init__(self, address: Address, opened: socket.socket) -> None:
        self.address = address
        self.opened = opened
        self.transport: Any = None
        self.tls: ssl.SSLObject | None = None
        self.entry = LoginMessages()
        self.error: Exception | None = None
        self._driver: Any = None
        self._lost = asyncio.Event()

    async def begin(self, context: ssl.SSLContext | None) -> None:
        """Makes the transport; with a context, TLS begins at once, in the host's name.

        Raises:
            OSError: the handshake failed (ssl.SSLError, or what happened to the connection).
        """
        loop = asyncio.get_running_loop()
        if self.address.is_local:
            await loop.create_unix_connection(lambda: self, sock=self.opened)
            return
        name = self.address.host if context else None
        await loop.create_connection(lambda: self, sock=self.opened, ssl=context, server_hostname=name)

    def hand_over(self, driver: Any) -> None:
        """Lets the driver's protocol speak from now on."""
        self._driver = driver
        driver.connection_made(self.transport)

    @property
    def handed_over(self) -> bool:
        """Whether the driver speaks already."""
        return self._driver is not None

    async def close(self, seconds: float) -> None:
        """Hangs up, and waits until the socket is closed, for so long at most. Safe to repeat."""
        if self.transport is None:
            self.opened.close()
            return
        self.transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Notes the transport, and its protection, which it forgets when it closes."""
        self.transport = transport
        self.tls = transport.get_extra_info("ssl_object")

    def data_received(self, data: bytes) -> None:
        """Listens while the server lets the session in; what is not PostgreSQL's the driver never sees."""
        if not self.entry.settled:
            self.entry.listen(data)
        if self.entry.strange:
            self.transport.abort()
        elif self._driver is not None:
            self._driver.data_received(data)

    def eof_received(self) -> bool | None:
        """As the driver decides."""
        return self._driver.eof_received() if self._driver is not None else None

    def pause_writing(self) -> None:
        """As the driver decides."""
        if self._driver is not None:
            self._driver.pause_writing()

    def resume_writing(self) -> None:
        """As the driver decides."""
        if self._driver is not None:
            self._driver.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tells the driver, and who waits for the end."""
        self.error = exc
        self._lost.set()
        if self._driver is not None:
            self._driver.connection_lost(exc)


class HandingLoop:
    """The running loop, except that a connection is not made but taken: the link's.

    asyncpg makes its connections through the loop that it is given, and this is the one door to hand it one.
    """

    def __init__(self, link: Link) -> None:
        self._loop = asyncio.get_running_loop()
        self._link = link

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    async def create_connection(self, factory: Any, *_: object, **__: object) -> tuple[Any, Any]:
        """The link's transport, with the driver's protocol behind it.

        Raises:
            ConnectionError: it is handed over already; a request to cancel gets no connection of its own.
        """
        if self._link.handed_over:
            raise ConnectionError
        driver = factory()
        self._link.hand_over(driver)
        return self._link.transport, driver

    create_unix_connection = create_connection
