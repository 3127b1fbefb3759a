"""GET /config/history/…: the command line's documents, from a service that remembers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from ports import unused_port
from postgres import run
from projects import MakeProject, ProjectFolder
from remembered import KEPT, changed_once, look, moment, remember, variables

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store.queries import lookup
from app.history.store.retention import prune

FILES = {
    "assay.toml": 'known_environments = ["development", "production"]\nmerge_enabled = true\n',
    "settings.toml": '[default.server]\nport = 8000\nhost = "a"\n[default."a/b//c/"]\n"x.y" = 1\n',
    "settings/production.toml": "[production.server]\nworkers = 4\n",
    ".secrets.toml": '[production]\ntoken = "canary-one-of-many"\n',
}
CHANGED = {"settings/production.toml": "[production.server]\nworkers = 4\nport = 9000\n"}


@pytest.fixture
async def orders(project: MakeProject, manager: ConnectionManager) -> ProjectFolder:
    """A project that was looked at as it began, and as it is: production has another port now."""
    made = project(FILES)
    await changed_once(made, CHANGED, manager)
    return made


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a database takes its time; how long one that is silent is waited for is no matter here."""
    monkeypatch.setattr("app.service.questions._PATIENCE_SECONDS", 60.0)


@pytest.fixture
def environ(migrated: Target) -> dict[str, str]:
    """The variables of a service whose database remembers it."""
    return {**variables(migrated), **KEPT}


