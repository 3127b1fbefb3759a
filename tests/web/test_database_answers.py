"""/config/database: the service's own database, and probes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

SETTINGS = "[default.diagnostics]\nmax_concurrent_probes = 1\n"


async def test_a_service_without_a_database_says_so(project: Any, ask: Any) -> None:
    async with ask(project().root, {"DATABASE_URL": "postgresql://u:canary-p@db.example/x"}) as client:
        status = (await client.get("/config/database/status")).json()
        ready = await client.get("/health/ready")
    assert (status["configured"], status["connected"], status["target"]) == (False, False, None)
    assert ready.status_code == 200


async def test_a_database_that_is_away_is_an_answer_and_the_service_is_not_ready(
    own: Any, ask: Any, unused_port: int
) -> None:
    away = f'[default.database]\nhost = "127.0.0.1"\nport = {unused_port}\npassword = "canary-x"\n'
    async with ask(own({"settings.toml": away}).root) as client:
        status = await client.get("/config/database/status")
        ready = await client.get("/health/ready")
        live = await client.get("/health/live")
    assert (status.status_code, status.json()["configured"], status.json()["connected"]) == (200, True, False)
    assert status.json()["failure"]["code"] == "connection-refused"
    assert (ready.status_code, ready.json()["checks"]["database"]["status"]) == (503, "failed")
    assert (live.status_code, live.json()) == (200, {"status": "ok", "checks": {}})


async def test_a_failed_probe_is_an_answer(project: Any, ask: Any, unused_port: int) -> None:
    target = {"host": "127.0.0.1", "port": unused_port, "password": "canary-91"}
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json=target)
    assert (answer.status_code, answer.json()["ok"]) == (200, False)
    assert answer.json()["failure"]["code"] == "connection-refused"
    assert "canary" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b"\xff", b"[" * 100_000, b"{} {}"])
async def test_a_body_that_is_no_json_is_a_bad_request(project: Any, ask: Any, body: bytes) -> None:
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", content=body[:60_000])
    assert (answer.status_code, answer.json()["code"]) == (400, "body-malformed")


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        ([], "", "object"),
        ("x", "", "object"),
        ({"hots": "db"}, "hots", "'host'"),
        ({"enviroment": "production"}, "enviroment", "'environment'"),
        ({"environment": 5}, "environment", "text"),
        ({"environment": "development", "host": "db"}, "environment", "beside"),
        ({"host": "db", "port": "5432"}, "port", "number"),
        ({"host": "db", "tls": {"mode": "verify-ful"}}, "tls.mode", "'verify-full'"),
        ({"timeout_ms": 0}, "timeout_ms", "number"),
        ({"port": 5432}, "host", "required"),
        ({"url": "nonsense"}, "url", ""),
    ],
)
async def test_a_body_that_is_no_target_is_told_field_by_field(
    project: Any, ask: Any, body: object, key: str, said: str
) -> None:
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "target-invalid"), problem
    assert {error["key"]: said in error["message"] for error in problem["errors"]}.get(key), problem


async def test_an_environment_without_a_database_is_no_target(project: Any, ask: Any) -> None:
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json={})
    assert (answer.status_code, answer.json()["errors"][0]["key"]) == (422, "environment")


async def test_a_probe_of_an_unknown_environment_names_the_nearest(project: Any, ask: Any) -> None:
    orders = project({"settings.toml": "[default]\n[production]\nx = 1\n"})
    async with ask(orders.root) as client:
        answer = await client.post("/config/database/test", json={"environment": "prodution"})
    assert answer.status_code == 404
    assert "'production'" in answer.json()["detail"]


async def test_an_environments_own_target_is_probed_though_no_target_is_allowed(
    project: Any, own: Any, ask: Any, unused_port: int
) -> None:
    home = own({"settings.toml": '[default.diagnostics]\nallowed_targets = ["db.example.com"]\n'}, name="home")
    url = f"postgresql://u:canary-12@127.0.0.1:{unused_port}/x"
    orders = project({"settings.toml": f'[default]\n[production]\ndatabase_url = "{url}"\n'})
    async with ask(orders.root, home=home.root) as client:
        its_own = await client.post("/config/database/test", json={"environment": "production"})
        typed_in = await client.post("/config/database/test", json={"url": url})
    assert (its_own.status_code, its_own.json()["target"]["port"]) == (200, unused_port)
    assert (typed_in.status_code, typed_in.json()["code"]) == (403, "target-not-allowed")
    assert "canary" not in its_own.text + typed_in.text


async def test_a_remote_caller_without_tokens_may_not_probe(project: Any, ask: Any) -> None:
    async with ask(project().root, caller="192.0.2.7") as client:
        answer = await client.post("/config/database/test", json={"host": "db"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
async def test_a_page_of_another_origin_may_not_probe(project: Any, ask: Any, origin: str) -> None:
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json={}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_services_own_page_may_probe(project: Any, ask: Any, unused_port: int) -> None:
    own_page = {"Origin": "http://127.0.0.1:8000"}
    target = {"host": "127.0.0.1", "port": unused_port}
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json=target, headers=own_page)
    assert answer.status_code == 200


async def test_beyond_the_limit_probes_are_turned_away(own: Any, ask: Any) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0)
    target = {"host": "127.0.0.1", "port": listener.getsockname()[1], "timeout_ms": 1000}
    with listener:
        async with ask(own({"settings.toml": SETTINGS}).root) as client:
            first = asyncio.create_task(client.post("/config/database/test", json=target))
            silent, _ = await asyncio.get_running_loop().sock_accept(listener)
            with silent:
                second = await client.post("/config/database/test", json=target)
                answered = await first
            third = await client.post("/config/database/test", json={**target, "timeout_ms": 1})
    assert (second.status_code, second.json()["code"]) == (429, "too-many-probes")
    assert answered.json()["failure"]["code"] == "connect-timeout"
    assert third.status_code == 200


STREAM = {"Accept": "text/event-stream"}
STAGES = ["resolve", "connect", "tls", "login", "query", "privileges", "migrations"]


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream: each its name and its document."""
    found = []
    for block in text.split("\r\n\r\n")[:-1]:
        name, data = (line.partition(": ")[2] for line in block.split("\r\n"))
        found.append((name, json.loads(data)))
    return found


