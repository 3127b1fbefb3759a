"""`assay release`: what is delivered to instances, from the command line."""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
from histories import git, history
from ports import unused_port
from projects import MakeProject, ProjectFolder, Ran
from remembered import variables

from app.database.target import Target

ASSAY = 'merge_enabled = true\nknown_environments = ["development", "production"]\n'
SETTINGS = """\
[default]
port = 8000
[default.pool]
size = 5
hosts = ["a", "b"]
[production]
name = "orders"
label = "@format {env[HOST_LABEL]}"
"""
SECRETS = """\
[production]
password = "canary-in-the-secrets-file"
store = "rediss://:canary-in-a-url-of-it@cache.example/0"
"""
type Ask = Callable[..., Ran]


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    return project({"assay.toml": ASSAY, "settings.toml": SETTINGS, ".secrets.toml": SECRETS})


@pytest.fixture
def ask(orders: ProjectFolder, tables: Target) -> Ask:
    """Asks about releases of the project."""
    return lambda *arguments, **environ: orders.assay("release", *arguments, **(variables(tables) | environ))


def made(ask: Ask, *arguments: str, **environ: str) -> dict[str, Any]:
    ran = ask(*arguments, "--format", "json", **environ)
    assert ran.status == 0, ran.err + ran.out
    found: dict[str, Any] = ran.json
    return found


def stored(tables: Target, query: str) -> Any:
    import asyncpg  # noqa: PLC0415

    async def fetch() -> Any:
        session = await asyncpg.connect(**tables.arguments())
        try:
            return await session.fetchval(query)
        finally:
            await session.close()

    return asyncio.run(fetch())


