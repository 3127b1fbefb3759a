"""Limits of event streams: so many of one caller, so many of all; and none of them takes a request's place."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Self

from litestar import Request

from app.settings import Settings
from app.web.http.problems import ProblemError
from app.web.security.access import Caller
from app.web.security.auth import caller, settings_of

type App = Callable[[Any, Any, Any], Awaitable[None]]

NO_REQUEST = "assay.no_request"
"""In a request's scope: what to call where it turns out to be a stream, which is counted here and not there."""

_SOON = {"Retry-After": "5"}


class StreamLimit:
    """Counts the streams that are open, by who listens: a token with all its sessions, else an address.

    A client's token is that of many instances, which have their streams all the same: together they may have all.
    """

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        """Itself: the framework copies what it is configured with, and all routes count together."""
        return self

    def around(self, app: App) -> App:
        """The application whose answers are streams, within the limits."""

        async def limited(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            request: Request[Any, Any, Any] = Request(scope)  # type: ignore[arg-type]  # the framework's own name for it
            with self.held(scope, _caller(request), settings_of(request)):
                await app(scope, receive, send)

        return limited

    @contextmanager
    def held(self, scope: MutableMapping[str, Any], asking: Caller | None, settings: Settings) -> Iterator[None]:
        """One stream, for as long as it is open, in place of the request that it began as.

        Args:
            scope: the request's.
            asking: who listens; None for the unknown, who are turned away behind this.
            settings: those in force.

        Raises:
            ProblemError: 503, the caller has as many as one may have, or all together have.
        """
        who = _listening(scope, asking, settings)
        self._require_room(settings, who, is_fleet=asking is not None and asking.role == "client")
        scope.get(NO_REQUEST, _nothing)()
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            self._open += Counter()  # forgets whoever has none

    def _require_room(self, settings: Settings, who: str, *, is_fleet: bool) -> None:
        server = settings.server
        if self._open[who] >= server.max_streams_per_caller and not is_fleet:
            detail = "As many streams are open as one caller may have. Close one, or ask again later."
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "too-many-streams", detail, headers=_SOON)
        if self._open.total() >= server.max_streams:
            detail = "As many streams are open as may be. Ask again later."
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail, headers=_SOON)


def _nothing() -> None:
    """What is counted nowhere else need not be taken back."""


def _caller(request: Request[Any, Any, Any]) -> Caller | None:
    try:
        return caller(request)
    except ProblemError:
        return None


def _listening(scope: MutableMapping[str, Any], asking: Caller | None, settings: Settings) -> str:
    """Who listens; the unknown are no more than their address."""
    if asking and settings.auth.tokens:
        return f"caller {asking.name}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"