async def ids(client: Any, environment: str = "production") -> list[str]:
    """The snapshots of an environment, newest first."""
    answer = await client.get(f"/config/history?environment={environment}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["snapshots"]]


async def test_rest_and_the_command_line_give_the_same_bytes(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        newest, oldest = await ids(client)
        asked = {
            "": "list",
            "?environment=production&limit=1": "list --env production --limit 1",
            f"/{newest}": f"show {newest}",
            f"/{oldest[:8]}": f"show {oldest[:8]}",
            f"/{oldest}/diff/{newest}": f"diff {oldest} {newest}",
            f"/{oldest}/diff/now": f"diff {oldest} now",
            "/key/SERVER.port?environment=production": "key SERVER.port --env production",
            "/key/server?environment=production&limit=2": "key server --env production --limit 2",
            "/key/server.port": "key server.port",
        }
        answers = {path: await client.get(f"/config/history{path}") for path in asked}
        for path, arguments in asked.items():
            call = ["history", *arguments.split(), "--format", "json"]
            told = await asyncio.to_thread(orders.assay, *call, **environ)
            assert (answers[path].status_code, answers[path].text) == (200, told.out.removesuffix("\n")), path
    assert len(answers[""].json()["snapshots"]) == 3
    assert [gap["lost"] for gap in answers[""].json()["gaps"]] == [2]
    assert [one["key"] for one in answers[f"/{oldest}/diff/now"].json()["changes"]] == ["server.port"]
    assert "canary" not in "".join(answer.text for answer in answers.values())


async def test_a_list_goes_on_where_it_ended(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        whole = (await client.get("/config/history")).json()["snapshots"]
        found, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/config/history?limit=1{cursor and f'&before={cursor}'}")).json()
            found += page["snapshots"]
            cursor = page["next"]
    assert found == whole
    assert len(found) == 3


async def test_what_the_caller_has_is_not_sent_again_until_something_is_recorded(
    orders: ProjectFolder, environ: dict[str, str], manager: ConnectionManager, ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        newest, oldest = await ids(client)
        paths = ["", f"/{newest}", f"/{oldest}/diff/{newest}", "/key/server.port?environment=production"]
        first = {path: await client.get(f"/config/history{path}") for path in paths}
        for path, answer in first.items():
            assert answer.headers["Cache-Control"] == "private"
            known = {"If-None-Match": answer.headers["ETag"]}
            again = await client.get(f"/config/history{path}", headers=known)
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
        orders.write({"settings.toml": "[default.server]\nport = 1\n"})
        await remember(manager, *look(orders, 2, KEPT))
        later = await client.get("/config/history", headers={"If-None-Match": first[""].headers["ETag"]})
    assert later.status_code == 200


@pytest.mark.parametrize("key", ['"a/b//c/"."x.y"', "%22a%2Fb%2F%2Fc%2F%22.%22x.y%22", '"a/b//c/"'])
async def test_any_legal_key_can_be_asked_about(
    orders: ProjectFolder, environ: dict[str, str], ask: Any, key: str
) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.get(f"/config/history/key/{key}?environment=production")
    assert answer.status_code == 200, answer.text
    assert [one["key"] for one in answer.json()["changes"]] == ['"a/b//c/"."x.y"']


WRONG = {
    "?limit=0": (400, "argument-invalid", "limit is 0"),
    "?limit=501": (400, "argument-invalid", "limit is 501"),
    "?limit=many": (400, "bad-request", ""),
    "?before=yesterday": (400, "argument-invalid", "before is 'yesterday'"),
    "?before=99999999999999999999": (400, "argument-invalid", "before is '99999999999999999999'"),
    "?environment=prodution": (404, "environment-unknown", "'production'"),
    "?environment=%00": (404, "environment-unknown", "development"),
    "/00000000-0000-4000-8000-000000000000": (404, "snapshot-unknown", "`assay history list`"),
    "/zzzz": (404, "snapshot-unknown", "`assay history list`"),
    "/%00": (404, "snapshot-unknown", "`assay history list`"),
    "/%ED%A0%80": (404, "snapshot-unknown", "`assay history list`"),
    "/0000/diff/now": (404, "snapshot-unknown", "`assay history list`"),
    "/now/diff/now": (400, "argument-invalid", "the second of the two"),
    "/key/server.prot?environment=production": (404, "key-unknown", "'server.port'"),
    "/key/%00?environment=production": (404, "key-unknown", ""),
    "/key/server.port?environment=prodution": (404, "environment-unknown", "'production'"),
    "/key/server.port?before=4711": (400, "argument-invalid", "before is '4711'"),
}


async def test_what_cannot_be_asked_is_a_problem_that_says_what_can(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    found: dict[str, tuple[int, str]] = {}
    unsaid: dict[str, str] = {}
    async with ask(orders.root, environ) as client:
        for path, (_, _, told) in WRONG.items():
            answer = await client.get(f"/config/history{path}")
            assert answer.headers["Content-Type"] == "application/problem+json", path
            found[path] = (answer.status_code, answer.json()["code"])
            unsaid |= {} if told in answer.json()["detail"] else {path: answer.json()["detail"]}
    assert found == {path: (status, code) for path, (status, code, _) in WRONG.items()}
    assert unsaid == {}


async def test_a_parameter_that_is_no_number_is_named(orders: ProjectFolder, environ: dict[str, str], ask: Any) -> None:
    async with ask(orders.root, environ) as client:
        answer = await client.get("/config/history?limit=many")
    assert [error["key"] for error in answer.json()["errors"]] == ["limit"]


PATHS = ["", "/0123", "/0123/diff/now", "/key/server.port"]


async def test_a_database_that_is_away_is_a_problem_and_nothing_else_suffers(
    project: MakeProject, postgres: Target, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    environ = variables(replace(postgres, port=unused_port()))
    async with ask(project(FILES).root, environ) as client:
        answers = [await client.get(f"/config/history{path}") for path in PATHS]
        other = await client.get("/config/values")
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(503, "database-unavailable")] * len(PATHS)
    assert "Nobody listens at" in answers[0].json()["detail"]
    logged = [record for record in caplog.records if record.name == "app.web.http.problems"]
    assert ["Nobody listens at" in record.getMessage() and not record.exc_info for record in logged] == [True] * len(
        PATHS
    )
    assert other.status_code == 200


async def test_tables_that_are_not_there_are_a_problem_that_says_how_to_make_them(
    project: MakeProject, postgres: Target, ask: Any
) -> None:
    async with ask(project(FILES).root, variables(postgres)) as client:
        answers = [await client.get(f"/config/history{path}") for path in PATHS]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [(503, "migrations-pending")] * len(PATHS)
    assert "`assay db upgrade`" in answers[0].json()["detail"]


async def test_a_table_that_is_missing_among_the_others_is_a_problem_that_blames_no_newer_version(
    project: MakeProject, migrated: Target, ask: Any
) -> None:
    await run(migrated, "DROP TABLE gap")
    async with ask(project(FILES).root, variables(migrated)) as client:
        answer = await client.get("/config/history")
    assert (answer.status_code, answer.json()["code"]) == (503, "migrations-pending")
    assert f"A table of the service is missing in the database {migrated.name}" in answer.json()["detail"]


async def test_a_service_that_remembers_nothing_says_why(project: MakeProject, migrated: Target, ask: Any) -> None:
    async with ask(project(FILES).root, {**variables(migrated), "ASSAY_HISTORY__ENABLED": "false"}) as client:
        off = await client.get("/config/history")
    async with ask(project(FILES).root) as client:
        without = await client.get("/config/history")
    assert [(one.status_code, one.json()["code"]) for one in (off, without)] == [(503, "history-off")] * 2
    assert "history.enabled is false" in off.json()["detail"]
    assert "has no database" in without.json()["detail"]


async def test_a_project_that_became_unusable_still_has_its_history(
    orders: ProjectFolder, environ: dict[str, str], ask: Any
) -> None:
    async with ask(orders.root, environ) as client:
        newest, oldest = await ids(client)
        async with client.change():
            orders.write({"assay.toml": "settings_flies = []\n"})
        paths = ["", f"/{newest}", f"/{oldest}/diff/{newest}", "/key/server.port?environment=production"]
        answers = [await client.get(f"/config/history{path}") for path in paths]
        now = await client.get(f"/config/history/{newest}/diff/now")
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    assert (now.status_code, now.json()["code"]) == (503, "project-unusable")


async def test_a_server_that_refuses_the_question_is_a_problem(
    orders: ProjectFolder, environ: dict[str, str], migrated: Target, ask: Any
) -> None:
    role = f"reader_{migrated.name}"
    await run(migrated, f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'reader'")
    try:
        reader = variables(replace(migrated, username=role, password="reader"))
        async with ask(orders.root, {**environ, **reader}) as client:
            answer = await client.get("/config/history")
    finally:
        await run(migrated, f'DROP ROLE "{role}"')
    assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")


@asynccontextmanager
async def recorded(client: Any, number: int) -> AsyncIterator[None]:
    """Waits, behind the block, until so many more records are written down."""
    recorder, heard = client.service.recorder, asyncio.Event()
    before, told = recorder.backlog.counts["recorded"], recorder.told

    def listen() -> None:
        told()
        heard.set()

    recorder.told = listen
    yield
    async with asyncio.timeout(PATIENCE_SECONDS):
        while recorder.backlog.counts["recorded"] < before + number:
            await heard.wait()
            heard.clear()
    recorder.told = told


async def test_what_a_service_lived_through_is_told_alike_over_rest_and_on_the_command_line(
    project: MakeProject, migrated: Target, ask: Any
) -> None:
    orders = project(FILES)
    environ = {**variables(migrated), "ASSAY_DIGEST_KEY": KEPT["ASSAY_DIGEST_KEY"]}
    async with ask(orders.root, environ) as client:
        async with recorded(client, 2):
            pass
        async with recorded(client, 1), client.change():
            orders.write(CHANGED)
        async with recorded(client, 1), client.change():
            orders.write({".secrets.toml": '[production]\ntoken = "canary-another-one"\n'})
        async with recorded(client, 2), client.change():
            orders.write({"settings.local.toml": "[default\n"})
        async with recorded(client, 2), client.change():
            orders.root.joinpath("settings.local.toml").unlink()
        async with recorded(client, 1):
            probed = await client.post("/config/database/test", json={"host": "127.0.0.1", "port": 1})
        listed = await client.get("/config/history")
        told = await asyncio.to_thread(orders.assay, "history", "list", "--format", "json", **environ)
        text = await asyncio.to_thread(orders.assay, "history", "list", **environ)
        newest, middle, oldest = await ids(client)
        key = await client.get("/config/history/key/server.port?environment=production")
        port = await client.get(f"/config/history/{oldest}/diff/{middle}")
        token = await client.get(f"/config/history/{middle}/diff/{newest}")
        nothing = await client.get(f"/config/history/{newest}/diff/now")
    assert listed.text == told.out.removesuffix("\n")
    assert [one["environment"] for one in listed.json()["snapshots"]][:2] == ["production"] * 2
    assert len(listed.json()["snapshots"]) == 4
    verdicts = [(one["environment"], one["valid"], one["counts"]["error"]) for one in listed.json()["verdicts"]]
    assert sorted(verdicts[:2]) == [("development", True, 0), ("production", True, 0)]
    assert sorted(verdicts[2:]) == [("development", False, 1), ("production", False, 1)]
    assert len([line for line in text.out.splitlines() if "✗ not judged" in line and "same values" in line]) == 2
    (probe,) = listed.json()["probes"]
    assert (probe["ok"], probe["code"]) == (False, probed.json()["failure"]["code"])
    assert "  probe  ✗ connection-refused at connect  " in text.out.splitlines()[0]
    assert [(one["left"] and one["left"]["value"], one["right"]["value"]) for one in key.json()["changes"]] == [
        (8000, 9000),
        (None, 8000),
    ]
    assert [change["key"] for change in port.json()["changes"]] == ["server.port"]
    assert [(change["key"], change["kind"]) for change in token.json()["changes"]] == [("token", "changed")]
    assert nothing.json()["changes"] == []


async def test_what_is_removed_while_it_is_read_is_still_told_whole(
    orders: ProjectFolder,
    manager: ConnectionManager,
    environ: dict[str, str],
    ask: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask_for_leaves = vars(lookup)["_leaves"]

    async def late(*arguments: Any) -> Any:
        # The service removes what is old at its start; as long as it does, nobody else may.
        while not (await prune(manager, before=moment(1), keep=10, project="orders")).is_complete:
            pass
        return await ask_for_leaves(*arguments)

    async with ask(orders.root, environ) as client:
        oldest = (await ids(client))[-1]
        before = await client.get(f"/config/history/{oldest}")
        monkeypatch.setattr(lookup, "_leaves", late)
        meanwhile = await client.get(f"/config/history/{oldest}")
        behind = await client.get(f"/config/history/{oldest}")
    assert before.json()["values"]
    assert meanwhile.content == before.content
    assert behind.status_code == 404
