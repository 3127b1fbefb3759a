"""A day in the life of a real service: what happened to its profiles, the history tells: all of it, in order, once."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from canaries import known
from patience import PATIENCE_SECONDS
from services import OwnDatabase, Running, new_home, own_database, running

OUTAGE_SECONDS = float(os.environ.get("ASSAY_OUTAGE_SECONDS", "3"))
"""How long the database is away; half a minute by hand."""

KEY = {"ASSAY_DIGEST_KEY": known("what-digests-are-made-with")}
PROFILE = "settings/production.toml"


@pytest.fixture(scope="module")
def database() -> Iterator[OwnDatabase]:
    with own_database() as found:
        yield found


@pytest.fixture
def home() -> Iterator[Path]:
    with new_home() as folder:
        secret(folder, "first")
        yield folder


def calling(service: Running) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=PATIENCE_SECONDS)


def secret(home: Path, word: str) -> None:
    """Gives production another secret."""
    text = f'[production.app]\nsecret_key = "canary-{word}-of-two-4f7a90c3e5d1b862f0"\n'
    put(home, text, ".secrets.toml", mode=0o600)


def port(home: Path, number: int) -> str:
    """The profile of production with another port."""
    text = re.sub(r"\[production.server\n", "[production.server]\n", (home / PROFILE).read_text())
    text = re.sub(r"(?m)^port = \d+\n", "", text)
    return text.replace("[production.server]\n", f"[production.server]\nport = {number}\n")


def put(home: Path, text: str, file: str = PROFILE, mode: int = 0o644) -> None:
    """Writes a file, whole at once: who reads half of one sees a change of its own."""
    new = home / f"{file}.new"
    new.touch(mode)
    new.write_text(text)
    new.replace(home / file)


def until(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """Asks until something holds of the answer."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds(answer := ask()):
        assert time.monotonic() < deadline, answer
    return answer


def listed(client: httpx.Client, environment: str = "production") -> list[Any]:
    """The snapshots of an environment, oldest first."""
    answer = client.get(f"/config/history?environment={environment}")
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["snapshots"]))


def later_verdicts(client: httpx.Client) -> list[Any]:
    """The verdicts on production that came without other values."""
    found: list[Any] = client.get("/config/history?environment=production").json()["verdicts"]
    return found


def until_as_many(client: httpx.Client, number: int) -> list[Any]:
    """The snapshots of production, once there are so many; one more is too many."""
    found: list[Any] = until(lambda: listed(client), lambda found: len(found) >= number)
    assert len(found) == number
    return found


def shown(client: httpx.Client, snapshot: Any) -> Any:
    return client.get(f"/config/history/{snapshot['id']}").json()


def value(document: Any, key: str) -> object:
    return next((entry["value"] for entry in document["values"] if entry["key"] == key), None)


def assay(home: Path, environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "app", *arguments, "--format", "json"]
    variables = {"PATH": os.environ["PATH"], "ASSAY_LOGGING__LEVEL": "warning", **environ}
    return subprocess.run(command, cwd=home, env=variables, capture_output=True, check=False)


def number_of(text: str, metric: str) -> float:
    """The number of a metric."""
    found = re.search(rf"(?m)^{re.escape(metric)} (\S+)$", text)
    assert found, text
    return float(found[1])


def test_a_day_is_told_in_order_and_once_each(home: Path, database: OwnDatabase) -> None:
    environ = {**database.environ, **KEY}
    with (
        running(home, environ=environ) as service,
        calling(service) as client,
    ):
        until(lambda: listed(client), lambda found: len(found) == 1)
        for number in range(5):
            text = port(home, 9001 + number)
            broken = number == 2
            put(home, text.replace("[production.server]", "[production.server") if broken else text)
            if broken:
                until(lambda: later_verdicts(client), bool)
            else:
                until_as_many(client, number + 2 - (number > 2))
        secret(home, "second")
        until(lambda: listed(client), lambda found: len(found) == 6)
        for _ in range(2):
            assert client.post("/config/database/test", json={}).json()["ok"]
        told = until(lambda: client.get("/config/history").json(), lambda found: len(found["probes"]) == 2)
        snapshots = listed(client)
        documents = [shown(client, snapshot) for snapshot in snapshots]
        rotation = client.get(f"/config/history/{snapshots[-2]['id']}/diff/{snapshots[-1]['id']}").json()
        since = client.get("/config/history/key/SERVER.port?environment=production").json()
        present = client.get(f"/config/history/{snapshots[-1]['id']}/diff/now").json()
        fingerprints = {
            one["name"]: one["fingerprint"] for one in client.get("/config/environments").json()["environments"]
        }
        metrics = client.get("/metrics").text

    ports = [value(document, "server.port") for document in documents]
    assert ports == [8000, 9001, 9002, 9004, 9005, 9005]
    assert {(snapshot["valid"], snapshot["judged"]) for snapshot in snapshots} == {(True, True)}
    assert not any("SRC002" in {item["rule"] for item in one["findings"]} for one in documents)
    (broken,) = (one for one in told["verdicts"] if one["snapshot"] == snapshots[2]["id"])
    assert (broken["valid"], broken["judged"], "does not parse" in broken["reason"]) == (False, False, True)
    moments = [datetime.fromisoformat(snapshot["recorded_at"]) for snapshot in snapshots]
    assert moments == sorted(set(moments))
    assert [(change["key"], change["kind"]) for change in rotation["changes"]] == [("app.secret_key", "changed")]
    assert rotation["changes"][0]["left"]["value"] is rotation["changes"][0]["right"]["value"] is None
    assert present["changes"] == []
    assert [change["right"]["value"] for change in since["changes"]][:2] == [9005, 9004]
    assert {probe["environment"] for probe in told["probes"]} == {"development"}
    for other in ("testing", "staging", "development"):
        assert len([one for one in told["snapshots"] if one["environment"] == other]) == 1
    assert snapshots[-1]["fingerprint"] == fingerprints["production"]
    assert number_of(metrics, 'assay_history_records_total{result="lost"}') == 0
    assert number_of(metrics, "assay_history_waiting") == 0

    checked = json.loads(assay(home, environ, "check").stdout)
    assert {one["name"]: one["fingerprint"] for one in checked["environments"]} == fingerprints
    ran = assay(home, environ, "history", "list", "--env", "production")
    assert [one["id"] for one in json.loads(ran.stdout)["snapshots"]] == [one["id"] for one in reversed(snapshots)]


