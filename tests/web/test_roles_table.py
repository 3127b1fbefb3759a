"""Every route of the application, and what each kind of caller is answered there."""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.settings.auth import TokenSettings
from app.web.security.sessions import COOKIE, SECONDS, Sessions

KEY = "canary-key-of-sufficient-length-for-signing-cookies"
OPERATOR = "canary-operator-token"
VIEWER = "canary-viewer-token"
CLIENT = "canary-client-token"
ELSEWHERE = "canary-client-token-of-staging"
NOBODYS = "canary-nobodys-token"


def bound_token(name: str, environment: str, token: str) -> str:
    """The settings of a client's token."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    return f'{{name = "{name}", role = "client", environments = ["{environment}"], sha256 = "{digest}"}}'


SETTINGS = f"""
[default.app]
secret_key = "{KEY}"
[default.server]
posts_per_minute = 1000
[default.auth]
tokens = [
    {{name = "reads", role = "viewer", sha256 = "{hashlib.sha256(VIEWER.encode()).hexdigest()}"}},
    {{name = "probes", role = "operator", sha256 = "{hashlib.sha256(OPERATOR.encode()).hexdigest()}"}},
    {bound_token("runs", "production", CLIENT)},
    {bound_token("tries", "staging", ELSEWHERE)},
]
"""

CALLERS = (
    "nobody",
    "viewer",
    "operator",
    "wrong token",
    "expired cookie",
    "other origin",
    "client",
    "client of another",
)

type Expected = tuple[int, int, int, int, int, int, int, int]

OPEN: Expected = (200, 200, 200, 200, 200, 200, 200, 200)
READ: Expected = (401, 200, 200, 401, 401, 200, 403, 403)
"""A page of another origin that is looked at by an operator may ask, and is not let to see the answer."""

CONFLICTING: Expected = (401, 409, 409, 401, 401, 409, 403, 403)
"""Whoever may read is told that the project is in no repository."""

REMEMBERED: Expected = (401, 503, 503, 401, 401, 503, 403, 403)
"""Whoever may read is told that this service has no database."""

DELIVERED: Expected = (401, 503, 503, 401, 401, 503, 503, 403)
"""Whoever may read, and a client of this environment, is told the same; a client of another is told nothing."""

OF_A_PROJECT: Mapping[tuple[str, str], Expected] = {
    ("GET", "/releases"): REMEMBERED,
    ("GET", "/releases/{release:str}"): REMEMBERED,
    ("GET", "/releases/{left:str}/diff/{right:str}"): REMEMBERED,
    ("POST", "/releases"): (401, 403, 503, 401, 401, 403, 403, 403),
    ("POST", "/releases/{release:str}/rollback"): (401, 403, 503, 401, 401, 403, 403, 403),
    ("POST", "/releases/{release:str}/approve"): (401, 403, 503, 401, 401, 403, 403, 403),
    ("GET", "/instances"): REMEMBERED,
    ("POST", "/instances"): (401, 403, 503, 401, 401, 403, 503, 403),
    ("GET", "/releases/{environment:str}/head"): DELIVERED,
    ("GET", "/releases/{environment:str}/body/{digest:str}"): DELIVERED,
    ("GET", "/releases/{environment:str}/events"): DELIVERED,
    ("GET", "/config/validate"): READ,
    ("GET", "/config/environments"): READ,
    ("GET", "/config/values"): READ,
    ("GET", "/config/explain/{key:path}"): READ,
    ("GET", "/config/diff"): READ,
    ("GET", "/config/matrix"): READ,
    ("GET", "/config/usage"): READ,
    ("GET", "/config/plan"): CONFLICTING,
    ("GET", "/config/history"): REMEMBERED,
    ("GET", "/config/history/{snapshot:str}"): REMEMBERED,
    ("GET", "/config/history/{left:str}/diff/{right:str}"): REMEMBERED,
    ("GET", "/config/history/key/{key:path}"): REMEMBERED,
    ("POST", "/config/database/test"): (401, 403, 422, 401, 401, 403, 403, 403),
    ("PATCH", "/config/values"): (401, 403, 403, 401, 401, 403, 403, 403),
    ("GET", "/events"): READ,
}
PROJECT = "/projects/{project:str}"

TABLE: Mapping[tuple[str, str], Expected] = {
    **OF_A_PROJECT,
    **{(method, f"{PROJECT}{path}"): expected for (method, path), expected in OF_A_PROJECT.items()},
    ("GET", "/projects"): READ,
    ("GET", "/config/database/status"): READ,
    ("GET", "/config/rules"): OPEN,
    ("GET", "/config/rules/{rule:str}"): OPEN,
    ("GET", "/config/schema"): OPEN,
    ("GET", f"{PROJECT}/config/schema"): READ,
    ("GET", "/health"): OPEN,
    ("GET", "/health/live"): OPEN,
    ("GET", "/health/ready"): OPEN,
    ("GET", "/metrics"): READ,
    ("GET", "/schema"): OPEN,
    ("GET", "/schema/openapi.json"): OPEN,
    ("GET", "/schema/{path:str}"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("POST", "/session"): (200, 200, 200, 200, 200, 403, 200, 200),
    ("DELETE", "/session"): (204, 204, 204, 204, 204, 403, 204, 204),
    ("GET", "/"): (200, 200, 200, 200, 200, 200, 403, 403),
    ("GET", "/static/{name:str}"): OPEN,
}

ASKED = {
    "/releases/{environment:str}/head": "/releases/production/head",
    "/releases/{environment:str}/body/{digest:str}": f"/releases/production/body/sha256:{'0' * 64}",
    "/releases/{environment:str}/events": "/releases/production/events",
    "/static/{name:str}": "/static/page.css",
    "/config/explain/{key:path}": "/config/explain/server.port",
    "/config/rules/{rule:str}": "/config/rules/DB001",
    "/schema/{path:str}": "/schema/elsewhere",
    "/releases/{release:str}": "/releases/1",
    "/releases/{left:str}/diff/{right:str}": "/releases/1/diff/2",
    "/releases/{release:str}/rollback": "/releases/1/rollback",
    "/releases/{release:str}/approve": "/releases/1/approve",
    "/config/diff": "/config/diff?left=development&right=production",
}
BODIES: Mapping[str, Mapping[str, str]] = {
    "/releases": {"environment": "production"},
    "/instances": {
        "name": "web-1",
        "host": "web-1",
        "environment": "production",
        "started_at": "2026-07-01T12:00:00Z",
    },
    "/config/database/test": {"hots": "misspelled"},
    "/session": {"token": VIEWER},
}


def framework(app: Any) -> Litestar:
    """The application below its wrappers, whose own lifespan they hand on."""
    found = app.lifespan.__self__
    assert isinstance(found, Litestar)
    return found


def cookie(*, age: timedelta) -> str:
    token = TokenSettings(name="probes", role="operator", sha256=hashlib.sha256(OPERATOR.encode()).hexdigest())
    return Sessions(KEY.encode(), lambda: datetime.now(UTC) - age).issue(token)


def headers_of(caller: str) -> dict[str, str]:
    tokens = {"viewer": VIEWER, "operator": OPERATOR, "wrong token": NOBODYS, "client": CLIENT}
    tokens["client of another"] = ELSEWHERE
    if caller in tokens:
        return {"Authorization": f"Bearer {tokens[caller]}"}
    if caller == "expired cookie":
        return signed_in(cookie(age=timedelta(seconds=SECONDS + 1)))
    if caller == "other origin":
        return {**signed_in(cookie(age=timedelta())), "Origin": "https://evil.example"}
    return {}


def signed_in(text: str) -> dict[str, str]:
    """What our own page would send along: only what it is worth is in question."""
    csrf = Sessions(KEY.encode(), lambda: datetime.now(UTC)).csrf(text)
    return {"Cookie": f"{COOKIE}={text}", "X-CSRF-Token": csrf}


async def begun(app: Any, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """How an answer begins; whoever asked leaves then, or a stream of events would have no end."""
    body = json.dumps(BODIES.get(path.removeprefix(PROJECT), {})).encode()
    whose = f"/projects/{app.state.service.main.name}" if path.startswith(PROJECT) else ""
    asked = path.removeprefix(PROJECT)
    path, _, query = f"{whose}{ASKED.get(asked, asked)}".partition("?")
    stated = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []
    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        answered.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in stated.items()],
        "client": ("192.0.2.9", 5000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def routes(app: Any) -> set[tuple[str, str]]:
    """The requests that somebody can make; OPTIONS, which tells the methods, is the framework's own."""
    found = [route for route in framework(app).routes if isinstance(route, HTTPRoute)]
    assert len(found) == len(framework(app).routes)
    return {(str(method), route.path_format) for route in found for method in route.methods if method != "OPTIONS"}


