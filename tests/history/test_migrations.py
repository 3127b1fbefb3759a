from collections.abc import Iterator
from itertools import pairwise

import pytest
from drafts import NOON, draft, finding, listed, newest, write
from postgres import run
from releases_kit import approved, head, released
from sqlalchemy import Connection, inspect, text

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import queries, schema
from app.history.store.drafts import GapDraft
from app.history.store.recording import record_gap

PROBE = """
INSERT INTO probe (id, environment, asked_at, asked_by, ok, elapsed_ms, target, stages)
VALUES (gen_random_uuid(), 'production', now(), 'ci', true, 1.5,
        '{"host": "db", "port": 5432, "name": "orders", "username": "app", "tls": "disable"}', '[]')
"""
INSTANCE = """
INSERT INTO instance (project, environment, name, host, started_at, seen_at, digests, since)
VALUES ('orders', 'production', 'web-1:17', 'web-1', now(), now(), '{}', '{}')
ON CONFLICT DO NOTHING;
"""
DIGEST_KEY = "INSERT INTO digest_key VALUES ('orders', 'key') ON CONFLICT DO NOTHING"
REVISIONS = [revision.id for revision in reversed(schema.revisions())]


async def _fill(manager: ConnectionManager) -> None:
    """Rows in every table of the newest revision."""
    broken = {"findings": (finding(),)}
    await write(manager, draft({"a": 1}), draft({"a": 2, "b": "x"}, 1, **broken), draft({"a": 2, "b": "x"}, 2))
    async with manager.session() as session:
        gap = GapDraft(project="orders", host="web-1", since=NOON, until=NOON, late=0, lost=1)
        await record_gap(session, gap)
        await session.execute(text(INSTANCE))
        await session.execute(text(DIGEST_KEY))
    before = await head(manager)
    newest = await released(manager, before.id if before else None)
    waiting = await released(manager, newest.id, approvals=2)
    await approved(manager, waiting.id, "bob")


def _rows(connection: Connection) -> dict[str, int]:
    tables = set(inspect(connection).get_table_names()) - {schema.VERSION_TABLE}
    return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}  # noqa: S608


async def _counted(manager: ConnectionManager) -> dict[str, int]:
    async with manager.connect() as connection:
        return await connection.run_sync(_rows)


@pytest.mark.parametrize("revision", ["base", *REVISIONS])
async def test_from_each_revision_it_goes_up_and_back_with_rows_in_the_tables(postgres: Target, revision: str) -> None:
    manager = ConnectionManager(postgres)
    if revision != "base":
        await schema.upgrade(manager, revision)
        await run(postgres, PROBE)
    before = await _counted(manager)
    await schema.upgrade(manager)
    await _fill(manager)
    assert all(count for table, count in (await _counted(manager)).items() if table != "probe")
    await schema.downgrade(manager, revision)
    after = await _counted(manager)
    assert after.keys() == before.keys()
    assert after.get("probe") == before.get("probe")
    await schema.upgrade(manager)
    assert (await schema.state(manager)).pending == 0
    await _fill(manager)
    assert len((await newest(manager)).values) == 2
    await manager.close()


async def test_probes_of_before_projects_were_recorded_belong_to_each(postgres: Target) -> None:
    manager = ConnectionManager(postgres)
    await schema.upgrade(manager, "0001")
    await run(postgres, PROBE)
    await schema.upgrade(manager)
    async with manager.session() as session:
        (found,) = (await queries.probes(session, "orders", limit=5)).probes
    assert (found.asked_by, found.ok, found.target.host) == ("ci", True, "db")
    assert len((await listed(manager)).probes) == 1
    await manager.close()


def _steps() -> Iterator[tuple[str, str]]:
    return pairwise(["base", *REVISIONS])


@pytest.mark.parametrize(("low", "high"), list(_steps()))
async def test_each_revision_takes_back_just_what_it_made(postgres: Target, low: str, high: str) -> None:
    def described(connection: Connection) -> dict[str, object]:
        found = inspect(connection)
        tables = sorted(set(found.get_table_names()) - {schema.VERSION_TABLE})
        return {
            table: (sorted(str(column) for column in found.get_columns(table)), found.get_indexes(table))
            for table in tables
        }

    manager = ConnectionManager(postgres)
    if low != "base":
        await schema.upgrade(manager, low)
    async with manager.connect() as connection:
        before = await connection.run_sync(described)
    await schema.upgrade(manager, high)
    async with manager.connect() as connection:
        assert await connection.run_sync(described) != before
    await schema.downgrade(manager, low)
    async with manager.connect() as connection:
        assert await connection.run_sync(described) == before
    await manager.close()


BASES = "SELECT id, base FROM release ORDER BY id"


async def test_what_waits_while_the_tables_are_upgraded_keeps_the_head_that_it_was_compared_with(
    postgres: Target,
) -> None:
    manager = ConnectionManager(postgres)
    await schema.upgrade(manager)
    first = await released(manager)
    waiting = [await released(manager, first.id, approvals=1, at=NOON) for _ in range(2)]
    await schema.downgrade(manager, "0005")
    await schema.upgrade(manager)
    async with manager.session() as session:
        bases = {row.id: row.base for row in await session.execute(text(BASES))}
    assert bases == {first.id: None, **dict.fromkeys((one.id for one in waiting), first.id)}
    assert (await approved(manager, waiting[0].id, "bob")).state == "head"
    await manager.close()
