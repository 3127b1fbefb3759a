"""Who may ask: the bearer of a token, or, where there are no tokens, whoever sits at this machine."""

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.schema import Settings
from app.schema.auth import TokenSettings
from app.web.problems import ProblemError

type Connection = ASGIConnection[Any, Any, Any, Any]
type Role = Literal["viewer", "operator"]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks.

    Attributes:
        name: the token's, or `operator` on this machine.
        role: a viewer reads, an operator also probes.
        local: whether the request comes from this machine, through no proxy.
    """

    name: str
    role: Role
    local: bool


def viewer(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets viewers and operators pass.

    Raises:
        ProblemError: 401 for the unknown, 403 where nobody but this machine may ask.
    """
    connection.state.caller = _caller(connection)


def operator(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets operators pass.

    Raises:
        ProblemError: 401 for the unknown, 403 for viewers, and for pages of other origins.
    """
    caller = _caller(connection)
    if caller.role != "operator":
        raise _forbidden("This needs a token with the role operator.")
    _require_own_page(connection)
    connection.state.caller = caller


def _settings(connection: Connection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings


def _caller(connection: Connection) -> Caller:
    tokens, local = _settings(connection).auth.tokens, is_local(connection)
    if tokens:
        known = _known(connection.headers.get("Authorization", ""), tokens)
        return Caller(name=known.name, role=known.role, local=local)
    if not local:
        raise _forbidden("Without tokens the service answers nobody but this machine.")
    return Caller(name="operator", role="operator", local=True)


def _known(header: str, tokens: list[TokenSettings]) -> TokenSettings:
    """The token that the header bears; every digest is compared, so that the time tells nothing."""
    scheme, _, token = header.partition(" ")
    digest = hashlib.sha256(token.strip().encode()).hexdigest()
    found = [known for known in tokens if hmac.compare_digest(known.sha256.lower().encode(), digest.encode())]
    if scheme.lower() != "bearer" or not found:
        detail = "This needs a token: Authorization: Bearer TOKEN."
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
    return found[0]


def is_local(connection: Connection) -> bool:
    """Whether the caller is on this machine; through a proxy nobody is."""
    if connection.client is None or any(name in connection.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(connection.client.host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _require_own_page(connection: Connection) -> None:
    """A browser on this machine is local too, whosever page it shows; it says whose in `Origin`."""
    origin = connection.headers.get("Origin")
    if origin is None:
        return
    settings = _settings(connection)
    own = urlsplit(origin).netloc == connection.headers.get("Host")
    if not own and origin not in {settings.server.base_url, *settings.cors.allow_origins}:
        raise _forbidden("A page of another origin may not ask this.")


def _forbidden(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.FORBIDDEN, "forbidden", detail)
