"""HEAD wherever there is a GET, and every method of a path in `Allow`. Source: RFC 9110, 9.3.2 and 10.2.1."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

type Message = dict[str, Any]
type Scope = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]

_ENDLESS = "/events"


def is_endless(path: str) -> bool:
    """Whether a path gives a stream, which has no length, and whose headers are not worth a connection."""
    return path.endswith(_ENDLESS) and (path == _ENDLESS or path.startswith("/releases/"))


class Methods:
    """An application that answers HEAD as it would GET, without the body.

    Args:
        app: what answers.
        routes: the methods of each path, as the framework writes it.
    """

    def __init__(self, app: Any, routes: Mapping[str, frozenset[str]]) -> None:
        self._app = app
        self._allowed = {path: _listed(path, methods) for path, methods in routes.items()}
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD" and not is_endless(scope["path"]):
            await self._head(scope, receive, send)
        else:
            await self._app(scope, receive, self._telling(scope, send))

    async def _head(self, scope: Scope, receive: Any, send: Send) -> None:
        """Asks for the whole and sends its headers; what counts requests still sees a HEAD, and which path it was."""
        asked = {**scope, "method": "GET"}

        async def bare(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app(asked, receive, bare)
        if "path_template" in asked:
            scope["path_template"] = asked["path_template"]

    def _telling(self, scope: Scope, send: Send) -> Send:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, self._methods(scope, value) if name == b"allow" else value)
                    for name, value in message["headers"]
                ]
                message = {**message, "headers": headers}
            await send(message)

        return told

    def _methods(self, scope: Scope, stated: bytes) -> bytes:
        """All methods of a path; those that the framework states are those of one handler."""
        path = scope.get("path_template") or scope["path"]
        return self._allowed.get(path) or _listed(path, frozenset(stated.decode().split(", ")))


def _listed(path: str, methods: frozenset[str]) -> bytes:
    heads = {"HEAD"} if "GET" in methods and not is_endless(path) else set()
    return ", ".join(sorted(methods | heads)).encode()
