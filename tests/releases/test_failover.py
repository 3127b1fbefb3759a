"""Releases over a failover: with a real primary and a standby that streams from it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from drafts import NOON
from postgres import run
from projects import MakeProject
from release_histories.database_pair import Node, Pair, servers_home
from releases_kit import head

from app.core.errors import DatabaseUnavailable
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.project.workspace import open_workspace
from app.releases.errors import ReleaseUnconfirmed
from app.releases.store import queries
from app.service.releasing.releases import Releasing
from app.settings.releases import ReleasesSettings

FILES = {"assay.toml": "merge_enabled = true\n", "settings.toml": "[default]\nport = 1\n[production]\nsize = 2\n"}


@pytest.fixture
async def pair(postgres_programs: Path | None) -> AsyncIterator[tuple[Node, Node]]:
    """A primary with the tables, which waits for the standby that streams from it."""
    with servers_home() as home:
        found = Pair(home, postgres_programs)
        try:
            await found.start()
            yield found.nodes
        finally:
            found.stop()


@pytest.fixture
def orders(project: MakeProject) -> Path:
    return project(FILES).root


def releasing(manager: ConnectionManager, root: Path, *, synchronous: bool = True) -> Releasing:
    workspace = open_workspace(root, {})
    settings = ReleasesSettings(synchronous=synchronous)
    return Releasing(manager=manager, workspace=lambda: workspace, settings=settings, author="ada", clock=lambda: NOON)


async def ids(target: Target) -> list[int]:
    """The releases that a server has, oldest first."""
    session = await asyncpg.connect(**target.arguments())
    found = [row["id"] for row in await session.fetch("SELECT id FROM release ORDER BY id")]
    await session.close()
    return found


async def test_a_server_that_waits_for_nobody_takes_no_synchronous_release(
    manager: ConnectionManager, orders: Path
) -> None:
    with pytest.raises(ReleaseUnconfirmed, match="synchronous_standby_names is empty"):
        await releasing(manager, orders).release("production", "")
    assert await head(manager) is None


async def test_what_was_confirmed_outlives_the_primary_and_no_id_comes_twice(
    pair: tuple[Node, Node], orders: Path
) -> None:
    primary, standby = pair
    before = ConnectionManager(primary.target)
    made = [await releasing(before, orders).release("production", str(number)) for number in range(3)]
    assert await ids(standby.target) == [one.id for one in made]  # it has applied them when they are told
    await before.close()
    await asyncio.to_thread(primary.stop)
    await run(standby.target, "SELECT pg_promote(wait => true)")
    after = ConnectionManager(standby.target)
    newest = await releasing(after, orders, synchronous=False).release("production", "after")
    assert newest.epoch == made[-1].epoch + 1
    assert newest.id > made[-1].id + 100_000
    assert await ids(standby.target) == [*(one.id for one in made), newest.id]
    back = await releasing(after, orders, synchronous=False).rollback(made[0].id)
    assert (back.digest, back.id) == (made[0].digest, newest.id + 1)
    await after.close()


async def test_what_no_standby_confirms_is_told_and_nothing_is_lost(
    pair: tuple[Node, Node], orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primary, standby = pair
    manager = ConnectionManager(primary.target)
    first = await releasing(manager, orders).release("production", "first")
    await run(standby.target, "SELECT pg_wal_replay_pause()")
    with monkeypatch.context() as patch:
        patch.setattr("app.service.questions._PATIENCE_SECONDS", 2.0)
        with pytest.raises(ReleaseUnconfirmed, match="no synchronous standby has acknowledged it"):
            await releasing(manager, orders).release("production", "second")
    await run(standby.target, "SELECT pg_wal_replay_resume()")
    third = await releasing(manager, orders).release("production", "third")
    assert third.id > first.id
    async with manager.session() as session:
        kept = (await queries.releases(session, "orders", limit=10)).releases
    assert [one.message for one in kept] in (["third", "second", "first"], ["third", "first"])
    assert await ids(standby.target) == [one.id for one in reversed(kept)]
    await manager.close()


async def test_without_its_standby_nothing_is_released(pair: tuple[Node, Node], orders: Path) -> None:
    primary, standby = pair
    manager = ConnectionManager(primary.target)
    await asyncio.to_thread(standby.stop)
    with pytest.raises(ReleaseUnconfirmed, match="No synchronous standby streams"):
        await releasing(manager, orders).release("production", "")
    assert await ids(primary.target) == []
    await manager.close()


async def test_a_standby_says_that_it_takes_no_release(pair: tuple[Node, Node], orders: Path) -> None:
    primary, standby = pair
    first, second = ConnectionManager(primary.target), ConnectionManager(standby.target)
    made = await releasing(first, orders).release("production", "")
    assert (await releasing(second, orders).shown(made.id)).digest == made.digest
    with pytest.raises(DatabaseUnavailable, match="The server only reads"):
        await releasing(second, orders, synchronous=False).release("production", "")
    for manager in (first, second):
        await manager.close()
