"""`/instances`: what instances report, and who runs with what."""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from delivered import BEARER, FILES, HEAD, client_token, environ_of
from projects import MakeProject, ProjectFolder
from releases_kit import released
from sqlalchemy import text

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.releases.drift import UNSEEN, digests_of
from app.releases.store.instances import MOST

READS = "canary-viewer-token"
VIEWER = {"Authorization": f"Bearer {READS}"}
STARTED = "2026-07-01T11:00:00+00:00"


def report(name: str = "web-1:17", **changed: Any) -> dict[str, Any]:
    return {"name": name, "host": "web-1", "environment": "production", "started_at": STARTED, **changed}


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project(FILES)


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    viewer = f'{{name="reads", role="viewer", sha256="{hashlib.sha256(READS.encode()).hexdigest()}"}}'
    tokens = f"[{client_token('production', 'staging')}, {viewer}]"
    return {**environ_of(migrated), "ASSAY_AUTH__TOKENS": tokens}


async def key_of(client: Any) -> bytes:
    """What the project's digests are made with, as the head tells it."""
    head = await client.get(HEAD, params={"wait": 60}, headers=BEARER)
    return base64.b64decode(head.json()["digest_key"])


async def listed(client: Any, environment: str = "", limit: int = 500) -> dict[str, Any]:
    """All instances by name, however many pages they take."""
    found: dict[str, Any] = {}
    query: dict[str, Any] = {"limit": limit, **({"environment": environment} if environment else {})}
    while True:
        answer = await client.get("/instances", params=query, headers=VIEWER)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["instances"]) <= limit
        assert found.keys().isdisjoint(one["name"] for one in page["instances"])
        found |= {one["name"]: one for one in page["instances"]}
        if page["next"] is None:
            return found
        query["before"] = page["next"]


@pytest.mark.parametrize("way", [{}, {"Cookie": "of=another"}], ids=["short", "long"])
async def test_who_reports_no_instance_is_not_given_the_key(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any, way: dict[str, str]
) -> None:
    await released(manager)
    async with ask(orders.root, environ) as client:
        assert len(await key_of(client)) == 32
        answer = await client.get(HEAD, headers=VIEWER | way)
        again = await client.get(HEAD, headers=VIEWER | way | {"If-None-Match": answer.headers["etag"]})
    assert answer.json()["digest_key"] is None
    assert again.status_code == 304