@asynccontextmanager
async def streamed(app: Any, target: dict[str, Any]) -> AsyncIterator["asyncio.Queue[dict[str, Any]]"]:
    """What an application sends, as it sends it; behind the block the caller has left."""
    body = json.dumps(target).encode()
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    left = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": "POST",
        "path": "/config/database/test",
        "raw_path": b"/config/database/test",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"accept", b"text/event-stream"), (b"content-length", b"%d" % len(body))],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000),
    }
    running = asyncio.create_task(app(scope, receive, sent.put))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield sent
    finally:
        left.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running


async def test_a_stream_has_each_stage_and_then_the_document(project: Any, ask: Any, postgres: Any) -> None:
    target = {"host": postgres.host, "port": postgres.port, "username": postgres.username, "name": postgres.name}
    async with ask(project().root) as client:
        answer = await client.post(
            "/config/database/test", json={**target, "password": postgres.password}, headers=STREAM
        )
    told = events(answer.text)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert [name for name, _ in told] == ["stage"] * 7 + ["probe"]
    probe = told[-1][1]
    assert (probe["ok"], [stage["name"] for stage in probe["stages"]]) == (True, STAGES)
    assert [stage for _, stage in told[:-1]] == probe["stages"]


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        ("*/*", "application/json"),
        ("application/json, text/event-stream;q=0.5", "application/json"),
        ("text/html", "application/json"),
        (",;=", "application/json"),
        ("text/event-stream, */*", "text/event-stream"),
    ],
)
async def test_whoever_does_not_ask_for_a_stream_gets_the_document(
    project: Any, ask: Any, unused_port: int, accept: str, type_: str
) -> None:
    target = {"host": "127.0.0.1", "port": unused_port}
    async with ask(project().root) as client:
        answer = await client.post("/config/database/test", json=target, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, type_)


async def test_a_stage_is_told_when_it_ends_and_a_caller_who_leaves_ends_the_probe(own: Any, ask: Any) -> None:
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        target = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
        async with ask(own({"settings.toml": SETTINGS}).root) as client:
            async with streamed(client.app, target) as sent:
                began = await sent.get()
                told = [events((await sent.get())["body"].decode())[0] for _ in range(2)]
                silent, _ = await loop.sock_accept(listener)
                busy = await client.post("/config/database/test", json=target, headers=STREAM)
                running = client.service.probes
            with silent:
                while await loop.sock_recv(silent, 1000):
                    pass
            assert client.service.probes == 0
    assert began["status"] == 200
    assert [(name, stage["name"], stage["status"]) for name, stage in told] == [
        ("stage", "resolve", "ok"),
        ("stage", "connect", "ok"),
    ]
    assert (running, busy.status_code, busy.json()["code"]) == (1, 429, "too-many-probes")
