"""Work for a caller ends when the caller leaves: what is awaited at once, what is computed at its next step."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from anyio import CancelScope

from app.core.cancellation import CancellationToken, NobodyWaits, waited_for
from app.web.http.problems import ProblemError

type Message = dict[str, Any]
type Receive = Callable[[], Awaitable[Message]]

LEFT = "assay.left"
"""In a request's scope: its caller left before there was an answer."""

_GONE: Message = {"type": "http.disconnect"}
_WITHOUT_BODY = frozenset({"GET", "HEAD"})


class CancelOnDisconnect:
    """An application that answers nobody who has left.

    Args:
        app: what answers.

    Attributes:
        lifespan: runs the application around a block.
        state: what the application holds while it runs.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self.lifespan = app.lifespan
        self.state = app.state

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        """Answers, until its caller leaves."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = CancellationToken()
        with suppress(NobodyWaits), CancelScope() as work, waited_for(token):

            def leave() -> None:
                scope[LEFT] = True
                token.cancel()
                work.cancel()

            watch = _Watch(receive, leave)
            try:
                if scope["method"] in _WITHOUT_BODY:
                    watch.begin()
                await self._app(scope, watch.receive, send)
            finally:
                watch.end()


class _Watch:
    """Reads on behind a request's body, where nothing comes but that its caller has left.

    Args:
        receive: the server's own.
        left: called when the caller has left.
    """

    def __init__(self, receive: Receive, left: Callable[[], None]) -> None:
        self._receive = receive
        self._left = left
        self._gone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        """The next piece of the body, and behind it that the caller has left."""
        if self._task:
            await self._gone.wait()
            return _GONE
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self.begin()
        return message

    def begin(self) -> None:
        """Watches from now on; a body that nobody asks for is passed over."""
        self._task = asyncio.create_task(self._watch())

    def end(self) -> None:
        """Watches no more."""
        if self._task:
            self._task.cancel()

    async def _watch(self) -> None:
        with suppress(ProblemError):  # a body that nobody asks for, and that does not come
            while (await self._receive())["type"] != _GONE["type"]:
                pass
            self._gone.set()
            self._left()
