"""Every request is given an id, counted, and where it matters written down."""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from itertools import count
from typing import Any, Protocol

import structlog

from app.web.http.disconnects import LEFT
from app.web.http.log_safe_path import shortened

type Message = dict[str, Any]
type Send = Callable[[Message], Awaitable[None]]

HEADER = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_SLOW_SECONDS = 1.0
_REFUSED = 400
_LEFT = 499
"""What logs have for a caller who left before the answer; nginx began it, and nobody is ever sent it."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"})
"""What is counted by its name; callers may invent others without end. Source: RFC 9110, 9.1, and RFC 5789."""

_LOG = logging.getLogger(__name__)


class RequestCounter(Protocol):
    """What counts requests."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""


class Observed:
    """An application whose requests are observed.

    Args:
        app: what answers them.
        counts: gives what counts them, once the application runs.
    """

    def __init__(self, app: Any, counts: Callable[[], RequestCounter | None]) -> None:
        self._app = app
        self._counts = counts
        self._prefix = secrets.token_hex(4).encode()
        self._numbers = count(1)
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, identity, seen = time.perf_counter(), self._identity(scope), [0]
        structlog.contextvars.bind_contextvars(request_id=identity.decode())

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen[0] = int(message["status"])
                message = {**message, "headers": [*message["headers"], (HEADER, identity)]}
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            status = seen[0] or (_LEFT if scope.get(LEFT) else 0)
            self._note(scope, status, time.perf_counter() - started)
            structlog.contextvars.clear_contextvars()

    def _identity(self, scope: Any) -> bytes:
        """The request's id: the caller's own, where it is fit to be written down."""
        stated = next((value for name, value in scope["headers"] if name == HEADER), None)
        return stated if stated and _ID.fullmatch(stated) else b"%b-%x" % (self._prefix, next(self._numbers))

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        method, route = scope["method"], scope.get("path_template") or "other"
        if counts := self._counts():
            counts.answered(method if method in _METHODS else "other", route, status, seconds)
        matters = status >= _REFUSED or status == 0 or method not in {"GET", "HEAD"} or seconds > _SLOW_SECONDS
        level = logging.INFO if matters else logging.DEBUG
        if _LOG.isEnabledFor(level):
            path = shortened(scope["path"])
            told = {"method": method, "path": path, "status": status, "ms": round(seconds * 1000, 1)}
            reason = {"reason": _unknown(scope)} if status == HTTPStatus.UNAUTHORIZED else {}
            _LOG.log(level, "request", extra=told | reason)


def _unknown(scope: Any) -> str:
    """Why a caller is not known: for whoever reads the log, while the caller is told nothing of it."""
    shown = {name for name, value in scope["headers"] if value}
    if b"authorization" in shown:
        return "a token that is none, or is none any more"
    return "no session that lasts" if b"cookie" in shown else "no token"