def test_four_workers_record_one_change_once(home: Path, database: OwnDatabase) -> None:
    with running(home, "--workers", "4", environ={**database.environ, **KEY}) as service:
        with calling(service) as client:
            results = until(lambda: results_of(client), partial(dealt_with, 4 * 4))
            before = listed(client)
            for number in range(3):
                put(home, port(home, 9001 + number))
                # Each worker deals with its own reading of each change, and only one of them has to write it.
                results = until(lambda: results_of(client), partial(dealt_with, 4 * (4 + number + 1)))
                until_as_many(client, len(before) + number + 1)
            after = listed(client)
        service.told_to_stop()
        assert service.ended(PATIENCE_SECONDS) == 0
        assert service.orphans() == []
    assert len(after) == len(before) + 3
    assert results["lost"] == 0
    assert [value for value in after if value in before] == before


def dealt_with(number: int, results: Mapping[str, float]) -> bool:
    """Whether so many verdicts were recorded, known or lost."""
    return sum(results.values()) >= number


def results_of(client: httpx.Client) -> dict[str, float]:
    text = client.get("/metrics").text
    return {word: number_of(text, f'assay_history_records_total{{result="{word}"}}')
            for word in ("recorded", "known", "lost")}  # fmt: skip


def test_while_the_database_is_away_nothing_else_fails_and_the_gap_is_told(home: Path, database: OwnDatabase) -> None:
    environ = {**database.environ, **KEY}
    with (
        running(home, environ=environ) as service,
        calling(service) as client,
    ):
        before = until(lambda: listed(client), lambda found: len(found) >= 1)
        database.stop()
        try:
            ends = time.monotonic() + OUTAGE_SECONDS
            put(home, port(home, 9001))
            until(lambda: history(client), lambda found: found["status"] == "degraded" and "wait" in found["message"])
            put(home, port(home, 9002))
            away = client.get("/metrics").text
            refused = client.get("/config/history")
            asked = 0
            while time.monotonic() < ends:
                answers = [client.get(path) for path in ("/config/validate", "/config/values", "/health/live")]
                assert [answer.status_code for answer in answers] == [200, 200, 200]
                asked += 1
            waits = history(client)["message"]
        finally:
            database.start()
        after = until(lambda: listed(client), lambda found: len(found) >= len(before) + 2)
        put(home, port(home, 9003))
        until(lambda: listed(client), lambda found: len(found) == len(before) + 3)
        gaps = until(lambda: client.get("/config/history").json()["gaps"], lambda found: len(found) == 1)
        well = until(lambda: history(client), lambda found: found["status"] == "ok")
    assert asked > 0
    assert len(after) == len(before) + 2
    assert number_of(away, "assay_history_away_since_timestamp_seconds") > 0
    assert re.search(r"Nothing can be recorded since \S+; [1-9]\d* wait, 0 were lost", waits)
    assert (refused.status_code, refused.json()["code"]) == (503, "database-unavailable")
    assert (gaps[0]["late"] >= 2, gaps[0]["lost"]) == (True, 0)
    length = datetime.fromisoformat(gaps[0]["until"]) - datetime.fromisoformat(gaps[0]["since"])
    assert length.total_seconds() > OUTAGE_SECONDS / 2
    assert well["message"] is None


def history(client: httpx.Client) -> Any:
    return client.get("/health").json()["checks"]["history"]


def test_a_check_of_ci_is_kept_beside_what_the_service_keeps(home: Path, database: OwnDatabase) -> None:
    environ = {**database.environ, **KEY}
    with (
        running(home, environ=environ) as service,
        calling(service) as client,
    ):
        before = until(lambda: listed(client), lambda found: len(found) >= 1)
        time_before = before[-1]["recorded_at"]
        assert assay(home, environ, "check", "--record").returncode == 0
        assert listed(client)[-1]["recorded_at"] == time_before
    put(home, port(home, 9007))
    ran = assay(home, environ, "check", "production", "--record")
    assert (ran.returncode, b"recorded 1 of 1 environments" in ran.stderr) == (0, True)
    found = json.loads(assay(home, environ, "history", "list", "--env", "production").stdout)["snapshots"]
    document = json.loads(assay(home, environ, "history", "show", found[0]["id"]).stdout)
    assert value(document, "server.port") == 9007
