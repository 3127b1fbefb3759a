"""A caller who leaves before the answer: what is done for nobody ends, and what others wait for goes on."""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any

import pytest

from app.core.cancellation import CancellationToken, NobodyWaits, checkpoint, waited_for
from app.project.workspace import Workspace
from app.watching.project_snapshot import CachedAnswer, ProjectSnapshot

SECONDS = 60
MANY = {"settings.toml": "".join(f"[stage{number}]\nsize = {number}\n" for number in range(60))}


class Caller:
    """One request as the server hands it to the application; whoever sent it leaves when the test says so."""

    def __init__(self, path: str, body: bytes | None = None, query: bytes = b"") -> None:
        method = "GET" if body is None else "POST"
        headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
        self.scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
            "path": path, "raw_path": path.encode(), "query_string": query, "root_path": "", "headers": headers,
            "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        self.sent: list[Mapping[str, Any]] = []
        self.left = asyncio.Event()
        self._body: bytes | None = body or b""

    async def receive(self) -> dict[str, Any]:
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(message)

    async def ask(self, app: Callable[..., Any]) -> None:
        async with asyncio.timeout(SECONDS):
            await app(self.scope, self.receive, self.send)


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        os.sched_yield()


async def test_a_probe_ends_with_its_caller(project: Any, ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    connected, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        while await reader.read(100):
            pass
        ended.set()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server, ask(project().root) as client:
        target = {"host": "127.0.0.1", "port": server.sockets[0].getsockname()[1], "password": "canary-left"}
        caller = Caller("/config/database/test", json.dumps(target).encode())
        with caplog.at_level(logging.INFO):
            asked = asyncio.create_task(caller.ask(client.app))
            await connected.wait()
            assert client.service.probes == 1
            caller.left.set()
            await asked
            async with asyncio.timeout(SECONDS):
                await ended.wait()
        assert (client.service.probes, caller.sent) == (0, [])
    noted = [vars(record) for record in caplog.records if record.message == "request"]
    assert [note["status"] for note in noted] == [499]


@pytest.mark.parametrize(
    ("path", "query", "question"),
    [
        ("/config/matrix", b"", ("matrix",)),
        ("/config/diff", b"left=stage1&right=stage2", ("diff", "stage1", "stage2")),
        ("/config/values", b"environment=stage3", ("values", "stage3")),
    ],
)
async def test_what_is_worked_out_for_nobody_is_given_up(
    project: Any, ask: Any, path: str, query: bytes, question: tuple[str, ...]
) -> None:
    async with ask(project(MANY).root) as client:
        caller = Caller(path, query=query)
        caller.left.set()
        await caller.ask(client.app)
        assert caller.sent == []
        assert question not in client.service.live.picture.documents
        other = Caller(path, query=query)
        await other.ask(client.app)
        assert other.sent[0]["status"] == 200
        assert question in client.service.live.picture.documents


@pytest.mark.parametrize("number", [1, 2])
async def test_what_somebody_waits_for_goes_on(project: Any, ask: Any, number: int) -> None:
    """The first of so many callers leaves while the answer is worked out."""
    begun, go_on = Event(), Event()

    def make(_: Workspace) -> CachedAnswer:
        begun.set()
        go_on.wait(SECONDS)
        checkpoint()
        return CachedAnswer(body=b"{}", tag='"1"')

    async with ask(project(MANY).root) as client:
        picture: ProjectSnapshot = client.service.live.picture
    tokens, answers = [CancellationToken() for _ in range(number)], list[object]()

    def wait(token: CancellationToken) -> None:
        try:
            with waited_for(token):
                answers.append(picture.keep(("slow",), make).body)
        except NobodyWaits:
            answers.append(None)

    threads = [Thread(target=wait, args=(token,)) for token in tokens]
    threads[0].start()
    begun.wait(SECONDS)
    for thread in threads[1:]:
        thread.start()
    await asyncio.to_thread(until, lambda: picture.flights["slow",].waiting == number)
    tokens[0].cancel()
    go_on.set()
    for thread in threads:
        thread.join(SECONDS)
    assert answers == ([None] if number == 1 else [b"{}", b"{}"])


def test_each_environment_is_a_step(project: Any) -> None:
    token = CancellationToken()
    token.cancel()
    workspace = project(MANY).workspace()
    with waited_for(token), pytest.raises(NobodyWaits):
        workspace.tree("stage1")
    tree = workspace.tree("stage1")
    with waited_for(token):
        assert workspace.tree("stage1") is tree
