"""GET /releases/{environment}/…: what instances are given, by the short way and by the long one alike."""

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from delivered import BEARER, EVENTS, FILES, HEAD, environ_of, listening
from litestar import Litestar
from projects import MakeProject
from releases_kit import approved, body, released
from sqlalchemy import Engine, event

from app.database.engine import ConnectionManager
from app.database.target import Target

LONG = {"Cookie": "of=another"}
"""What is not plain goes the long way."""

WAYS = {"short": BEARER, "long": BEARER | LONG}


@pytest.fixture(params=WAYS)
def headers(request: pytest.FixtureRequest) -> dict[str, str]:
    return WAYS[request.param]


@pytest.fixture
def opened(project: MakeProject, migrated: Target, ask: Any) -> Any:
    """A service of the project with a database that has releases."""
    return lambda **more: ask(project(FILES).root, environ_of(migrated, **more))


@pytest.fixture
def long_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the framework was asked."""
    went: list[str] = []
    asked = Litestar.__call__

    async def watched(self: Litestar, scope: Any, receive: Any, send: Any) -> None:
        went.append(scope.get("path", ""))
        await asked(self, scope, receive, send)

    monkeypatch.setattr(Litestar, "__call__", watched)
    return went


async def test_both_ways_give_the_same_head_and_the_same_body(
    opened: Any, manager: ConnectionManager, long_ways: list[str]
) -> None:
    made = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=BEARER)
        for path in (HEAD, f"/releases/production/body/{made.digest}"):
            long_ways.clear()
            short = await client.get(path, headers=BEARER)
            assert long_ways == []
            long = await client.get(path, headers=BEARER | LONG)
            assert long_ways == [path]
            assert (short.status_code, short.content) == (long.status_code, long.content)
            shown = [{name: value for name, value in one.headers.items() if name != "x-request-id"}
                     for one in (short, long)]  # fmt: skip
            assert shown[0] == shown[1]


async def test_neither_way_chooses_between_two(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        answer = await client.get(f"{HEAD}?after=0&after=7", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-repeated")


async def test_the_head_is_the_release_with_the_digest_key(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    made = await released(manager)
    async with opened() as client:
        answer = await client.get(HEAD, params={"wait": 60}, headers=headers)
        document = answer.json()
        again = await client.get(HEAD, headers=headers | {"If-None-Match": answer.headers["etag"]})
    assert (document["id"], document["digest"], document["state"]) == (made.id, made.digest, "head")
    assert document["supplied"] == made.supplied
    assert len(base64.b64decode(document["digest_key"])) == 32
    assert (again.status_code, again.content) == (304, b"")


async def test_a_body_is_the_released_bytes_and_may_be_kept_for_ever(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    made = await released(manager, body=body(text="the same again " * 500))
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        path = f"/releases/production/body/{made.digest}"
        plain = await client.get(path, headers=headers | {"Accept-Encoding": "identity"})
        packed = await client.get(path, headers=headers | {"Accept-Encoding": "br, gzip"})
        again = await client.get(
            path, headers=headers | {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
        )
    assert f"sha256:{hashlib.sha256(plain.content).hexdigest()}" == made.digest
    assert packed.content == plain.content
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers["etag"] != packed.headers["etag"]
    assert again.status_code == 304


async def test_a_body_of_another_environment_is_none_of_this_one(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    await released(manager)
    other = await released(manager, environment="staging", body=body(port=2))
    async with opened() as client:
        await client.get("/releases/staging/head", params={"wait": 60}, headers=headers)
        answer = await client.get(f"/releases/production/body/{other.digest}", headers=headers)
        odd = [await client.get(f"/releases/production/body/{one}", headers=headers) for one in ("%00", "a%00", "x")]
        padded = await client.get("/releases/%20production/head", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-body")
    assert [(one.status_code, one.json()["code"]) for one in odd] == [(404, "unknown-body")] * 3
    assert padded.status_code == 200


async def test_the_database_is_asked_once_for_a_body_that_is_not_in_memory(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    """Whoever asks while it is frozen would else wait twice."""
    await released(manager)
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        event.listen(Engine, "before_cursor_execute", hear)
        answer = await client.get(f"/releases/production/body/sha256:{'0' * 64}", headers=headers)
        event.remove(Engine, "before_cursor_execute", hear)
    assert answer.status_code == 404
    assert sum("SELECT release_body.body" in one for one in asked) == 1


async def test_a_body_is_none_of_anybody_before_its_release_is_approved(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    waiting = await released(manager, approvals=1)
    path = f"/releases/production/body/{waiting.digest}"
    async with opened() as client:
        await client.get(HEAD, headers=headers)
        before = await client.get(path, headers=headers)
        await approved(manager, waiting.id, "bob")
        after = await client.get(path, headers=headers)
    assert (before.status_code, before.json()["code"]) == (404, "unknown-body")
    assert (after.status_code, after.content) == (200, body(port=1).content)


async def test_a_body_of_the_past_is_found_in_whatever_case_its_environment_is_written(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    await released(manager, first.id, body=body(port=2))
    async with opened() as client:
        answer = await client.get(f"/releases/Production/body/{first.digest}", headers=headers)
    assert (answer.status_code, answer.content) == (200, body(port=1).content)


async def test_whoever_waits_is_given_the_next_release_when_it_comes(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        waiting = asyncio.create_task(client.get(HEAD, params={"after": first.id, "wait": 60}, headers=headers))
        second = await released(manager, first.id, body=body(port=2))
        answer = await waiting
    assert answer.json()["id"] == second.id


async def test_whoever_has_waited_for_nothing_is_told_so(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        answer = await client.get(HEAD, params={"after": first.id, "wait": "0.01"}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("stated", [{}, {"If-None-Match": "*"}])
async def test_a_replica_that_is_behind_says_so_and_never_that_nothing_is_new(
    opened: Any, manager: ConnectionManager, headers: dict[str, str], stated: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        asked = [await client.get(HEAD, params={"after": first.id + 1, "wait": wait}, headers=headers | stated)
                 for wait in (0, 30)]  # fmt: skip
        async with listening(client.app, last=first.id + 1, headers=headers) as listener:
            assert await listener.begun() == 503
    for answer in asked:
        assert (answer.status_code, answer.json()["code"]) == (503, "behind")
        assert int(answer.headers["retry-after"]) > 0


async def test_an_environment_without_releases_has_no_head_and_one_can_be_waited_for(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    await released(manager, environment="staging")
    async with opened() as client:
        await client.get("/releases/staging/head", params={"wait": 60}, headers=headers)
        answer = await client.get(HEAD, headers=headers)
        async with listening(client.app, headers=headers) as listener:
            assert await listener.begun() == 200
            made = await released(manager)
            event = await listener.event()
    assert (answer.status_code, answer.json()["code"]) == (404, "not-released")
    assert event
    assert event["id"] == made.id


async def test_an_environment_that_is_none_is_told_with_the_nearest(
    project: MakeProject, migrated: Target, ask: Any
) -> None:
    environ = environ_of(migrated) | {"ASSAY_AUTH__TOKENS": "[]"}
    async with ask(project(FILES).root, environ) as client:
        await client.get("/releases/production/head", params={"wait": "0.01"})
        while (answer := await client.get("/releases/prodction/head")).status_code == 503:
            await client.get(HEAD, params={"wait": "0.01"})
    assert answer.status_code == 404
    assert "production" in answer.json()["detail"]


async def test_a_stream_tells_the_head_at_once_and_each_that_follows(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        async with (
            listening(client.app, headers=headers) as fresh,
            listening(client.app, last=first.id, headers=headers) as knowing,
        ):
            one = await fresh.event()
            second = await released(manager, first.id, body=body(port=2))
            two, only = await fresh.event(), await knowing.event()
    assert one == {
        "event": "release",
        "stated": first.id,
        "id": first.id,
        "digest": first.digest,
        "jitter_ms": one["jitter_ms"],
    }
    assert two == only
    assert (two["id"], two["digest"]) == (second.id, second.digest)


async def test_streams_and_whoever_waits_end_when_the_service_says_good_bye(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        waiting = asyncio.create_task(client.get(HEAD, params={"after": first.id, "wait": 60}, headers=headers))
        async with listening(client.app, last=first.id, headers=headers) as listener:
            assert await listener.begun() == 200
            client.app._end_streams()  # noqa: SLF001 - without a loop of its own nobody can tell it
            assert await listener.event() is None
        assert (await waiting).status_code == 204


async def test_beyond_the_most_streams_the_next_is_told_so_and_everything_else_goes_on(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    first = await released(manager)
    async with opened(ASSAY_SERVER__MAX_STREAMS="2", ASSAY_SERVER__MAX_STREAMS_PER_CALLER="1") as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        async with listening(client.app, headers=headers) as one, listening(client.app, headers=headers) as two:
            assert [await one.begun(), await two.begun()] == [200, 200]
            async with listening(client.app, headers=headers) as three:
                assert await three.begun() == 503
            waits = await client.get(HEAD, params={"after": first.id, "wait": 60}, headers=headers)
            assert (waits.status_code, waits.json()["code"]) == (503, "overloaded")
            assert (await client.get(HEAD, headers=headers)).status_code == 200
            assert (await client.get("/health/live")).status_code == 200
        async with listening(client.app, headers=headers) as four:
            assert await four.begun() == 200


async def test_a_listener_who_leaves_is_counted_no_more(
    opened: Any, manager: ConnectionManager, headers: dict[str, str]
) -> None:
    await released(manager)
    async with opened() as client:
        await client.get(HEAD, params={"wait": 60}, headers=headers)
        async with listening(client.app, headers=headers) as listener:
            assert await listener.event()
            told = client.app.state.metrics.text().decode()
            assert "assay_release_listeners 1.0" in told
            assert 'assay_release_head_id{environment="production",project="orders"} 1.0' in told
        assert client.service.delivery.listeners == 0


@pytest.mark.parametrize("path", [HEAD, EVENTS])
async def test_without_a_database_there_are_no_releases(project: MakeProject, ask: Any, path: str) -> None:
    async with ask(project(FILES).root) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
