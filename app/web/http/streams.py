"""Limits of event streams: so many of one caller, so many of all; and none of them takes a request's place."""

from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from litestar import Request

from app.web.http.problems import ProblemError
from app.web.security.auth import caller, settings_of

type App = Callable[[Any, Any, Any], Awaitable[None]]

NO_REQUEST = "assay.no_request"
"""In a request's scope: what to call where it turns out to be a stream, which is counted here and not there."""

_SOON = {"Retry-After": "5"}


class StreamLimit:
    """Counts the streams that are open, by who listens: a token with all its sessions, else an address."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def around(self, app: App) -> App:
        """The application whose answers are streams, within the limits."""

        async def limited(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            request: Request[Any, Any, Any] = Request(scope)  # type: ignore[arg-type]  # the framework's own name for it
            who = _listening(request)
            self._require_room(request, who)
            scope.get(NO_REQUEST, _nothing)()
            self._open[who] += 1
            try:
                await app(scope, receive, send)
            finally:
                self._open[who] -= 1
                self._open += Counter()  # forgets whoever has none

        return limited

    def _require_room(self, request: Request[Any, Any, Any], who: str) -> None:
        """Lets one more stream pass.

        Raises:
            ProblemError: 429, the caller has as many as one may have; 503, all together have.
        """
        server = settings_of(request).server
        if self._open[who] >= server.max_streams_per_caller:
            detail = "As many streams are open as one caller may have. Close one, or ask again later."
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-streams", detail, headers=_SOON)
        if self._open.total() >= server.max_streams:
            detail = "As many streams are open as may be. Ask again later."
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail, headers=_SOON)


def _nothing() -> None:
    """What is counted nowhere else need not be taken back."""


def _listening(request: Request[Any, Any, Any]) -> str:
    """Who listens; the unknown are turned away behind this, and are no more than their address until then."""
    address = f"address {request.client.host if request.client else ''}"
    try:
        return f"caller {caller(request).name}" if settings_of(request).auth.tokens else address
    except ProblemError:
        return address
