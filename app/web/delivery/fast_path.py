"""The fast path of delivery: what thousands of instances ask at one moment is answered ahead of the framework.

It admits exactly whom the guards admit, and gives exactly what the controllers give; whatever is not plain goes the
long way, errors included.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from app.core.errors import AssayError
from app.service.diagnosed import DiagnosedProject, known_project
from app.service.runtime import Service
from app.web.delivery.answers import Delivered, body_answer, delivery_of, head_answer, require_readiness
from app.web.delivery.stream import EVENT_STREAM, HEADERS, release_known, told
from app.web.http.problems import ProblemError
from app.web.http.streams import StreamLimit
from app.web.security.access import Caller, identify
from app.web.security.protection import encoded_headers, is_known_host

type Message = dict[str, Any]
type Send = Callable[[Message], Awaitable[None]]

_PATH = re.compile(
    r"(?:/projects/(?P<project>[^/]+))?"
    r"/releases/(?P<environment>[^/]+)/(?P<what>head|events|body/(?P<digest>sha256:[0-9a-f]{64}))"
)
_ROUTE, _OF_PROJECT = "/releases/{environment:str}/", "/projects/{project:str}"
_CROOKED = frozenset({"cookie", "origin"})
_ID = re.compile("[0-9]{1,18}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


class DeliveryRequest(Struct, frozen=True, kw_only=True):
    """What is asked for, by whom.

    Attributes:
        project: whose environment it is.
        what: `head`, `events`, or the digest of a body.
        query: the parameters, as they stand there.
        headers: by their names, lower-case.
    """

    project: DiagnosedProject
    environment: str
    what: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    caller: Caller


class DeliveryPath:
    """The application, with a short way to what is released.

    Args:
        app: the long way.
        streams: counts those that wait.

    Attributes:
        lifespan: runs the application around a block.
        state: what the application holds while it runs.
    """

    def __init__(self, app: Any, streams: StreamLimit) -> None:
        self._app = app
        self._streams = streams
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answers, or hands on."""
        try:
            asked = self._asked(scope)
            if asked and asked.what == "events":
                await self._stream(asked, scope, send)
                return
            given = await self._given(asked, scope) if asked else None
        except (ProblemError, AssayError):  # the long way finds the same, and tells it
            given = None
        if given is None:
            await self._app(scope, receive, send)
            return
        await send(self._start(given.status, given.headers))
        await send({"type": "http.response.body", "body": given.body, "more_body": False})

    @property
    def _service(self) -> Service:
        service: Service = self.state.service
        return service

    def _asked(self, scope: Any) -> DeliveryRequest | None:
        """What is asked for; None where that is nothing of ours, or not plain.

        Raises:
            ProblemError: the caller may not ask it.
            UnknownProject: the service has none of that name.
        """
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        if found is None:
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if len(headers) != len(scope["headers"]) or not _CROOKED.isdisjoint(headers):
            return None
        name, environment, what, digest = found.group("project", "environment", "what", "digest")
        caller = self._caller(scope, headers, name or self._service.main.name, environment)
        project = known_project(self._service.projects, name) if name else self._service.main
        said = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = dict(said)
        if len(query) != len(said):
            return None
        route = f"{_OF_PROJECT}{_ROUTE}" if name else _ROUTE
        scope["path_template"] = route + ("body/{digest:str}" if digest else what)
        return DeliveryRequest(
            project=project, environment=environment, what=digest or what, query=query, headers=headers, caller=caller
        )

    def _caller(self, scope: Any, headers: Mapping[str, str], project: str, environment: str) -> Caller:
        settings = self._service.settings
        if not is_known_host(headers.get("host", ""), settings.server):
            raise ProblemError(HTTPStatus.BAD_REQUEST, "host-not-allowed", "")
        client = scope.get("client")
        caller = identify(headers, client[0] if client else None, settings.auth.tokens, self.state.sessions)
        caller.require_delivery(project, environment)
        return caller

    async def _given(self, asked: DeliveryRequest, scope: Any) -> Delivered | None:
        known = asked.headers.get("if-none-match", "")
        if asked.what != "head":
            if not delivery_of(self._service).has_body(asked.project.name, asked.environment, asked.what):
                return None  # one that is not there would be asked of the database twice
            accepted = asked.headers.get("accept-encoding", "")
            return await body_answer(
                self._service, asked.project, asked.environment, asked.what, known=known, accepted=accepted
            )
        after, wait = asked.query.get("after", "0"), asked.query.get("wait", "0")
        if not (_ID.fullmatch(after) and _SECONDS.fullmatch(wait)):
            return None
        service, seconds = self._service, float(wait)
        with self._streams.held(scope, asked.caller, service.settings) if seconds else nullcontext():
            return await head_answer(
                service, asked.project, asked.environment,
                after=int(after), wait=seconds, known=known, asking=asked.caller,
            )  # fmt: skip

    async def _stream(self, asked: DeliveryRequest, scope: Any, send: Send) -> None:
        known = release_known(asked.headers)
        await require_readiness(self._service, asked.project, asked.environment, known)
        settings = self._service.settings

        def is_welcome() -> bool:
            if self._service.settings is settings:
                return True
            try:
                self._caller(scope, asked.headers, asked.project.name, asked.environment)
            except ProblemError:
                return False
            return True

        with self._streams.held(scope, asked.caller, settings):
            await send(self._start(HTTPStatus.OK, {"content-type": EVENT_STREAM, **HEADERS}))
            delivery = delivery_of(self._service)
            async for chunk in told(delivery, asked.project.name, asked.environment, known, is_welcome):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _start(self, status: HTTPStatus, headers: Mapping[str, str]) -> Message:
        own = [(name.encode(), value.encode()) for name, value in headers.items()]
        protecting = encoded_headers(self._service.settings.headers)
        return {"type": "http.response.start", "status": status.value, "headers": [*own, *protecting]}
