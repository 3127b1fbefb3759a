"""Limits of one worker: one host a request, requests at once, time for a body, probes and sign-ins a minute."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import TooManyRequestsException
from litestar.middleware.rate_limit import CacheObject, RateLimitConfig, RateLimitMiddleware
from litestar.stores.base import Store
from litestar.stores.memory import MemoryStore

from app.settings import Settings
from app.web.http.problems import PROBLEM_JSON, ProblemError, titled
from app.web.http.raw_request_path import encode_query
from app.web.http.streams import NO_REQUEST
from app.web.security.auth import caller
from app.web.security.protection import encoded_headers

type Message = dict[str, Any]
type Send = Callable[[Message], Awaitable[None]]

_ALWAYS = frozenset({"/health/live"})
_SIGN_IN = "/session"
_ROUND = 100
"""So many counted requests lie between two looks for whom to forget."""


class Limited:
    """An application that turns away what it cannot take on, and whoever keeps it waiting.

    Args:
        app: what answers.
        settings: gives those in force, once the application runs.

    Attributes:
        running: how many requests it is answering; streams are counted elsewhere.
    """

    def __init__(self, app: Any, settings: Callable[[], Settings]) -> None:
        self._app = app
        self._settings = settings
        self.running = 0
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answers, or turns away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not _names_one_host(scope):
            await _refuse(scope, send, _NO_HOST, encoded_headers(self._settings().headers))
            return
        server = self._settings().server
        if self.running >= server.max_concurrent_requests and scope["path"] not in _ALWAYS:
            await _refuse(scope, send, _OVERLOADED, encoded_headers(self._settings().headers))
            return
        encode_query(scope)  # what is behind fails on bytes that no query may have
        counted = _Counted(self)
        try:
            scope[NO_REQUEST] = counted.end
            await self._app(scope, _Patient(receive, server.body_timeout), send)
        finally:
            counted.end()


class _Counted:
    """One request among those that run, until it has ended or is none."""

    def __init__(self, limited: Limited) -> None:
        self._limited = limited
        self._counts = True
        limited.running += 1

    def end(self) -> None:
        """Counts it no more. Safe to repeat."""
        self._limited.running -= self._counts
        self._counts = False


class _Patient:
    """Receives a body, though not for ever; what comes behind it (that the caller left) may take its time.

    Args:
        receive: the server's own.
        seconds: how long the body may take.
    """

    def __init__(self, receive: Any, seconds: float) -> None:
        self._receive = receive
        self._until = asyncio.get_running_loop().time() + seconds
        self._whole = False

    async def __call__(self) -> Message:
        """The next piece.

        Raises:
            ProblemError: 408, it did not come in time.
        """
        if self._whole:
            return await self._receive()  # type: ignore[no-any-return]  # the server's own
        try:
            async with asyncio.timeout_at(self._until):
                message: Message = await self._receive()
        except TimeoutError:
            detail = "The body did not come in time; server.body_timeout says how long it may take."
            raise ProblemError(HTTPStatus.REQUEST_TIMEOUT, "body-timeout", detail) from None
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message


def _names_one_host(scope: Any) -> bool:
    """Whether a request names its host, and names it once. Source: RFC 9112, 3.2."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    named = any(hosts) or scope["http_version"] != "1.1"  # the server gives an empty one in place of none
    return len(hosts) <= 1 and named


_NO_HOST = ProblemError(HTTPStatus.BAD_REQUEST, "host-not-allowed", "A request names one host, and names it once.")
_OVERLOADED = ProblemError(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "overloaded",
    "The service answers as many requests as it may. Ask again soon.",
    headers={"Retry-After": "1"},
)


async def _refuse(scope: Any, send: Send, why: ProblemError, protecting: Sequence[tuple[bytes, bytes]]) -> None:
    problem = titled(HTTPStatus(why.status_code), why.code, why.detail, scope["path"])
    own = [(name.lower().encode(), value.encode()) for name, value in (why.headers or {}).items()]
    headers = [(b"content-type", PROBLEM_JSON.encode()), *own, *protecting]
    if scope["http_version"].startswith("1"):
        headers.append((b"connection", b"close"))  # one that is kept for nothing is taken from whoever comes next
    await send({"type": "http.response.start", "status": why.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(problem), "more_body": False})


def posts_a_minute(number: int) -> RateLimitConfig:
    """What counts the probes and sign-ins of each caller."""
    return RateLimitConfig(
        rate_limit=("minute", number),
        identifier_for_request=_asking,
        check_throttle_handler=_is_post,
        middleware_class=_Forgetful,
    )


class _Forgetful(RateLimitMiddleware):
    """Counts, and forgets whoever stays away: the store itself forgets only those who come back."""

    def __init__(self, app: Any, config: RateLimitConfig) -> None:
        super().__init__(app, config)
        self._counted = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Lets a request pass, or says when to ask again.

        Raises:
            ProblemError: 429, the caller has asked as often as one may.
        """
        try:
            await super().__call__(scope, receive, send)
        except TooManyRequestsException as error:
            headers = dict(error.headers or {})
            seconds = max(1, int(headers[self.config.rate_limit_reset_header_key]))
            detail = f"One caller may make {self.max_requests} such requests a minute. Ask again in {seconds} seconds."
            headers["Retry-After"] = str(seconds)
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", detail, headers=headers) from None

    async def set_cached_history(self, key: str, cache_object: CacheObject, store: Store) -> None:
        await super().set_cached_history(key, cache_object, store)
        self._counted += 1
        if self._counted % _ROUND == 0 and isinstance(store, MemoryStore):
            await store.delete_expired()


def _is_post(request: Request[Any, Any, Any]) -> bool:
    return request.method == "POST"


def _asking(request: Request[Any, Any, Any]) -> str:
    """Who asks: an address, until a token or a session is known to be one; who signs in has yet to show that."""
    address = f"address {request.client.host if request.client else ''}"
    if request.scope["path_template"] == _SIGN_IN:
        return address
    try:
        return f"caller {caller(request).name}"
    except ProblemError:
        return address
