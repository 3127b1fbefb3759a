import asyncio
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from postgres import run
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app.core.errors import ArgumentError, DatabaseUnavailable, MigrationFailed, SchemaUnknown
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema
from app.history.store.revisions import revision_ids
from app.releases.store.models import TABLES
from app.settings.database import PoolSettings


@pytest.fixture
async def empty(postgres: Target) -> ConnectionManager:
    return ConnectionManager(postgres)


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_upgrading_brings_every_table_and_downgrading_takes_them_back(empty: ConnectionManager) -> None:
    await schema.upgrade(empty)
    state = await schema.state(empty)
    assert (state.current, state.head, state.pending) == (schema.head(), schema.head(), 0)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == {*TABLES.tables, schema.VERSION_TABLE}
    await schema.downgrade(empty, "base")
    state = await schema.state(empty)
    assert (state.current, state.pending) == (None, len(schema.revisions()))
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == {schema.VERSION_TABLE}
    await empty.close()


async def test_upgrading_twice_changes_nothing(empty: ConnectionManager) -> None:
    await schema.upgrade(empty)
    await schema.upgrade(empty)
    assert (await schema.state(empty)).pending == 0
    await empty.close()


async def test_the_migrations_make_what_the_models_say(manager: ConnectionManager) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"version_table": schema.VERSION_TABLE, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), TABLES))

    async with manager.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_two_upgrades_at_once_wait_for_each_other(postgres: Target) -> None:
    managers = [ConnectionManager(postgres) for _ in range(4)]
    await asyncio.gather(*(schema.upgrade(manager) for manager in managers))
    assert (await schema.state(managers[0])).pending == 0
    for manager in managers:
        await manager.close()


async def test_a_migration_that_fails_leaves_nothing_behind(empty: ConnectionManager) -> None:
    async with empty.connect() as connection:
        await connection.execute(text("CREATE TABLE ix_probe_environment_asked_at (taken int)"))
    with pytest.raises(MigrationFailed, match="ix_probe_environment_asked_at"):
        await schema.upgrade(empty)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == {"ix_probe_environment_asked_at"}
    await empty.close()


async def test_a_step_tells_where_it_came_from_and_what_it_did(empty: ConnectionManager) -> None:
    up = await schema.upgrade(empty)
    assert (up.before, up.after) == (None, schema.head())
    assert [step.id for step in up.steps] == [revision.id for revision in reversed(schema.revisions())]
    down = await schema.downgrade(empty, "base")
    assert (down.before, down.after) == (schema.head(), None)
    assert [step.id for step in down.steps] == [revision.id for revision in schema.revisions()]
    again = await schema.downgrade(empty, "base")
    assert (again.before, again.after, again.steps) == (None, None, ())
    await empty.close()


@pytest.mark.parametrize("asked", ["0001", "+1"])
async def test_a_revision_is_named_by_its_id_or_relative_to_the_current(empty: ConnectionManager, asked: str) -> None:
    assert (await schema.upgrade(empty, asked)).after == "0001"
    assert (await schema.downgrade(empty, "-1")).after is None
    await empty.close()


@pytest.mark.parametrize("asked", ["0009", "000", "haed", "", "+9", "-1"])
async def test_an_unknown_revision_is_named_before_anything_is_done(empty: ConnectionManager, asked: str) -> None:
    with pytest.raises(ArgumentError, match="no revision"):
        await schema.upgrade(empty, asked)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == set()
    await empty.close()


def test_the_scripts_read_without_alembic_are_the_same() -> None:
    assert revision_ids() == tuple(revision.id for revision in schema.revisions())


async def test_a_misspelled_revision_suggests_the_nearest(empty: ConnectionManager) -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'head'"):
        await schema.upgrade(empty, "haed")
    assert empty.pool.idle == 0  # a typing error needs no connection


async def test_the_wrong_direction_names_the_right_one(manager: ConnectionManager) -> None:
    with pytest.raises(ArgumentError, match="older than the tables") as caught:
        await schema.upgrade(manager, "base")
    assert "db downgrade base" in caught.value.fix
    await schema.downgrade(manager, "base")
    with pytest.raises(ArgumentError, match="newer than the tables"):
        await schema.downgrade(manager, "head")


async def test_tables_of_a_newer_version_are_left_alone(manager: ConnectionManager) -> None:
    async with manager.connect() as connection:
        await connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = 'f00d'"))  # noqa: S608
    for step in (schema.upgrade(manager), schema.downgrade(manager, "base")):
        with pytest.raises(SchemaUnknown, match="'f00d', which this version of Assay does not know"):
            await step
    state = await schema.state(manager)
    assert (state.current, state.pending) == ("f00d", 0)


async def test_a_role_that_may_not_make_tables_is_told_so(postgres: Target) -> None:
    role = f"{postgres.name}_guest"
    await run(postgres, f"CREATE ROLE {role} LOGIN PASSWORD 'guest'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    manager = ConnectionManager(replace(postgres, username=role, password="guest"))
    with pytest.raises(MigrationFailed, match=f"The role {role} may not change the tables") as caught:
        await schema.upgrade(manager)
    assert f"TO {role}" in caught.value.fix
    await manager.close()
    await run(postgres, f"DROP ROLE {role}")


async def test_a_read_only_server_is_told(postgres: Target) -> None:
    await run(postgres, f'ALTER DATABASE "{postgres.name}" SET default_transaction_read_only = on')
    manager = ConnectionManager(postgres)
    with pytest.raises(MigrationFailed, match="read-only"):
        await schema.upgrade(manager)
    await manager.close()


async def test_a_migration_takes_longer_than_a_statement_may(migrated: Target) -> None:
    limit = 0.2
    for pgbouncer in (False, True):  # kept by the server, and on our side
        manager = ConnectionManager(replace(migrated, statement_timeout=limit), pgbouncer=pgbouncer)
        async with manager.connect() as connection, schema.alone(connection):
            await connection.execute(text("SELECT pg_sleep(0.5)"))
        with pytest.raises((DBAPIError, TimeoutError)):
            await _sleep(manager)
        await manager.close()


async def _sleep(manager: ConnectionManager) -> None:
    async with manager.connect() as connection:
        await connection.execute(text("SELECT pg_sleep(0.5)"))


async def test_work_goes_on_while_the_tables_are_migrated(postgres: Target) -> None:
    manager = ConnectionManager(postgres, pool=PoolSettings(size=2, max_overflow=0))
    async with manager.connect() as connection:
        await connection.execute(text("SELECT 1"))
        await schema.upgrade(manager)
        assert await connection.scalar(text("SELECT 2")) == 2
    assert manager.pool.idle == 2
    await manager.close()


async def test_history_without_its_database_is_unavailable(manager: ConnectionManager) -> None:
    await manager.close()
    with pytest.raises(DatabaseUnavailable):
        await schema.state(manager)
