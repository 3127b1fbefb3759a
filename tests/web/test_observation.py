"""Requests are given an id, counted and written down; no secret is."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

from app.settings import Settings
from app.web.controllers import configuration
from app.web.controllers.events import _told
from app.web.logs import configure

CANARY = "canary-8d1f44"
ORDERS = {"settings.toml": "[default]\nport = 80\n[production]\ndebug = true\n"}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, as JSON lines; the process's own logging stands again afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure(
        Settings.model_validate(
            {
                "logging": {"format": "json", "level": "info"},
                "database": {"host": "db", "password": CANARY},
                "app": {"secret_key": CANARY + "-key"},
                "history": {"digest_key": "canary-digests-by-setting"},
            }
        ),
        b"canary-digests-by-variable",
    )
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_every_answer_bears_the_id_of_its_request(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        answers = [await client.get(path) for path in ("/config/values", "/config/values", "/nothing", "/health/live")]
        stated = await client.get("/config/values", headers={"X-Request-ID": "trace-1"})
        unfit = await client.get("/config/values", headers={"X-Request-ID": 'x" onload=1'})
    assert len({answer.headers["x-request-id"] for answer in answers}) == 4
    assert stated.headers["x-request-id"] == "trace-1"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", unfit.headers["x-request-id"])


async def test_what_is_refused_is_written_down_with_its_id(project: Any, ask: Any, written: io.StringIO) -> None:
    async with ask(project(ORDERS).root) as client:
        await client.get("/config/values")
        await client.get("/nothing", headers={"X-Request-ID": "trace-2"})
    (line,) = [line for line in lines(written) if line["event"] == "request"]
    assert (line["status"], line["path"], line["request_id"], line["level"]) == (404, "/nothing", "trace-2", "info")


def test_no_secret_is_written_down(written: io.StringIO) -> None:
    log = logging.getLogger("some.library")
    log.warning("cannot connect to postgresql://app:%s@db/orders", CANARY)
    log.warning("settings", extra={"password": "canary-other", "fields": {"api_token": "canary-other", "port": 5432}})
    try:
        int(CANARY)
    except ValueError:
        log.exception("failed with %s", CANARY + "-key")
    log.warning("digests under %s", "canary-digests-by-setting")
    log.warning("digests under %s", "canary-digests-by-variable")
    assert "canary" not in written.getvalue()
    assert lines(written)[1]["fields"]["port"] == 5432
    assert "ValueError" in lines(written)[2]["exception"]


async def test_metrics_count_requests_readings_findings_and_fingerprints(project: Any, ask: Any) -> None:
    made = project(ORDERS)
    async with ask(made.root) as client:
        for _ in range(3):
            await client.get("/config/values")
        await client.get("/config/explain/port")
        await client.get("/nothing/at/all")
        async with client.change():
            made.write({"settings.toml": "[production\n"})
        text = (await client.get("/metrics")).text
        environments = (await client.get("/config/environments")).json()["environments"]
    assert 'assay_http_requests_total{method="GET",route="/config/values",status="200"} 3.0' in text
    assert 'route="/config/explain/{key}",status="200"} 1.0' in text
    assert "/nothing" not in text
    assert 'assay_profile_reloads_total{result="success"} 1.0' in text
    assert 'assay_profile_reloads_total{result="failure"} 1.0' in text
    for one in environments:
        assert f'assay_configuration_info{{environment="{one["name"]}",fingerprint="{one["fingerprint"]}"}} 1.0' in text


async def test_methods_that_callers_invent_are_counted_as_one(project: Any, ask: Any) -> None:
    """A name that is counted is kept for ever."""
    async with ask(project(ORDERS).root) as client:
        for number in range(3):
            await client.request(f"INVENTED{number}", "/config/values")
        text = (await client.get("/metrics")).text
    assert "INVENTED" not in text
    assert 'assay_http_requests_total{method="other",route="other",status="405"} 3.0' in text


async def test_metrics_tell_the_findings_of_each_environment(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        text = (await client.get("/metrics")).text
        counts = (await client.get("/config/environments")).json()["environments"]
    production = next(one for one in counts if one["name"] == "production")["counts"]
    assert production["error"] > 0
    for severity, number in production.items():
        assert f'assay_findings{{environment="production",severity="{severity}"}} {float(number)}' in text


async def test_a_failed_probe_is_counted_by_stage_and_code(project: Any, ask: Any, unused_port: int) -> None:
    made = project(
        {"settings.toml": f'[default]\ndatabase_url = "postgresql://u:canary-p@127.0.0.1:{unused_port}/x"\n'}
    )
    async with ask(made.root) as client:
        await client.post("/config/database/test", json={})
        text = (await client.get("/metrics")).text
    assert 'assay_probe_failures_total{code="connection-refused",stage="connect"} 1.0' in text
    assert 'assay_probe_stage_seconds_count{stage="resolve"} 1.0' in text


async def test_events_tell_each_change_and_end_with_the_service(project: Any, ask: Any) -> None:
    made = project(ORDERS)
    async with ask(made.root) as client:
        told = _told(client.service.live, None, lambda: True)
        first = await anext(told)
        made.write({"settings.toml": "[production]\nport = 1\n"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            second = await anext(told)
        rest = asyncio.ensure_future(anext(told, None))
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await rest is None
    before, after = (json.loads(message.data) for message in (first, second))
    assert before["reading"] < after["reading"]
    assert before["fingerprints"]["production"] != after["fingerprints"]["production"]


async def test_a_path_cannot_forge_a_line_of_the_log(
    project: Any, ask: Any, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(configuration, "explain", fail)
    async with ask(project(ORDERS).root) as client:
        await client.get("/config/explain/a%0d%0aforged%1b%5b31m%e2%80%ae" + "y" * 10_000)
    fault, request = [line for line in lines(written) if line["logger"] != "httpx"]
    for text in (fault["event"].removeprefix("GET "), request["path"]):
        assert text.startswith("/config/explain/a%0D%0Aforged%1B%5B31m%E2%80%AEyyy")
        assert len(text) < 600
        assert text.endswith("…")


async def test_what_else_events_could_tell_is_one_thing(project: Any, ask: Any) -> None:
    async with ask(project({"settings.toml": "[default]\na = 1\n"}).root) as client:
        answer = await client.get("/events?also=recordet")
    assert (answer.status_code, answer.json()["code"]) == (400, "argument-invalid")
    assert "recorded" in answer.json()["detail"]


async def test_metrics_say_once_how_they_are_encoded(project: Any, ask: Any) -> None:
    async with ask(project(ORDERS).root) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"


async def test_the_log_tells_a_wrong_token_from_none(own: Any, ask: Any, written: io.StringIO) -> None:
    """The caller is told nothing of it."""
    tokens = f'[default.auth]\ntokens = [{{name = "a", role = "viewer", sha256 = "{"0" * 64}"}}]\n'
    async with ask(own({"settings.toml": tokens}).root) as client:
        shown: list[dict[str, str]] = [{}, {"Authorization": f"Bearer {CANARY}"}, {"Cookie": f"assay={CANARY}"}]
        answers = [await client.get("/config/values", headers=headers) for headers in shown]
    assert {(answer.status_code, answer.json()["detail"]) for answer in answers} == {
        (401, "This needs a token: Authorization: Bearer TOKEN.")
    }
    told = [line["reason"] for line in lines(written) if line.get("status") == 401]
    assert told == ["no token", "a token that is none, or is none any more", "no session that lasts"]
    assert CANARY not in written.getvalue()
