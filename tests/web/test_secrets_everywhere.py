"""A service that holds secrets in every place, is sent more of them, and fails: none comes out by any door."""

import hashlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from canaries import Canaries, lines

from app.web.controllers import configuration
from app.web.logs import formatter

OPERATOR, VIEWER, SECRET = "canary-operator", "canary-viewer", "canary-1"
GETS = [
    "/config/validate?environment=all",
    "/config/values",
    "/config/values?environment=production",
    "/config/environments",
    "/config/matrix",
    "/config/diff?left=development&right=production",
    "/config/explain/named0?environment=production",
    "/config/explain/urls0?environment=production",
    "/config/explain/secrets?environment=production",
    "/config/explain/named0.pasword",
    "/config/database/status",
    "/config/schema",
    "/config/rules",
    "/config/nothing",
    "/health",
    "/health/ready",
    "/metrics",
    "/schema",
    "/schema/openapi.json",
]
BODIES: list[dict[str, Any]] = [
    {"json": {"host": "127.0.0.1", "port": 1, "password": "canary-3"}},
    {"json": {"url": "postgresql://u:canary-4@127.0.0.1:1/x?options=canary-5"}},
    {"json": {"url": "mysql://u:canary-6@127.0.0.1:1/x"}},
    {"json": {"url": "canary-7"}},
    {"json": {"url": "postgresql://u:canary-8#@127.0.0.1/x"}},
    {"json": {"host": "h", "password": ["canary-9"]}},
    {"json": {"host": "h", "pasword": "canary-10"}},
    {"json": {"environment": "production"}},
    {"content": b'{"host": "h", "password": "canary-11'},
    {"content": b'"canary-12"'},
]
SIGNING_IN: list[dict[str, Any]] = [
    {"json": {"token": "canary-wrong"}},
    {"json": {"token": {"canary-13": "canary-14"}}},
    {"json": {"tokn": OPERATOR}},
    {"data": {"token": "canary-15"}},
    {"content": b"canary-16"},
]


def token(name: str, role: str, text: str) -> str:
    return f'{{name = "{name}", role = "{role}", sha256 = "{hashlib.sha256(text.encode()).hexdigest()}"}}'


def home(own: Any) -> Any:
    tokens = f"[{token('a', 'operator', OPERATOR)}, {token('b', 'viewer', VIEWER)}]"
    settings = f'[default.app]\nsecret_key = "canary-{"k7w2" * 10}"\n[default.auth]\ntokens = {tokens}\n'
    settings += "[default.server]\nposts_per_minute = 1000\n"
    settings += '[default.diagnostics]\nallowed_targets = ["127.0.0.1", "h"]\n'
    settings += '[default.database]\nurl = "postgresql://app:canary-2@127.0.0.1:1/x"\n'
    return own({"settings.toml": settings}, name="home")


def orders(project: Any) -> Any:
    """A stranger's project with a secret in every kind of place."""
    canary = Canaries()
    return project(
        {
            "assay.toml": 'known_environments = ["development", "production"]\n',
            "settings.toml": "\n".join(["[default]", *lines(canary, "default")]),
            "settings/production.toml": "\n".join(lines(canary, "production")),
            "settings/broken.toml": f'[production]\npassword = "{canary()}" oops\n',
        }
    )


def asked() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for who in (OPERATOR, VIEWER, "canary-nobody"):
        bearer = {"Authorization": f"Bearer {who}"}
        yield from (("GET", path, {"headers": bearer}) for path in GETS)
        yield from (("POST", "/config/database/test", {"headers": bearer, **body}) for body in BODIES)
        yield from (("POST", "/session", {"headers": bearer, **body}) for body in SIGNING_IN)


async def test_no_answer_and_no_metric_holds_a_secret(own: Any, project: Any, ask: Any) -> None:
    """That the log holds none, and no error, leaks.py sees; here stands what was asked for."""
    async with ask(orders(project).root, home=home(own).root) as client:
        answers = [await client.request(method, path, **more) for method, path, more in asked()]
    found = {answer.status_code for answer in answers}
    assert {200, 400, 401, 403, 404, 422} <= found
    assert 500 not in found
    assert "canary" not in "".join(answer.text for answer in answers)


CRASHES = {
    "its text": lambda secret: ValueError(f"invalid literal for int() with base 10: {secret!r}"),
    "a key": KeyError,
    "a note": lambda secret: noted(RuntimeError("failed"), secret),
    "its cause": lambda secret: caused(ValueError(secret)),
    "a group": lambda secret: ExceptionGroup(secret, [ValueError(secret), caused(ValueError(secret))]),
    "a file's name": lambda secret: OSError(2, "not there", secret),
}


def noted(error: Exception, note: str) -> Exception:
    error.add_note(note)
    return error


def caused(cause: Exception) -> Exception:
    error = RuntimeError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("crash", CRASHES.values(), ids=CRASHES.keys())
async def test_a_crash_shows_no_secret_and_where_it_was(
    project: Any, ask: Any, crash: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise crash(SECRET)

    monkeypatch.setattr(configuration, "explain", fail)
    async with ask(project().root) as client:
        answer = await client.get("/config/explain/x")
        written = formatter(client.service.settings)
    (line,) = [written.format(record) for record in caplog.records if record.exc_info]
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "canary" not in answer.text + line
    assert type(crash(SECRET)).__name__ in line
    assert "in fail" in line


def test_a_task_that_nobody_waits_for_shows_no_secret(own: Any) -> None:
    """So says asyncio what became of it: https://docs.python.org/3/library/asyncio-dev.html."""
    error = ValueError(SECRET)
    message = f"Task exception was never retrieved\nfuture: <Task finished exception={error!r}>"
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, message, None, (type(error), error, None))
    written = formatter(own().workspace().model.settings("development")).format(record)
    assert "canary" not in written
    assert "Task exception was never retrieved" in written
