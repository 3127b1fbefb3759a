"""TLS negotiation: whether the server offers it, the handshake, and the certificate."""

import asyncio
import contextlib
import socket
import ssl
import struct

from app.database.errors import RefusalError, file_code
from app.database.target import Tls
from app.database.tls import UnusableFileError
from app.probing.stages.certificate import Certificate, UnreadableError, read
from app.probing.stages.connect import open_socket
from app.probing.stages.resolve import Address
from app.probing.stages.transport import Link

# SSLRequest. Source: PostgreSQL 18, "Message Formats".
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_ANSWERS = {b"S": True, b"N": False}
_LONGEST_ANSWER = 64
_SECOND_LOOK_SECONDS = 0.5


def context(tls: Tls) -> ssl.SSLContext:
    """What the handshake is to prove.

    Raises:
        RefusalError: a certificate file is unusable.
    """
    try:
        return tls.loaded()
    except UnusableFileError as error:
        code, message = file_code(error.__cause__), None
        if code == "ca-file-missing":
            message = f"The file that tls.{error.name} names cannot be used: {_why(error.__cause__)}."
        raise RefusalError(code=code, message=message, detail={"file": error.name}) from error


def _why(cause: BaseException | None) -> str:
    """In general words: the path is nothing that everybody may know."""
    if isinstance(cause, FileNotFoundError):
        return "there is none"
    if isinstance(cause, PermissionError):
        return "this user may not read it"
    if isinstance(cause, ssl.SSLError):
        return "it holds no certificate or key in PEM that fits, or a key with a passphrase"
    return "it cannot be read"


async def offers_tls(opened: socket.socket) -> bool:
    """Whether the server offers TLS; only PostgreSQL answers with one letter.

    Raises:
        RefusalError: what answers is not PostgreSQL, or hangs up.
    """
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(opened, _SSL_REQUEST)
    answer = await loop.sock_recv(opened, _LONGEST_ANSWER)
    if answer not in _ANSWERS:
        raise RefusalError(code="not-postgresql" if answer else "connection-lost")
    return _ANSWERS[answer]


async def protect(link: Link, proof: ssl.SSLContext) -> bool:
    """Begins TLS; False, with nothing begun, where the server offers none.

    Raises:
        OSError: the handshake failed.
        RefusalError: what answers is not PostgreSQL.
    """
    if not await offers_tls(link.opened):
        return False
    await link.begin(proof)
    return True


def shown_certificate(link: Link) -> Certificate | None:
    """The certificate that the server showed, verified or not; None where it cannot be read."""
    der = link.tls.getpeercert(binary_form=True) if link.tls else None
    try:
        return read(der) if der else None
    except UnreadableError:
        return None


async def second_look(address: Address, tls: Tls, ends: float) -> Certificate | None:
    """The certificate that did not pass, by a second connection that demands nothing and says nothing.

    OpenSSL does not show what it has rejected, and the person who must mend it needs to see it.
    """
    until = min(ends, asyncio.get_running_loop().time() + _SECOND_LOOK_SECONDS)
    with contextlib.suppress(OSError, RefusalError):
        async with asyncio.timeout_at(until):
            link = Link(address, await open_socket(address))
            try:
                return shown_certificate(link) if await protect(link, tls.unverified()) else None
            finally:
                await link.close(_SECOND_LOOK_SECONDS)
    return None
