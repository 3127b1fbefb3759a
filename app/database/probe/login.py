"""Stage 4: the server's greeting, then a login through the driver."""

import asyncio
import socket
import ssl
import struct
from dataclasses import replace
from typing import Any

import asyncpg

from app.database.probe.classify import RefusalError
from app.database.probe.resolve import Address
from app.database.target import Target

# SSLRequest. Source: PostgreSQL 18, "Message Formats".
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_ANSWERS = {b"S": True, b"N": False}
_ENCRYPTED_ONLY = {"require", "verify-ca", "verify-full"}


async def login(target: Target, opened: socket.socket, address: Address) -> asyncpg.Connection:
    """A session on the server that answered; certificates are checked against the host's name.

    Raises:
        RefusalError: it is not PostgreSQL, offers no TLS, or a certificate file is unusable.
        Exception: what the driver raises.
    """
    if address.family != socket.AF_UNIX:
        offers = await _offers_tls(opened)
        if target.tls.mode in _ENCRYPTED_ONLY and not offers:
            raise RefusalError(code="tls-not-offered")
    return await asyncpg.connect(**_arguments(replace(target, host=_entry(address), port=address.port)))


async def _offers_tls(opened: socket.socket) -> bool:
    """Whether the server offers TLS; asked of every mode, since only PostgreSQL answers with one letter."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(opened, _SSL_REQUEST)
    answer = await loop.sock_recv(opened, 64)
    if answer not in _ANSWERS:
        raise RefusalError(code="not-postgresql" if answer else "connection-lost")
    return _ANSWERS[answer]


def _entry(address: Address) -> str:
    return f"[{address.host}]" if ":" in address.host else address.host


def _arguments(target: Target) -> dict[str, Any]:
    try:
        return target.arguments()
    except (OSError, ssl.SSLError):
        raise RefusalError(code="ca-file-missing") from None