def test_a_release_is_what_the_files_say_without_secrets(ask: Ask, tables: Target) -> None:
    found = made(ask, "production", "-m", "first")
    assert (found["id"], found["state"], found["message"], found["project"]) == (1, "head", "first", "orders")
    assert found["supplied"] == ["label", "password", "store"]
    raw = stored(tables, "SELECT body FROM release_body")
    assert found["digest"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    values = {"name": "orders", "pool": {"hosts": ["a", "b"], "size": 5}, "port": 8000}
    assert json.loads(raw) == {
        "version": 1, "project": "orders", "environment": "production", "values": values,
        "supplied": ["label", "password", "store"],
    }  # fmt: skip


def test_variables_of_whoever_releases_are_in_no_body(ask: Ask, tables: Target) -> None:
    made(ask, "production", ENV_FOR_DYNACONF="production", DYNACONF_PORT="1", HOST_LABEL="canary-host")
    raw = stored(tables, "SELECT body FROM release_body")
    assert json.loads(raw)["values"]["port"] == 8000
    assert b"canary" not in raw


def test_what_would_be_released_is_told_and_released_only_then(ask: Ask, orders: ProjectFolder) -> None:
    first = ask("production", "--dry-run")
    assert first.status == 0
    assert "production against nothing: 5 values differ" in first.out
    assert "Nothing was released" in first.out
    assert made(ask, "list")["releases"] == []
    made(ask, "production")
    orders.write({"settings.toml": SETTINGS.replace("8000", "9000").replace('name = "orders"\n', "")})
    told = ask("production", "-m", "another port").out
    assert re.search(r"production against release 1 \(.*\): 2 values differ", told)
    assert re.search(r"~ port\n    release 1 +8000 .*\n    production +9000 +settings.toml:2", told)
    assert "- name" in told
    assert "Each instance supplies: label, password, store" in told
    assert "Release 2 of production is in force." in told


def test_a_dry_run_as_json_has_what_a_release_would_change(ask: Ask) -> None:
    found = made(ask, "production", "--dry-run")
    assert (found["head"], found["valid"]) == (None, True)
    assert [change["key"] for change in found["changes"]] == [
        "name",
        "pool.hosts[0]",
        "pool.hosts[1]",
        "pool.size",
        "port",
    ]


BROKEN = SETTINGS + "debug = true\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_environment_with_errors_is_not_released(ask: Ask, orders: ProjectFolder, tables: Target, form: str) -> None:
    orders.write({"settings.toml": BROKEN})
    ran = ask("production", "--format", form)
    assert ran.status == 1
    assert "APP001" in ran.out
    assert stored(tables, "SELECT count(*) FROM release") == 0
    assert stored(tables, "SELECT count(*) FROM release_body") == 0
    if form == "text":
        assert "production has 1 error, and is not released" in ran.err
        assert "--force REASON" in ran.err
    else:
        assert (ran.json["valid"], ran.json["counts"]["error"]) == (False, 1)


def test_a_dry_run_of_what_would_be_refused_ends_with_1(ask: Ask, orders: ProjectFolder) -> None:
    orders.write({"settings.toml": BROKEN})
    assert ask("production", "--dry-run").status == 1
    assert ask("production", "--dry-run", "--force", "a night of debugging").status == 0


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_reason_that_says_nothing_is_none(ask: Ask, orders: ProjectFolder, dry: tuple[str, ...]) -> None:
    orders.write({"settings.toml": BROKEN})
    ran = ask("production", *dry, "--force", " \t")
    assert ran.status == 2
    assert "needs a reason" in ran.err


def test_what_no_release_can_be_called_is_told_so(ask: Ask) -> None:
    for command in (("show", "9" * 20), ("diff", "1", "9" * 20), ("rollback", "9" * 20), ("approve", "9" * 20)):
        ran = ask(*command)
        assert ran.status == 2
        assert "not in the range" in ran.err


def test_values_of_a_release_are_not_told_to_be_unset(ask: Ask) -> None:
    assert "not set" not in ask("production").out


def test_the_reason_for_releasing_errors_is_kept(ask: Ask, orders: ProjectFolder) -> None:
    orders.write({"settings.toml": BROKEN})
    assert made(ask, "production", "--force", "a night of debugging")["forced"] == "a night of debugging"
    orders.write({"settings.toml": SETTINGS})
    assert made(ask, "production", "--force", "just so")["forced"] is None
    assert "forced      a night of debugging" in ask("show", "1").out


def test_what_cannot_be_judged_is_released_for_no_reason(ask: Ask, orders: ProjectFolder) -> None:
    orders.write({"settings.toml": SETTINGS + "oops"})
    ran = ask("production", "--force", "it is urgent")
    assert ran.status == 1
    assert "production cannot be judged: settings.toml:" in ran.err
    assert made(ask, "list")["releases"] == []


def test_an_environment_that_there_is_not_suggests_the_nearest(ask: Ask) -> None:
    ran = ask("prodution")
    assert ran.status == 2
    assert "production" in ran.err


def test_releases_are_listed_newest_first(ask: Ask) -> None:
    made(ask, "production", "-m", "first")
    made(ask, "development", "-m", "second")
    made(ask, "production", "-m", "third")
    assert [one["id"] for one in made(ask, "list")["releases"]] == [3, 2, 1]
    assert [one["id"] for one in made(ask, "list", "production")["releases"]] == [3, 1]
    lines = ask("list").out.splitlines()
    assert re.match(r"3  production   head  .* sha256:[0-9a-f]{12}  third", lines[0])
    assert [line.split()[2] for line in lines] == ["head", "head", "past"]
    assert "--before 3" in ask("list", "--limit", "1").out
    assert ask("list", "prodution").status == 2


def test_two_releases_are_compared(ask: Ask, orders: ProjectFolder) -> None:
    made(ask, "production")
    orders.write({"settings.toml": SETTINGS.replace("8000", "9000")})
    made(ask, "production")
    found = made(ask, "diff", "1", "2")
    assert [(one["key"], one["left"]["value"], one["right"]["value"]) for one in found["changes"]] == [
        ("port", 8000, 9000)
    ]
    assert ask("diff", "1", "2", "--exit-code").status == 1
    assert ask("diff", "2", "2", "--exit-code").status == 0
    unknown = ask("diff", "1", "7")
    assert unknown.status == 2
    assert "There is no release 7 of the project orders" in unknown.err


def test_a_rollback_is_a_new_release_of_the_old_bytes(ask: Ask, orders: ProjectFolder) -> None:
    first = made(ask, "production")
    orders.write({"settings.toml": SETTINGS.replace("8000", "9000")})
    made(ask, "production")
    orders.write({"settings.toml": BROKEN})
    back = made(ask, "rollback", "1", "-m", "it was slow")
    assert (back["id"], back["digest"], back["state"]) == (3, first["digest"], "head")
    assert (back["rolled_back_from"], back["rolled_back_to"], back["message"]) == (2, 1, "it was slow")
    again = ask("rollback", "3")
    assert again.status == 1
    assert "Release 3 is in force" in again.err


def test_a_key_that_became_a_secret_is_shown_in_no_older_release(ask: Ask, orders: ProjectFolder) -> None:
    made(ask, "production")
    orders.write(
        {"settings.toml": SETTINGS.replace("8000", "9000"), "assay.toml": ASSAY + '[roles]\nport = "password"\n'}
    )
    made(ask, "production", "--force", "to see")
    for ran in (ask("diff", "1", "2"), ask("diff", "1", "2", "--format", "json"), ask("production", "--dry-run")):
        assert "8000" not in ran.out


def test_dates_and_infinities_come_back_as_what_they_are(ask: Ask, orders: ProjectFolder, tables: Target) -> None:
    orders.write(
        {"settings.toml": SETTINGS + "since = 2026-01-02T03:04:05Z\nday = 2026-01-02\nat = 03:04:05\nmost = inf\n"}
    )
    made(ask, "production")
    kinds = {"at": "time", "day": "date", "most": "float", "since": "datetime"}
    assert json.loads(stored(tables, "SELECT body FROM release_body"))["typed"] == kinds
    assert made(ask, "production", "--dry-run")["changes"] == []


TOKENS = {name: f"canary-token-of-{name}" for name in ("ada", "bob")}


def approving(name: str | None) -> dict[str, str]:
    """The variables of an operator, where releases need approval."""
    listed = ", ".join(
        f'{{name="{one}", role="operator", sha256="{hashlib.sha256(token.encode()).hexdigest()}"}}'
        for one, token in TOKENS.items()
    )
    shown = {"ASSAY_SERVICE_TOKEN": TOKENS.get(name, "canary-wrong")} if name else {}
    return {"ASSAY_AUTH__TOKENS": f"[{listed}]", "ASSAY_RELEASES__APPROVALS": "1"} | shown


def test_a_release_waits_for_somebody_elses_approval(ask: Ask) -> None:
    waiting = ask("production", **approving("ada"))
    assert "Release 1 of production waits for 1 approval by somebody else: assay release approve 1" in waiting.out
    own = ask("approve", "1", **approving("ada"))
    assert own.status == 1
    assert "ada released it, and somebody else has to approve it" in own.err
    assert made(ask, "show", "1")["state"] == "waiting"
    found = made(ask, "approve", "1", **approving("bob"))
    assert (found["state"], found["author"], found["approved_by"]) == ("head", "ada", ["bob"])


@pytest.mark.parametrize("name", [None, "mallory"])
def test_where_approval_is_needed_a_name_is(ask: Ask, name: str | None) -> None:
    for call in (["production"], ["approve", "1"], ["rollback", "1"]):
        ran = ask(*call, **approving(name))
        assert ran.status == 2
        assert "ASSAY_SERVICE_TOKEN" in ran.err


def test_what_was_never_in_force_is_nothing_to_go_back_to(ask: Ask) -> None:
    ask("production", **approving("ada"))
    made(ask, "production")
    ran = ask("rollback", "1")
    assert ran.status == 1
    assert "Release 1 was never in force" in ran.err


def test_without_a_database_releases_say_what_to_name(orders: ProjectFolder) -> None:
    for call in (["production"], ["list"], ["show", "1"], ["approve", "1"], ["rollback", "1"], ["diff", "1", "2"]):
        ran = orders.assay("release", *call)
        assert ran.status == 2
        assert "ASSAY_DATABASE__URL" in ran.err


def test_a_database_that_is_away_ends_with_3(ask: Ask) -> None:
    ran = ask("production", ASSAY_DATABASE__PORT=str(unused_port()))
    assert ran.status == 3
    assert "Nobody listens" in ran.err


def test_tables_of_an_older_version_say_how_to_bring_them_up_to_date(
    ask: Ask, orders: ProjectFolder, tables: Target
) -> None:
    assert orders.assay("db", "downgrade", "0003", **variables(tables)).status == 0
    ran = ask("production")
    assert ran.status == 3
    assert "assay db upgrade" in ran.err


def test_the_commit_is_told_where_it_has_the_profiles_as_they_are(ask: Ask, orders: ProjectFolder) -> None:
    path = {"PATH": os.environ["PATH"]}
    assert made(ask, "production", **path)["commit"] is None
    history(orders.root, {"settings.toml": SETTINGS, "assay.toml": ASSAY, ".gitignore": ".secrets.toml\n"})
    head = git(orders.root, "rev-parse", "HEAD").strip()
    assert made(ask, "production", **path)["commit"] == head
    orders.write({"settings.toml": SETTINGS + "# another\n"})
    assert made(ask, "production", **path)["commit"] is None
