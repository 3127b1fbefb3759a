"""What a replica gives while its database is away, and once it is there again."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from delivered import BEARER, FILES, HEAD, environ_of
from patience import PATIENCE_SECONDS
from projects import MakeProject
from releases_kit import body, released
from services import OwnDatabase, own_database

from app.database.engine import ConnectionManager
from app.history.store import schema


@pytest.fixture
def database() -> Iterator[OwnDatabase]:
    with own_database() as found:
        yield found


async def released_in(database: OwnDatabase, base: int | None, port: int) -> int:
    manager = ConnectionManager(database.target)
    try:
        await schema.upgrade(manager)
        return (await released(manager, base, body=body(port=port))).id
    finally:
        await manager.close()


@pytest.mark.parametrize("fault", ["stop", "freeze"])
async def test_heads_and_bodies_are_given_while_the_database_is_away_and_the_next_when_it_is_back(
    database: OwnDatabase, project: MakeProject, ask: Any, fault: str
) -> None:
    first = await released_in(database, None, 1)
    async with ask(project(FILES).root, environ_of(database.target)) as client, asyncio.timeout(PATIENCE_SECONDS):
        known = (await client.get(HEAD, headers=BEARER)).json()
        await asyncio.to_thread(getattr(database, fault))
        while (await client.get("/health")).json()["checks"]["releases"]["status"] != "degraded":
            pass
        answers = [await client.get(path, headers=BEARER)
                   for path in (HEAD, f"/releases/production/body/{known['digest']}")]  # fmt: skip
        await asyncio.to_thread(database.start if fault == "stop" else database.thaw)
        second = await released_in(database, first, 2)
        newer = await client.get(HEAD, params={"after": first, "wait": 60}, headers=BEARER)
        health = (await client.get("/health")).json()["checks"]["releases"]
    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json()["id"] == first
    assert newer.json()["id"] == second
    assert health["status"] == "ok"
