"""Stage 4: the driver logs in over the connection that the stages before have made."""

import ssl
from typing import Any

import asyncpg

from app.database.errors import RefusalError, sqlstate
from app.database.target import Target
from app.probing.stages.transport import HandingLoop, Link

OLDEST = (9, 5)
"""The oldest server that the driver knows."""

_PASSWORD_REJECTED = "28P01"  # noqa: S105 - a code


async def login(target: Target, link: Link) -> asyncpg.Connection:
    """A session over this connection.

    Raises:
        RefusalError: it is not PostgreSQL, too old, or rejects the client's certificate.
        Exception: what the driver raises.
    """
    try:
        session = await asyncpg.connect(**_arguments(target, link))
    except Exception as error:
        raise _told(error, link) from error
    if session.get_server_version() < OLDEST:
        session.terminate()
        raise RefusalError(code="server-too-old")
    return session


def _arguments(target: Target, link: Link) -> dict[str, Any]:
    """Nothing is left for asyncpg to look up, and nothing that a pooler in between would refuse."""
    return {
        "loop": HandingLoop(link),
        "host": [link.address.host],
        "port": [link.address.port],
        "user": target.role,
        "password": target.password or "",
        "database": target.database,
        "ssl": False,  # it is there already, or not wanted
        "direct_tls": False,
        "target_session_attrs": "any",
        "timeout": None,
        "statement_cache_size": 0,
        "server_settings": target.server_settings(),
    }


def _told(error: Exception, link: Link) -> Exception:
    """The error, or what the connection knows better than the driver."""
    entry = link.entry
    if entry.strange:
        return RefusalError(code="not-postgresql")
    if sqlstate(error) == _PASSWORD_REJECTED and entry.accepted:
        # The password was right, so what was rejected is the certificate's name.
        return RefusalError(code="client-certificate-rejected", sqlstate=_PASSWORD_REJECTED)
    if isinstance(link.error, ssl.SSLError):
        return link.error
    return error


def proof(link: Link) -> str:
    """How the session proved who it is: the method's name, `certificate`, or `none`."""
    return link.entry.method or "none"
