import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from app.database.engine import ConnectionManager
from app.database.probe import probe
from app.database.target import Target
from app.errors import ArgumentError, DatabaseUnavailable
from app.history import schema
from app.history.models import Model
from app.history.repository import recent_probes, record_probe

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


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
        assert await connection.run_sync(_tables) == {*Model.metadata.tables, schema.VERSION_TABLE}
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
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Model.metadata))

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
    with pytest.raises(Exception, match="ix_probe_environment_asked_at"):
        await schema.upgrade(empty)
    async with empty.connect() as connection:
        assert await connection.run_sync(_tables) == {"ix_probe_environment_asked_at"}
    await empty.close()


def test_migrations_open_no_connection_of_their_own() -> None:
    with pytest.raises(ArgumentError, match="need a connection"):
        command.upgrade(schema.configuration(), "head")


async def test_probes_come_back_newest_first_and_without_their_password(manager: ConnectionManager) -> None:
    answer = await probe(manager.target)
    async with manager.session() as session:
        for hour, environment in enumerate(["production", "staging", "production"]):
            asked_at = NOON + timedelta(hours=hour)
            await record_probe(session, answer, environment=environment, asked_by="ci", asked_at=asked_at)
    async with manager.session() as session:
        found = await recent_probes(session)
        assert [record.asked_at.hour for record in found] == [14, 13, 12]
        of_one = await recent_probes(session, environment="production", limit=1)
        assert [(record.environment, record.asked_at.hour) for record in of_one] == [("production", 14)]
        assert of_one[0].ok
        assert of_one[0].target["host"] == manager.target.host
        assert of_one[0].stages[0]["name"] == "resolve"
        whole = await session.scalar(text("SELECT string_agg(probe::text, '') FROM probe"))
    assert manager.target.password
    assert manager.target.password not in (whole or "")


async def test_a_failed_probe_keeps_its_reason(manager: ConnectionManager) -> None:
    answer = await probe(replace(manager.target, password="wrong"))
    async with manager.session() as session:
        await record_probe(session, answer, environment=None, asked_by="operator", asked_at=NOON)
        (record,) = await recent_probes(session)
        assert (record.ok, record.failed_stage, record.code, record.sqlstate) == (
            False,
            "login",
            "password-rejected",
            "28P01",
        )
        assert record.server is None


async def test_history_without_its_database_is_unavailable(manager: ConnectionManager) -> None:
    await manager.close()
    with pytest.raises(DatabaseUnavailable):
        await schema.state(manager)
