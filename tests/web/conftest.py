"""A service without a process: its application, asked from where a test says."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import ports
import pytest
from leaks import hear, hear_calls, heard_as
from patience import PATIENCE_SECONDS

from app.core.supervision import Supervised
from app.service.runtime import Service
from app.settings import Settings
from app.web.asgi import create_app
from app.web.logs import formatter
from app.web.observation import Observed

WRITTEN = formatter(Settings.model_validate({"logging": {"format": "json"}}))


class Client(httpx.AsyncClient):
    """A client that can look behind the counter."""

    app: Any
    service: Service

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """Waits, behind the block, until the service has noticed what changed in it."""
        number = self.service.live.picture.number
        yield
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.service.live.newer(number)


_HOP_SECONDS = 0.002


class Transport(httpx.ASGITransport):
    """The application without a network. Whoever asks again and again leaves others their turn, as a network does."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Asks the application."""
        await asyncio.sleep(_HOP_SECONDS)
        return await super().handle_async_request(request)


type Ask = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture(autouse=True)
def log_of_the_service() -> Iterator[None]:
    """What is logged here is searched as the service writes it."""
    with heard_as(WRITTEN):
        yield


@pytest.fixture(scope="session", autouse=True)
def ears_for_answers() -> Iterator[None]:
    """Hears every answer: of an application in this process as it leaves, whoever asked; of another as it arrives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Observed, "__call__", overheard(Observed.__call__))
        for name in ("read", "aread"):
            hear_calls(patch, httpx.Response, name, lambda body, answer: hear("answer", answer.headers.raw, body))
        yield


@pytest.fixture(autouse=True)
def nothing_goes_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No service of this process outlives its test: the next would hear it, and wonder."""
    running: list[str] = []
    run = Supervised.run

    async def noted(self: Supervised) -> None:
        running.append(self.name)
        try:
            await run(self)
        finally:
            running.remove(self.name)

    monkeypatch.setattr(Supervised, "run", noted)
    yield
    assert running == []


def overheard(answers: Callable[..., Any]) -> Callable[..., Any]:
    """The application, heard by leaks.py."""

    async def call(self: Observed, scope: Any, receive: Any, send: Any) -> None:
        body = bytearray()

        async def heard(message: Any) -> None:
            hear("answer", *(b"%b: %b" % header for header in message.get("headers", ())))
            body.extend(message.get("body", b""))
            await send(message)

        try:
            await answers(self, scope, receive, heard)
        finally:
            hear("answer", bytes(body))

    return call


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    return ports.unused_port()


@pytest.fixture
def ask() -> Ask:
    """A client of the service that diagnoses a folder; it calls from loopback unless told."""

    @asynccontextmanager
    async def opened(
        folder: Path,
        environ: Mapping[str, str] | None = None,
        *,
        home: Path | None = None,
        caller: str = "127.0.0.1",
    ) -> AsyncIterator[Client]:
        app = create_app(folder, home or folder, environ or {})
        transport = Transport(app=app, client=(caller, 5000), raise_app_exceptions=False)
        base = "http://127.0.0.1:8000"
        async with app.lifespan(), Client(transport=transport, base_url=base) as client:
            client.app, client.service = app, app.state.service
            yield client
            hear("metrics", app.state.metrics.text())

    return opened
