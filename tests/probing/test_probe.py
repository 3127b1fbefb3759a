"""What a probe tells where nothing is wrong, and how it tells it. What goes wrong has its rows in test_fault_*.py."""

import ast
import asyncio
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from postgres import run
from verdicts import CANARY, passed, probed

from app.core.outcomes import STAGES, FailureCode
from app.database.error_advice import ADVICE
from app.database.target import Target, Tls
from app.history.store.revisions import VERSION_TABLE, revision_ids
from app.probing.stages import FOREIGN, Schema, probe, stream
from app.reports.probe import Probe, Stage
from app.settings.database import ChannelBinding

SCHEMA = Schema(table=VERSION_TABLE, revisions=revision_ids())
PASSWORD = "canary-known-to-both"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def stage(answer: Probe, name: str) -> Stage:
    return next(one for one in answer.stages if one.name == name)


async def test_a_good_target_passes_and_the_server_is_described(migrated: Target) -> None:
    answer = await probed(migrated, schema=SCHEMA)
    assert passed(answer) == {
        "resolve": "ok",
        "connect": "ok",
        "tls": "skipped",
        "login": "ok",
        "query": "ok",
        "privileges": "warning",
        "migrations": "ok",
    }
    assert answer.server
    assert int(answer.server.version.split(".")[0]) >= 14
    assert not answer.server.read_only
    assert answer.server.encoding == "UTF8"
    assert answer.server.time_zone == "UTC"
    assert answer.server.max_connections == 100
    assert answer.server.connections >= 1
    assert answer.elapsed_ms >= sum(one.ms for one in answer.stages) * 0.9


async def test_each_stage_tells_what_it_has_learned(migrated: Target) -> None:
    answer = await probed(migrated, schema=SCHEMA)
    assert stage(answer, "resolve").detail == {"addresses": ["127.0.0.1"]}
    assert stage(answer, "connect").detail == {"address": "127.0.0.1", "port": migrated.port}
    assert stage(answer, "login").detail == {"method": "scram-sha-256"}
    query = stage(answer, "query").detail
    assert set(query) == {"round_trip_ms", "uptime_seconds", "standby", "max_connections", "connections"}
    assert 0 < float(str(query["round_trip_ms"])) < stage(answer, "query").ms
    assert stage(answer, "migrations").detail == {"current": revision_ids()[0], "head": revision_ids()[0], "pending": 0}


async def test_the_document_has_the_contracts_shape(postgres: Target) -> None:
    document = msgspec.to_builtins(await probed(postgres))
    assert list(document) == ["version", "ok", "elapsed_ms", "target", "stages", "failure", "server"]
    assert document["version"] == 1
    assert list(document["target"]) == ["host", "port", "name", "username", "tls"]
    assert list(document["stages"][0]) == ["name", "status", "ms", "message", "detail"]
    assert set(document["server"]) >= {"version", "read_only", "started_at", "encoding", "time_zone", "tls"}