def table_paths() -> set[tuple[str, str]]:
    return {(method, path.replace(":path}", "}").replace(":str}", "}")) for method, path in TABLE}


async def test_no_route_is_missing_from_the_table(own: Any, ask: Any) -> None:
    async with ask(own({"settings.toml": SETTINGS}).root) as client:
        assert routes(client.app) == table_paths()


def differences(expected: Sequence[int], found: Sequence[int]) -> list[str]:
    return [
        f"{caller}: {was} instead of {wanted}"
        for caller, wanted, was in zip(CALLERS, expected, found, strict=True)
        if wanted != was
    ]


@pytest.mark.parametrize(("method", "path"), TABLE)
async def test_each_caller_is_answered_as_the_table_says(own: Any, ask: Any, method: str, path: str) -> None:
    async with ask(own({"settings.toml": SETTINGS}).root) as client:
        answers = [await begun(client.app, method, path, headers_of(caller)) for caller in CALLERS]
    assert differences(TABLE[method, path], [status for status, _ in answers]) == []
    assert not any("access-control-allow-origin" in headers for _, headers in answers)


@pytest.mark.parametrize(("method", "path"), TABLE)
async def test_a_cookie_without_what_its_page_knows_changes_nothing(own: Any, ask: Any, method: str, path: str) -> None:
    bare = {name: value for name, value in signed_in(cookie(age=timedelta())).items() if name == "Cookie"}
    async with ask(own({"settings.toml": SETTINGS}).root) as client:
        status, _ = await begun(client.app, method, path, bare)
        whole, _ = await begun(client.app, method, path, signed_in(bare["Cookie"].partition("=")[2]))
    operator = TABLE[method, path][CALLERS.index("operator")]
    asked = path.removeprefix(PROJECT)
    changes = (method, asked) in {("POST", "/config/database/test"), ("PATCH", "/config/values")}
    changes = changes or (method == "POST" and asked.startswith(("/releases", "/instances")))
    assert (status, whole) == (403 if changes else operator, operator)
