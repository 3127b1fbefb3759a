"""What protects browsers and the service from each other: host names, headers, other origins."""

from fnmatch import fnmatch
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from litestar.config.cors import CORSConfig
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Message, Scope

from app.settings.cors import CorsSettings
from app.settings.headers import HeadersSettings
from app.settings.server import ServerSettings
from app.web.http.problems import ProblemError


async def known_host(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Lets requests pass that ask for one of the service's own names, against DNS rebinding.

    Raises:
        ProblemError: 400 for another name, or none.
    """
    if not is_known_host(connection.headers.get("host", ""), connection.app.state.service.settings.server):
        detail = "This service does not answer to that host name; server.allowed_hosts lists those it does."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "host-not-allowed", detail)


def is_known_host(stated: str, settings: ServerSettings) -> bool:
    """Whether the header `Host` states one of the service's own names."""
    host = _without_port(stated).lower()
    return any(fnmatch(host, pattern.lower().replace("[", "[[]")) for pattern in settings.allowed_hosts)


def _without_port(host: str) -> str:
    return host[: host.rindex("]") + 1] if host.endswith("]") or "]:" in host else host.partition(":")[0]


async def security_headers(message: Message, scope: Scope) -> None:
    """Adds the headers to every answer, errors included."""
    if message["type"] == "http.response.start":
        settings: HeadersSettings = scope["litestar_app"].state.service.settings.headers
        message["headers"] = [*message["headers"], *encoded_headers(settings)]


@lru_cache(maxsize=4)
def encoded_headers(settings: HeadersSettings) -> list[tuple[bytes, bytes]]:
    """The headers that protect whoever looks at an answer, as they are sent."""
    listed = {
        "X-Frame-Options": settings.frame_options,
        "Referrer-Policy": settings.referrer_policy,
        "Content-Security-Policy": settings.content_policy,
    }
    if settings.nosniff:
        listed["X-Content-Type-Options"] = "nosniff"
    if settings.hsts_seconds:
        listed["Strict-Transport-Security"] = f"max-age={settings.hsts_seconds}; includeSubDomains"
    return [(name.lower().encode(), value.encode()) for name, value in listed.items()]


def cors(settings: CorsSettings) -> CORSConfig | None:
    """What pages of other origins may do; None where none may do anything."""
    if not settings.allow_origins:
        return None
    return CORSConfig(
        allow_origins=settings.allow_origins,
        allow_methods=settings.allow_methods,  # type: ignore[arg-type]  # the settings hold any method's name
        allow_headers=settings.allow_headers,
        allow_credentials=settings.allow_credentials,
    )
