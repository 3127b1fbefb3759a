"""One snapshot a request: middleware for WSGI (PEP 3333) and ASGI applications."""

import contextlib
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any

from assay_client import pinning, process

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@contextlib.contextmanager
def snapshot() -> Iterator[None]:
    """Within the block, all settings keep the values that they have now, in this thread and in what it awaits."""
    client = process.current()
    with pinning.pinned(client.cores() if client else {}):
        yield


class WsgiSnapshots:
    """A WSGI application each of whose requests reads one snapshot of the settings, to the end of its answer."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        context = contextvars.copy_context()
        block = snapshot()
        context.run(block.__enter__)
        try:
            return _Answer(context.run(self._application, environ, start_response), context, block)
        except BaseException:
            context.run(block.__exit__, None, None, None)
            raise


class AsgiSnapshots:
    """An ASGI application each of whose HTTP requests reads one snapshot of the settings.

    WebSockets live long, and read the newest values.
    """

    def __init__(self, app: Callable[[_Scope, _Receive, _Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """One connection."""
        with snapshot() if scope["type"] == "http" else contextlib.nullcontext():
            await self._app(scope, receive, send)


class _Answer:
    """A WSGI answer whose pieces are made in the request's own context."""

    def __init__(self, pieces: Iterable[bytes], context: contextvars.Context, block: Any) -> None:
        self._pieces, self._context, self._block = pieces, context, block
        self._iterator: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._iterator is None:
            self._iterator = self._context.run(iter, self._pieces)
        return self._context.run(next, self._iterator)

    def close(self) -> None:
        """The server is done with the answer."""
        try:
            close = getattr(self._pieces, "close", None)
            if close:
                self._context.run(close)
        finally:
            self._context.run(self._block.__exit__, None, None, None)
