"""`assay check --record`: the report in any case, and the result in the history where that can be."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from ports import unused_port
from postgres import run
from projects import MakeProject, ProjectFolder, Ran
from remembered import variables

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store.queries import snapshot, snapshots
from app.reports.history import Recorded

FILES = {
    "assay.toml": 'known_environments = ["staging", "production"]\nenv = "staging"\n',
    "settings.toml": "[default]\nport = 1\n[production]\nport = 2\n",
}
BROKEN = {"settings.toml": "[default]\nport = 1\n[production\n"}


def check(made: ProjectFolder, environ: Mapping[str, str], *arguments: str) -> Ran:
    return made.assay("check", *arguments, "--record", "--format", "json", **environ)


async def recorded(target: Target, environment: str) -> list[Recorded]:
    """What the history has of an environment, newest first."""
    manager = ConnectionManager(target)
    try:
        async with manager.session() as session:
            found = await snapshots(session, "orders", environment=environment, limit=50, before=None)
            return [await snapshot(session, "orders", one.id) for one in found.snapshots]
    finally:
        await manager.close()


async def test_the_result_is_kept_once(project: MakeProject, migrated: Target) -> None:
    made = project(FILES)
    first = await asyncio.to_thread(check, made, variables(migrated))
    again = await asyncio.to_thread(check, made, variables(migrated))
    (production,) = await recorded(migrated, "production")
    (staging,) = await recorded(migrated, "staging")
    assert "recorded 2 of 2 environments" in first.err
    assert "recorded 0 of 2 environments" in again.err
    assert first.out == again.out
    assert production.fingerprint == first.json["environments"][1]["fingerprint"]
    assert (staging.active, production.active) == (True, False)
    assert {value.key: value.value for value in production.values} == {"port": 2}


async def test_what_is_not_valid_is_kept_too_and_ends_with_1(project: MakeProject, migrated: Target) -> None:
    made = project(FILES)
    await asyncio.to_thread(check, made, variables(migrated))
    ran = await asyncio.to_thread(check, made.write(BROKEN).later(), variables(migrated))
    found = await recorded(migrated, "production")
    assert ran.status == 1
    assert (found[0].valid, "SRC002" in {item.rule for item in found[0].findings}) == (False, True)


async def test_what_a_baseline_hides_is_kept(project: MakeProject, migrated: Target) -> None:
    made = project({**FILES, "settings.toml": "production = 5\n[default]\nport = 1\n"})
    await asyncio.to_thread(made.assay, "check", "--write-baseline", "known.json")
    ran = await asyncio.to_thread(check, made, variables(migrated), "--baseline", "known.json")
    (found,) = await recorded(migrated, "production")
    assert (ran.status, ran.json["counts"]["error"]) == (0, 0)
    assert found.counts.error > 0


async def test_variables_of_another_environment_are_another_series(project: MakeProject, migrated: Target) -> None:
    made = project(FILES)
    environ = {**variables(migrated), "DYNACONF_PORT": "7"}
    await asyncio.to_thread(check, made, environ)
    await asyncio.to_thread(check, made, environ, "--environ", "all")
    found = await recorded(migrated, "production")
    assert {one.active: [value.value for value in one.values] for one in found} == {False: [2], True: [7]}


async def test_only_the_named_environments_are_kept(project: MakeProject, migrated: Target) -> None:
    await asyncio.to_thread(check, project(FILES), variables(migrated), "production")
    assert len(await recorded(migrated, "production")) == 1
    assert await recorded(migrated, "staging") == []


@pytest.fixture
def away() -> dict[str, str]:
    return {"ASSAY_DATABASE__HOST": "127.0.0.1", "ASSAY_DATABASE__PORT": str(unused_port())}


def test_without_an_answer_the_report_is_printed_and_the_status_is_3(project: MakeProject, away: Any) -> None:
    ran = check(project(FILES), away)
    assert (ran.status, ran.json["valid"]) == (3, True)
    assert "The result was not recorded." in ran.err
    assert "fix:" in ran.err


def test_findings_beat_a_database_that_is_away(project: MakeProject, away: Any) -> None:
    ran = check(project({**FILES, **BROKEN}), away)
    assert (ran.status, ran.json["valid"]) == (1, False)
    assert "The result was not recorded." in ran.err


def test_where_no_database_is_named_that_is_told(project: MakeProject) -> None:
    ran = check(project(FILES), {})
    assert (ran.status, ran.json["valid"]) == (2, True)
    assert "names no database" in ran.err
    assert "database.url" in ran.err


def test_where_nothing_is_to_be_remembered_that_is_told(project: MakeProject, away: Any) -> None:
    ran = check(project(FILES), {**away, "ASSAY_HISTORY__ENABLED": "false"})
    assert (ran.status, ran.json["valid"]) == (2, True)
    assert "history.enabled" in ran.err


async def test_tables_that_are_not_there_are_told_with_what_makes_them(project: MakeProject, postgres: Target) -> None:
    made = project(FILES)
    ran = await asyncio.to_thread(check, made, variables(postgres))
    assert (ran.status, ran.json["valid"]) == (3, True)
    assert "assay db upgrade" in ran.err


async def test_a_database_that_takes_nothing_is_told(project: MakeProject, migrated: Target) -> None:
    await run(migrated, f'ALTER DATABASE "{migrated.name}" SET default_transaction_read_only = on')
    ran = await asyncio.to_thread(check, project(FILES), variables(migrated))
    assert (ran.status, ran.json["valid"]) == (3, True)
    assert "The result was not recorded." in ran.err