async def test_an_instance_that_has_what_its_release_says_is_current(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        key = await key_of(client)
        answer = await client.post("/instances", json=report(release=made.id, digests=digests_of({"port": 1}, key)),
                                   headers=BEARER)  # fmt: skip
        assert (answer.status_code, answer.content) == (204, b"")
        (one,) = (await listed(client)).values()
        assert (one["state"], one["release"], one["differs"], one["host"]) == ("current", made.id, [], "web-1")


async def test_one_with_another_value_is_different_in_that_key_and_since_then(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        key = await key_of(client)
        other = report(release=made.id, digests=digests_of({"port": 2}, key))
        await client.post("/instances", json=other, headers=BEARER)
        first = (await listed(client))["web-1:17"]
        await client.post("/instances", json=other, headers=BEARER)
        second = (await listed(client))["web-1:17"]
    assert first["state"] == "different"
    assert [one["key"] for one in first["differs"]] == ["port"]
    assert second["differs"] == first["differs"], "it differs since the same moment"


async def test_a_value_that_changes_while_a_process_runs_differs_since_then(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        key = await key_of(client)
        seen: list[dict[str, Any]] = []
        for port in (1, 2, 2):
            told = report(release=made.id, digests=digests_of({"port": port}, key))
            await client.post("/instances", json=told, headers=BEARER)
            seen.append((await listed(client))["web-1:17"])
    assert [one["state"] for one in seen] == ["current", "different", "different"]
    assert seen[1]["differs"] == [{"key": "port", "since": seen[1]["seen_at"]}]
    assert seen[2]["differs"] == seen[1]["differs"]


async def test_pages_hold_each_instance_once_and_hold_them_against_all_of_them(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        key = await key_of(client)
        for number in range(5):
            digests = digests_of({"port": 1, "own": "other" if number == 2 else "same"}, key)
            told = report(f"web-{number}:17", release=made.id, digests=digests)
            assert (await client.post("/instances", json=told, headers=BEARER)).status_code == 204
        whole, single = await listed(client), await listed(client, limit=1)
        refused = [(await client.get(f"/instances?{query}", headers=VIEWER)).status_code
                   for query in ("limit=0", "limit=501", "before=x")]  # fmt: skip
    assert {name: one["state"] for name, one in single.items()} == {
        **dict.fromkeys((f"web-{number}:17" for number in range(5)), "current"), "web-2:17": "different",
    }  # fmt: skip
    assert single == whole
    assert refused == [400, 400, 400]


async def test_metrics_count_who_runs_with_which_release(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    first = await released(manager)
    second = await released(manager, first.id, at=first.created_at + timedelta(hours=1))
    await filled(manager, "production", 3, datetime.now(UTC) - 2 * UNSEEN)
    async with ask(orders.root, environ) as client:
        for name, number in (("a", first.id), ("b", second.id), ("c", second.id), ("d", None)):
            told = report(name, release=number, digests={"port": "0" * 64} if name == "b" else {})
            assert (await client.post("/instances", json=told, headers=BEARER)).status_code == 204
        lines = (await client.get("/metrics", headers=VIEWER)).text.splitlines()
    counts = [line for line in lines if line.startswith("assay_instances{")]
    assert sorted(counts) == [
        'assay_instances{environment="production",project="orders",release="",state="old"} 1.0',
        'assay_instances{environment="production",project="orders",release="",state="unseen"} 3.0',
        f'assay_instances{{environment="production",project="orders",release="{first.id}",state="old"}} 1.0',
        f'assay_instances{{environment="production",project="orders",release="{second.id}",state="current"}} 1.0',
        f'assay_instances{{environment="production",project="orders",release="{second.id}",state="unjudged"}} 1.0',
    ]
    (oldest,) = (line.split()[1] for line in lines if line.startswith("assay_release_oldest_in_use_timestamp_seconds{"))
    assert float(oldest) == first.created_at.timestamp()


async def test_the_command_line_says_the_same(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    await released(manager)
    async with ask(orders.root, environ) as client:
        await client.post("/instances", json=report(), headers=BEARER)
        over_rest = (await client.get("/instances?environment=production", headers=VIEWER)).json()
    ran = await asyncio.to_thread(orders.assay, "instances", "production", "--format", "json", **environ)
    states = [(one["name"], one["release"]) for one in ran.json["instances"]]
    assert states == [(one["name"], one["release"]) for one in over_rest["instances"]]
    told = (await asyncio.to_thread(orders.assay, "instances", **environ)).out
    assert "production: 1 old" in told or "production: 1 unseen" in told
    assert "web-1:17  no release" in told


async def test_an_environment_without_instances_is_empty_and_an_unknown_one_is_told(
    orders: ProjectFolder, environ: Mapping[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        assert await listed(client, "staging") == {}
        answer = await client.get("/instances?environment=prodction", headers=VIEWER)
        assert (answer.status_code, answer.json()["code"]) == (404, "environment-unknown")


async def test_a_client_reports_for_its_environments_alone_and_reads_nothing(
    orders: ProjectFolder, environ: Mapping[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.post("/instances", json=report(environment="development"), headers=BEARER)
        assert answer.status_code == 403
        assert (await client.get("/instances", headers=BEARER)).status_code == 403
        assert (await client.post("/instances", json=report())).status_code == 401


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"digests": {"port": "no digest"}}, "digests"),
        ({"digests": {"port": "canary-value"}}, "digests"),
        ({"digests": {"p" * 1001: "0" * 64}}, "digests"),
        ({"started_at": "2026-07-01T11:00:00"}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59-14:00"}, "started_at"),
        ({"name": ""}, "name"),
        ({"release": 0}, "release"),
        ({"relase": 7}, "relase"),
    ],
)
async def test_what_is_no_report_is_told_by_its_field(
    orders: ProjectFolder, environ: Mapping[str, str], ask: Any, changed: Any, key: str
) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.post("/instances", json=report(**changed), headers=BEARER)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-invalid")
    assert key in answer.text
    assert "canary-value" not in answer.text


@pytest.mark.parametrize(("count", "status"), [(5_000, 204), (5_001, 422), (20_000, 413)])
async def test_thousands_of_keys_are_taken_whatever_the_largest_body_elsewhere(
    orders: ProjectFolder, environ: Mapping[str, str], ask: Any, count: int, status: int
) -> None:
    digests = {f"section.table.key_number_{number}": "0" * 64 for number in range(count)}
    async with ask(orders.root, {**environ, "ASSAY_SERVER__MAX_BODY_BYTES": "1024"}) as client:
        answer = await client.post("/instances", json=report(digests=digests), headers=BEARER)
    assert answer.status_code == status


async def test_many_reports_in_a_minute_are_taken(orders: ProjectFolder, environ: Mapping[str, str], ask: Any) -> None:
    async with ask(orders.root, {**environ, "ASSAY_SERVER__POSTS_PER_MINUTE": "5"}) as client:
        for number in range(10):
            answer = await client.post("/instances", json=report(f"web-{number}"), headers=BEARER)
            assert answer.status_code == 204
        assert len(await listed(client)) == 10


async def test_one_that_has_told_nothing_of_its_values_is_unjudged_and_not_current(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    made = await released(manager)
    async with ask(orders.root, environ) as client:
        for name, number in (("silent", made.id), ("old", None)):
            await client.post("/instances", json=report(name, release=number), headers=BEARER)
        states = {name: (one["state"], one["judged"]) for name, one in (await listed(client)).items()}
        told = (await asyncio.to_thread(orders.assay, "instances", **environ)).out
    assert states == {"silent": ("current", False), "old": ("old", False)}
    assert "unjudged  silent" in told


def since(second: int) -> str:
    return f"2026-07-01T11:00:{second:02}+00:00"


async def test_processes_that_report_under_one_name_in_turn_are_told(
    orders: ProjectFolder, environ: Mapping[str, str], ask: Any
) -> None:
    """A process and its successor are no two: the first is gone."""
    counts = []
    async with ask(orders.root, environ) as client:
        for start in (1, 1, 2, 2, 1, 3, 2):
            await client.post("/instances", json=report(started_at=since(start)), headers=BEARER)
            counts.append((await listed(client))["web-1:17"]["processes"])
        told = (await asyncio.to_thread(orders.assay, "instances", **environ)).out
        page = (await client.get("/?view=instances", headers=VIEWER)).text
    assert counts == [1, 1, 1, 1, 2, 3, 3]
    assert "3 processes report under this name" in told
    assert "3 processes report under this name" in page


_LONG_AGO = text(
    "UPDATE instance SET shared_at = now() - interval '200 seconds', processes = "
    "(SELECT jsonb_object_agg(key, now() - interval '200 seconds') FROM jsonb_each(processes))"
)


async def test_processes_that_took_turns_are_told_no_more_when_one_of_them_is_left(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        for start in (1, 2, 1):
            await client.post("/instances", json=report(started_at=since(start)), headers=BEARER)
        assert (await listed(client))["web-1:17"]["processes"] == 2
        async with manager.session() as session:
            await session.execute(_LONG_AGO)
        await client.post("/instances", json=report(started_at=since(2)), headers=BEARER)
        assert (await listed(client))["web-1:17"]["processes"] == 1


_MANY = text(
    "INSERT INTO instance (project, environment, name, host, started_at, seen_at, digests, since) "
    "SELECT 'orders', :environment, 'other-' || number, 'h', :at, :at, '{}', '{}' "
    "FROM generate_series(1, :count) AS number"
)


async def filled(manager: ConnectionManager, environment: str, count: int, at: datetime) -> None:
    """Has so many others report of an environment at one moment."""
    async with manager.session() as session:
        await session.execute(_MANY, {"environment": environment, "count": count, "at": at})


async def test_an_environment_full_of_instances_takes_no_new_name_and_goes_on_hearing_the_known(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    await filled(manager, "production", MOST - 1, datetime.now(UTC))
    async with ask(orders.root, environ) as client:
        last = await client.post("/instances", json=report(), headers=BEARER)
        beyond = await client.post("/instances", json=report("web-2:17"), headers=BEARER)
        again = await client.post("/instances", json=report(), headers=BEARER)
        elsewhere = await client.post("/instances", json=report(environment="staging"), headers=BEARER)
        assert len(await listed(client, "production")) == MOST
    assert [one.status_code for one in (last, beyond, again, elsewhere)] == [204, 429, 204, 204]
    assert beyond.json()["code"] == "too-many-instances"
    assert "ASSAY_INSTANCE" in beyond.json()["detail"]


async def test_a_new_name_takes_the_place_of_whoever_is_unseen(
    orders: ProjectFolder, environ: Mapping[str, str], manager: ConnectionManager, ask: Any
) -> None:
    await filled(manager, "production", MOST, datetime.now(UTC) - 2 * UNSEEN)
    async with ask(orders.root, environ) as client:
        answer = await client.post("/instances", json=report(), headers=BEARER)
        found = await listed(client, "production")
    assert answer.status_code == 204
    assert len(found) == MOST
    assert "web-1:17" in found


async def test_without_a_database_there_are_no_instances(orders: ProjectFolder, ask: Any) -> None:
    async with ask(orders.root, {"ASSAY_AUTH__TOKENS": f"[{client_token('production')}]"}) as client:
        answer = await client.post("/instances", json=report(), headers=BEARER)
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
