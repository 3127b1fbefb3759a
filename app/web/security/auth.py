"""Guards: they let viewers, operators or clients pass, and no page of another origin."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.settings import Settings
from app.web.http.problems import ProblemError
from app.web.security.access import Caller, forbidden, identify
from app.web.security.sessions import Sessions

type Connection = ASGIConnection[Any, Any, Any, Any]

CSRF_HEADER = "x-csrf-token"


async def viewer(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets viewers and operators pass.

    Raises:
        ProblemError: 401 for the unknown, 403 for clients, and where nobody but this machine may ask.
    """
    found = caller(connection)
    found.require_reader()
    connection.state.caller = found


async def client(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets clients pass that are bound to the environment in the path, and whoever may read anyway.

    A route without an environment in its path asks `Caller.require_delivery` when it knows whose it is.

    Raises:
        ProblemError: 401 for the unknown, 403 for a client of other environments.
    """
    connection.state.caller = _bound_caller(connection)


async def operator(connection: Connection, _: BaseRouteHandler) -> None:
    """Lets operators pass.

    Raises:
        ProblemError: 401 for the unknown, 403 for viewers and clients, and for pages of other origins.
    """
    found = caller(connection)
    if found.role != "operator":
        raise forbidden("This needs a token with the role operator.")
    require_own_page(connection, found)
    connection.state.caller = found


def settings_of(connection: Connection) -> Settings:
    """The settings that are in force."""
    settings: Settings = connection.app.state.service.settings
    return settings


def sessions_of(connection: Connection) -> Sessions:
    """What makes and reads sessions."""
    sessions: Sessions = connection.app.state.sessions
    return sessions


def caller(connection: Connection) -> Caller:
    """Who asks.

    Raises:
        ProblemError: 401 for the unknown, 403 where nobody but this machine may ask.
    """
    client = connection.client.host if connection.client else None
    return identify(connection.headers, client, settings_of(connection).auth.tokens, sessions_of(connection))


def _bound_caller(connection: Connection) -> Caller:
    """Who asks; a client only for an environment, and a project, that it is bound to."""
    found = caller(connection)
    if (environment := connection.path_params.get("environment")) is not None:
        project = connection.path_params.get("project", connection.app.state.service.main.name)
        found.require_delivery(str(project), str(environment))
    return found


def is_known_still(connection: Connection) -> bool:
    """Whether whoever listens still may: sessions run out, tokens are taken away or bound otherwise."""
    try:
        _bound_caller(connection)
    except ProblemError:
        return False
    return True


def require_own_page(connection: Connection, asking: Caller) -> None:
    """Lets no page of another origin change anything in the name of whoever looks at it.

    A browser on this machine is local too, whosever page it shows; it says whose in `Origin`. Whoever is known by a
    cookie also sends what only a page of ours can know.

    Raises:
        ProblemError: 403.
    """
    require_own_form(connection, asking, connection.headers.get(CSRF_HEADER, ""))


def require_own_form(connection: Connection, asking: Caller, stated: str) -> None:
    """As for a page, where a form states in a field what a script states in a header.

    Raises:
        ProblemError: 403.
    """
    require_own_origin(connection)
    if asking.session is None:
        return
    known = sessions_of(connection).csrf(asking.session)
    if not hmac.compare_digest(stated.encode(), known.encode()):
        raise forbidden("A session needs the header X-CSRF-Token, which POST /session tells.")


def require_own_origin(connection: Connection) -> None:
    """Lets no page of another origin pass.

    Raises:
        ProblemError: 403.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return
    settings = settings_of(connection)
    own = _is_at(origin, connection.headers.get("host", ""))
    if not own and origin not in {settings.server.base_url, *settings.cors.allow_origins}:
        raise forbidden("A page of another origin may not ask this.")


def _is_at(origin: str, host: str) -> bool:
    """Whether an origin is that of this host; what is no address is nobody's."""
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False
