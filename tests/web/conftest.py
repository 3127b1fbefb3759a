"""A service without a process: its application, asked from where a test says."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.web.asgi import create_app

type Ask = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


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
    ) -> AsyncIterator[httpx.AsyncClient]:
        app = create_app(folder, home or folder, environ or {})
        transport = httpx.ASGITransport(app=app, client=(caller, 5000), raise_app_exceptions=False)
        base = "http://127.0.0.1:8000"
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url=base) as client:
            yield client

    return opened
