"""A service that delivers releases to tests, and listeners that hear its streams as they come."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from patience import PATIENCE_SECONDS
from remembered import variables

from app.database.target import Target

TOKEN = "canary-client-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FILES = {
    "assay.toml": 'name = "orders"\nknown_environments = ["development", "staging", "production"]\n',
    "settings.toml": "[default]\nport = 1\n",
}
HEAD = "/releases/production/head"
EVENTS = "/releases/production/events"


def client_token(*environments: str, token: str = TOKEN) -> str:
    """The settings of a client's token."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return f'{{name="runs", role="client", environments={json.dumps(environments)}, sha256="{digest}"}}'


def environ_of(target: Target, **more: str) -> dict[str, str]:
    """The variables of a service with this database that knows one client, of production and staging."""
    return {**variables(target), "ASSAY_AUTH__TOKENS": f"[{client_token('production', 'staging')}]", **more}


class Listener:
    """Whoever listens to a stream of the application, without a network.

    Attributes:
        status: of the answer, once it has begun.
    """

    def __init__(self, app: Any, path: str, headers: Mapping[str, str]) -> None:
        raw = [(name.lower().encode(), value.encode()) for name, value in {"Host": "127.0.0.1", **headers}.items()]
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": raw,
            "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 8000),
        }
        self._app = app
        self._said: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._begun, self._leaves = asyncio.Event(), asyncio.Event()
        self._asked = False
        self.status = 0
        self.body = b""

    async def run(self) -> None:
        """Asks, and hears until the end."""
        try:
            await self._app(self._scope, self._receive, self._send)
        finally:
            self._begun.set()
            self._said.put_nowait(None)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._leaves.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._begun.set()
        else:
            self.body += message["body"]
            self._said.put_nowait(message["body"])
            if not message.get("more_body"):
                self.leave()  # as a server tells it once all was sent

    async def begun(self) -> int:
        """The status, when it has come."""
        await self._begun.wait()
        return self.status

    async def event(self) -> dict[str, Any] | None:
        """The next event, with its `id`; None at the end."""
        while (chunk := await self._said.get()) is not None:
            fields = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line)
            if "data" in fields:
                return {"event": fields["event"], "stated": int(fields["id"]), **json.loads(fields["data"])}
        return None

    def leave(self) -> None:
        """Goes away."""
        self._leaves.set()


@asynccontextmanager
async def listening(
    app: Any, path: str = EVENTS, *, last: int | None = None, headers: Mapping[str, str] = BEARER
) -> AsyncIterator[Listener]:
    """Whoever listens, for as long."""
    known = {} if last is None else {"Last-Event-ID": str(last)}
    listener = Listener(app, path, {**headers, **known})
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(listener.run())
        yield listener
        listener.leave()
