"""Connection draining at a graceful shutdown: callers are sent elsewhere while everything still works."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

type Message = dict[str, Any]
type Send = Callable[[Message], Awaitable[None]]

_CLOSING = (b"connection", b"close")


class Farewell:
    """An application that can be told that its process will end soon.

    From then on every answer tells its caller that the connection ends behind it, so that nobody sends another request
    into a connection that is just being closed, and event streams come to their end. Source: RFC 9112, 9.6.

    Args:
        app: what answers.

    Attributes:
        lifespan: runs the application around a block.
        state: what the application holds while it runs.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._leaving = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "lifespan":
            self._loop = asyncio.get_running_loop()
        # HTTP/2 has no such header, and its connections end in good order by themselves.
        elif self._leaving and scope["http_version"].startswith("1"):
            send = _closing(send)
        await self._app(scope, receive, send)

    def leave(self) -> None:
        """Begins to say good-bye. Safe to call from any thread."""
        self._leaving = True
        if self._loop:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._end_streams)

    def _end_streams(self) -> None:
        if service := self.state.get("service"):
            for one in service.projects.values():
                one.live.close()
            if service.delivery:
                service.delivery.heads.close()


def _closing(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], _CLOSING]}
        await send(message)

    return closing