async def test_a_superuser_is_a_warning_and_an_ordinary_role_is_none(postgres: Target) -> None:
    name = "ordinary"
    await run(postgres, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    without = await probed(replace(postgres, username=name, password=PASSWORD))
    await run(postgres, f"GRANT CREATE ON SCHEMA public TO {name}")
    allowed = await probed(replace(postgres, username=name, password=PASSWORD))
    await run(postgres, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
    assert stage(await probed(postgres), "privileges").status == "warning"
    assert stage(without, "privileges").status == "ok"
    told = {"role": name, "name": postgres.name, "schema": "public", "superuser": False, "connect": True}
    assert stage(without, "privileges").detail == {**told, "create": False}
    assert stage(allowed, "privileges").detail == {**told, "create": True}


async def test_a_search_path_that_leads_nowhere_is_told(postgres: Target) -> None:
    answer = await probed(replace(postgres, options="-c search_path=nowhere"))
    assert stage(answer, "privileges").detail["schema"] is None


async def test_migrations_that_have_never_run_are_a_warning(postgres: Target) -> None:
    answer = await probed(postgres, schema=SCHEMA)
    assert passed(answer)["migrations"] == "warning"
    told = {"current": None, "head": revision_ids()[0], "pending": len(revision_ids())}
    assert stage(answer, "migrations").detail == told


async def test_whose_tables_are_meant_is_said(migrated: Target) -> None:
    answer = await probed(migrated, schema=SCHEMA)
    assert str(stage(answer, "migrations").message).startswith("Assay's own tables")


async def test_of_another_project_its_own_revision_is_told(postgres: Target) -> None:
    without = await probed(postgres, schema=FOREIGN)
    assert passed(without)["migrations"] == "skipped"
    assert "alembic_version" in str(stage(without, "migrations").message)
    await run(
        postgres, "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a1'), ('b2')"
    )
    answer = await probed(postgres, schema=FOREIGN)
    assert passed(answer)["migrations"] == "ok"
    assert stage(answer, "migrations").message == "The project's own alembic_version is at revision a1, b2."


@pytest.mark.parametrize(("said", "status"), [("require", "warning"), ("prefer", "ok")])
async def test_a_channel_binding_that_is_required_is_told_to_be_ignored(
    postgres: Target, said: ChannelBinding, status: str
) -> None:
    answer = await probed(replace(postgres, channel_binding=said))
    assert passed(answer)["login"] == status
    assert ("channel_binding" in str(stage(answer, "login").message)) is (said == "require")


async def test_migrations_that_are_pending_are_a_warning(migrated: Target) -> None:
    newer = Schema(table=VERSION_TABLE, revisions=("next", *revision_ids()))
    answer = await probed(migrated, schema=newer)
    assert passed(answer)["migrations"] == "warning"
    assert stage(answer, "migrations").detail == {"current": revision_ids()[0], "head": "next", "pending": 1}


async def test_own_tables_that_the_role_may_only_read_are_a_warning(migrated: Target) -> None:
    role, password = "only_reads", "canary-only-reads"
    await run(
        migrated,
        f"CREATE ROLE {role} LOGIN PASSWORD '{password}'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    )
    try:
        reader = replace(migrated, username=role, password=password)
        answer = await probed(reader, schema=SCHEMA)
        assert passed(answer)["migrations"] == "warning"
        assert stage(answer, "migrations").detail["unwritable"] == ["snapshot", "release", "instance"]
        assert "GRANT INSERT" in str(stage(answer, "migrations").message)
        assert passed(await probed(reader, schema=FOREIGN))["migrations"] == "skipped"
        await run(migrated, f"GRANT INSERT ON ALL TABLES IN SCHEMA public TO {role}")
        assert passed(await probed(reader, schema=SCHEMA))["migrations"] == "ok"
    finally:
        await run(migrated, f"DROP OWNED BY {role}", f"DROP ROLE {role}")


async def test_tables_of_a_newer_assay_are_a_warning(migrated: Target) -> None:
    answer = await probed(migrated, schema=Schema(table=VERSION_TABLE, revisions=("0000",)))
    assert passed(answer)["migrations"] == "warning"
    assert "does not know" in str(stage(answer, "migrations").message)


async def test_a_revision_that_the_role_may_not_read_is_a_warning(migrated: Target) -> None:
    await run(migrated, f"CREATE ROLE blind LOGIN PASSWORD '{PASSWORD}'")
    answer = await probed(replace(migrated, username="blind", password=PASSWORD), schema=SCHEMA)
    await run(migrated, "DROP ROLE blind")
    assert passed(answer)["migrations"] == "warning"
    assert VERSION_TABLE in str(stage(answer, "migrations").message)


@pytest.mark.parametrize(("demand", "status"), [(97, "ok"), (98, "warning")])
async def test_pools_that_may_ask_for_more_than_the_server_grants_are_a_warning(
    postgres: Target, demand: int, status: str
) -> None:
    answer = await probed(postgres, demand=demand)
    assert passed(answer)["query"] == status
    assert stage(answer, "query").detail["wanted_connections"] == demand


async def test_prefer_falls_back_to_a_plain_connection(postgres: Target) -> None:
    answer = await probed(replace(postgres, tls=Tls(mode="prefer")))
    passed(answer)
    assert answer.server
    if answer.server.tls is None:
        assert stage(answer, "tls").status == "skipped"


async def test_a_failure_that_names_the_server_repeats_its_own_words(postgres: Target) -> None:
    answer = await probed(replace(postgres, password=CANARY))
    assert stage(answer, "login").status == "failed"
    assert "assay" in str(stage(answer, "login").detail["server_message"])


async def test_each_stage_is_told_when_it_ends_and_the_probe_in_the_end(postgres: Target) -> None:
    told: list[Stage] = []
    answer = await probe(postgres, schema=SCHEMA, told=told.append)
    assert tuple(told) == answer.stages
    heard = [item async for item in stream(lambda told: probe(postgres, schema=SCHEMA, told=told))]
    assert [item.name for item in heard if isinstance(item, Stage)] == list(STAGES)
    assert isinstance(heard[-1], Probe)
    assert heard[-1].ok


async def test_a_stream_tells_the_stages_of_a_failure_too(postgres: Target) -> None:
    wrong = replace(postgres, password=CANARY)
    heard = [item async for item in stream(lambda told: probe(wrong, told=told))]
    assert [item.status for item in heard if isinstance(item, Stage)] == ["ok", "ok", "skipped", "failed"]


async def test_who_stops_listening_stops_the_probe(postgres: Target) -> None:
    before = asyncio.all_tasks()
    listening = stream(lambda told: probe(postgres, told=told))
    first = await anext(listening)
    await listening.aclose()
    assert isinstance(first, Stage)
    assert asyncio.all_tasks() == before


async def test_a_stream_passes_on_what_is_no_answer() -> None:
    async def broken(_: object) -> Probe:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await anext(stream(broken))


async def test_nothing_is_left_open(postgres: Target) -> None:
    before = asyncio.all_tasks(), open_files()
    for target in (postgres, replace(postgres, password=CANARY), replace(postgres, name="nowhere")):
        await probed(target)
    assert (asyncio.all_tasks(), open_files()) == before


async def test_a_probe_that_is_given_up_leaves_nothing_open(postgres: Target) -> None:
    before = asyncio.all_tasks(), open_files()
    told = asyncio.Event()
    probing = asyncio.create_task(probe(postgres, told=lambda stage: told.set() if stage.name == "tls" else None))
    await told.wait()
    probing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probing
    assert (asyncio.all_tasks(), open_files()) == before


def test_every_code_has_advice() -> None:
    assert set(ADVICE) == set(FailureCode.__value__.__args__)
    words = {"host": "h", "where": "h", "socket": "/s", "name": "n", "username": "u", "mode": "m"}
    for advice in ADVICE.values():
        assert advice.message.format_map(words)
        assert advice.advice.format_map(words)


def test_every_code_has_a_row_in_the_matrix() -> None:
    expected: set[str] = set()
    for file in Path(__file__).parent.glob("test_fault_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failed":
                expected |= {one.value for one in node.args if isinstance(one, ast.Constant) and one.value}
    assert set(FailureCode.__value__.__args__) - expected == set()
