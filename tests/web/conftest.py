"""A service without a process: its application, asked from where a test says."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.diagnostics.serving import Service
from app.web.asgi import create_app


class Client(httpx.AsyncClient):
    """A client that can look behind the counter."""

    app: Any
    service: Service

    @asynccontextmanager
    async def change(self) -> AsyncIterator[None]:
        """Waits, behind the block, until the service has noticed what changed in it."""
        number = self.service.live.picture.number
        yield
        async with asyncio.timeout(10):
            await self.service.live.newer(number)


type Ask = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found: int = listener.getsockname()[1]
    return found


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
        transport = httpx.ASGITransport(app=app, client=(caller, 5000), raise_app_exceptions=False)
        base = "http://127.0.0.1:8000"
        async with app.lifespan(), Client(transport=transport, base_url=base) as client:
            client.app, client.service = app, app.state.service
            yield client

    return opened
