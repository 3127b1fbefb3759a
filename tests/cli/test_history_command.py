"""`assay history`: asked of a real database, in which real readings of a project were written down."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from ports import unused_port
from postgres import run
from projects import MakeProject, ProjectFolder, Ran
from remembered import BEGIN, look, moment, remember_in, variables

from app.database.target import Target
from app.history.store import schema
from app.history.store.drafts import GapDraft, SnapshotDraft

FILES = {
    "assay.toml": 'known_environments = ["development", "production"]\nmerge_enabled = true\n',
    "settings.toml": '[default.server]\nport = 8000\nhost = "a"\n[default.cors]\nallow_origins = ["https://a.example"]\n',
    "settings/production.toml": "[production.server]\nworkers = 4\n",
    ".secrets.toml": '[production]\ntoken = "canary-one-of-many"\n',
}
KEY = {"ASSAY_DIGEST_KEY": "a key of thirty-two characters.."}


class Remembered:
    """A project, and the database that remembers it.

    It was looked at three times: as it began; with another port in production; with that taken back and a new secret.
    """

    def __init__(self, project: ProjectFolder, target: Target, environ: dict[str, str]) -> None:
        self.project, self.target, self.environ = project, target, environ
        self.looks = 0

    def look(self) -> list[SnapshotDraft]:
        self.looks += 1
        return look(self.project, self.looks - 1, self.environ)

    def ask(self, *arguments: str, **environ: str) -> Ran:
        return self.project.assay("history", *arguments, **variables(self.target), **self.environ, **environ)

    def json(self, *arguments: str) -> Any:
        ran = self.ask(*arguments, "--format", "json")
        assert ran.status == 0, ran.err
        return ran.json

    def id_of(self, number: int, environment: str = "production") -> str:
        """The id of a snapshot of an environment, counted from the oldest."""
        found: list[str] = [one["id"] for one in self.json("list", "--env", environment)["snapshots"]]
        return found[::-1][number]


@pytest.fixture
def orders(project: MakeProject, tables: Target) -> Remembered:
    made = Remembered(project(FILES), tables, KEY)
    found = made.look()
    made.project.write({"settings/production.toml": "[production.server]\nworkers = 4\nport = 9000\n"})
    found += made.look()
    made.project.write(
        {
            "settings/production.toml": "[production.server]\nworkers = 4\n",
            ".secrets.toml": '[production]\ntoken = "canary-another-one"\n',
        }
    )
    remember_in(tables, *found, *made.look())
    return made


def test_each_change_is_listed_once_newest_first(orders: Remembered) -> None:
    found = orders.json("list")
    told = [(one["environment"], one["recorded_at"], one["changed"]) for one in found["snapshots"]]
    assert told == [
        ("production", f"{moment(2):%Y-%m-%dT%H:%M:%SZ}", 2),
        ("production", f"{moment(1):%Y-%m-%dT%H:%M:%SZ}", 1),
        ("production", f"{BEGIN:%Y-%m-%dT%H:%M:%SZ}", None),
        ("development", f"{BEGIN:%Y-%m-%dT%H:%M:%SZ}", None),
    ]
    assert (found["version"], found["next"], found["gaps"]) == (1, None, [])
    newest = found["snapshots"][0]
    assert (newest["valid"], newest["active"]) == (True, False)
    assert newest.keys() >= {"id", "fingerprint", "host", "assay", "counts"}


def test_a_list_is_a_line_a_snapshot_with_an_id_that_names_it(orders: Remembered) -> None:
    lines = orders.ask("list").out.splitlines()
    assert len([line for line in lines if line.startswith("2026-06-30")]) == 4
    short = re.search(r" ([0-9a-f]{8})$", lines[0].rstrip())
    assert short, lines[0]
    assert short[1] in orders.ask("show", short[1]).out


def test_an_environments_list_goes_on_where_it_ended(orders: Remembered) -> None:
    first = orders.json("list", "--env", "PRODUCTION", "--limit", "2")
    assert len(first["snapshots"]) == 2
    rest = orders.json("list", "--env", "production", "--limit", "2", "--before", first["next"])
    assert [len(rest["snapshots"]), rest["next"]] == [1, None]
    assert f"--before {first['next']}" in orders.ask("list", "--env", "production", "--limit", "2").out


def test_gaps_are_listed(orders: Remembered) -> None:
    gap = GapDraft(project="orders", host="web-1", since=moment(1), until=moment(2), late=1, lost=2)
    remember_in(orders.target, gap)
    (found,) = orders.json("list")["gaps"]
    assert (found["host"], found["late"], found["lost"]) == ("web-1", 1, 2)
    assert "nothing could be recorded on web-1: 1 came late, 2 are lost" in orders.ask("list").out


def test_a_snapshot_shows_what_the_environment_ran_with(orders: Remembered) -> None:
    snapshot = orders.json("show", orders.id_of(1))
    values = {value["key"]: value for value in snapshot["values"]}
    assert (values["server.port"]["value"], values["server.host"]["value"]) == (9000, "a")
    assert values["server.port"]["since"] == f"{moment(1):%Y-%m-%dT%H:%M:%SZ}"
    assert values["server.host"]["since"] == f"{BEGIN:%Y-%m-%dT%H:%M:%SZ}"
    assert values["server.port"]["origin"]["file"] == "settings/production.toml"
    assert (values["token"]["value"], values["token"]["secret"]) == (None, True)
    assert [one["valid"] for one in snapshot["validations"]] == [True]
    assert snapshot["fingerprint"] == next(
        one["fingerprint"] for one in orders.json("list")["snapshots"] if one["id"] == snapshot["id"]
    )


def test_a_snapshot_as_text_marks_what_it_changed(orders: Remembered) -> None:
    marked = [line for line in orders.ask("show", orders.id_of(1)).out.splitlines() if line.startswith("~")]
    assert [line.split()[3:5] for line in marked] == [["server.port", "9000"]]


def test_two_snapshots_differ_in_what_was_changed_between_them_with_both_origins(orders: Remembered) -> None:
    found = orders.json("diff", orders.id_of(0), orders.id_of(1))
    (change,) = found["changes"]
    assert (change["key"], change["kind"]) == ("server.port", "changed")
    assert (change["left"]["value"], change["right"]["value"]) == (8000, 9000)
    assert (change["left"]["origin"]["file"], change["right"]["origin"]["file"]) == (
        "settings.toml",
        "settings/production.toml",
    )
    assert (found["left"], found["right_snapshot"]["id"]) == (orders.id_of(0), orders.id_of(1))


def test_all_lists_the_equal_leaves_too(orders: Remembered) -> None:
    kinds = {
        one["key"]: one["kind"] for one in orders.json("diff", orders.id_of(0), orders.id_of(1), "--all")["changes"]
    }
    assert (kinds["server.port"], kinds["server.host"], kinds["token"]) == ("changed", "same", "same")


def test_a_secret_that_was_rotated_is_told_and_neither_is_shown(orders: Remembered) -> None:
    ran = orders.ask("diff", orders.id_of(0), "now", "--format", "json")
    assert [(one["key"], one["kind"]) for one in ran.json["changes"]] == [("token", "changed")]
    assert "canary" not in ran.out


def test_a_snapshot_is_compared_with_the_files_as_they_are_now(orders: Remembered) -> None:
    newest = orders.id_of(2)
    assert orders.json("diff", newest, "now")["changes"] == []
    orders.project.write({"settings/production.toml": "[production.server]\nworkers = 4\nport = 9001\n"})
    found = orders.json("diff", newest, "now")
    assert [(one["key"], one["right"]["value"]) for one in found["changes"]] == [("server.port", 9001)]
    assert (found["right"], found["right_snapshot"]) == ("now", None)
    assert (found["now"]["environment"], found["now"]["active"]) == ("production", False)
    text = orders.ask("diff", newest, "now").out.splitlines()
    assert text[0].startswith(newest[:8])
    assert text[1].startswith("now ")
    assert "    now       9001  settings/production.toml:3:1" in text


def test_now_says_where_variables_count_on_one_side_alone(orders: Remembered) -> None:
    out = orders.ask("diff", orders.id_of(2), "now", ENV_FOR_DYNACONF="production").out
    assert "Variables count on the right alone: production is active here, and was not there." in out


def test_a_difference_that_is_asked_about_ends_with_1(orders: Remembered) -> None:
    ids = orders.id_of(0), orders.id_of(1)
    assert orders.ask("diff", *ids).status == 0
    assert orders.ask("diff", *ids, "--exit-code").status == 1
    assert orders.ask("diff", ids[0], ids[0], "--exit-code").status == 0


def test_without_a_digest_key_nobody_claims_to_know_whether_a_secret_has_changed(
    project: MakeProject, tables: Target
) -> None:
    broker = '[default.broker]\nlink = "amqp://app:canary-first@queue.example/"\n'
    keyless = Remembered(project({**FILES, "settings.toml": FILES["settings.toml"] + broker}), tables, {})
    remember_in(tables, *keyless.look())
    keyless.project.write({".secrets.toml": '[production]\ntoken = "canary-another-one"\n'})
    changes = keyless.json("diff", keyless.id_of(0), "now")["changes"]
    assert [(change["key"], change["unknown"]) for change in changes] == [("broker.link", True), ("token", True)]
    ran = keyless.ask("diff", keyless.id_of(0), "now", "--exit-code")
    assert ran.status == 0
    assert "? Cannot be compared, for want of one digest key for both: broker.link, token" in ran.out


def test_a_key_tells_when_it_changed_from_what_to_what(orders: Remembered) -> None:
    found = orders.json("key", "SERVER.Port", "--env", "production")
    told = [
        (one["kind"], *(side and side["value"] for side in (one["left"], one["right"]))) for one in found["changes"]
    ]
    assert told == [("changed", 9000, 8000), ("changed", 8000, 9000), ("added", None, 8000)]
    assert found["changes"][0]["recorded_at"] == f"{moment(2):%Y-%m-%dT%H:%M:%SZ}"
    lines = orders.ask("key", "server.port", "--env", "production").out.splitlines()
    assert lines[0] == "server.port in production, last changed 1 day ago"
    assert [line.split("  ")[1] for line in lines if line[:1] in "~+" and line] == [
        "9000 → 8000",
        "8000 → 9000",
        "= 8000",
    ]


def test_a_tables_key_tells_about_its_leaves_and_lists_go_on(orders: Remembered) -> None:
    first = orders.json("key", "server", "--env", "production", "--limit", "3")
    rest = orders.json("key", "server", "--env", "production", "--limit", "3", "--before", first["next"])
    keys = [one["key"] for one in (*first["changes"], *rest["changes"])]
    assert keys[:2] == ["server.port", "server.port"]
    assert sorted(keys[2:]) == ["server.host", "server.port", "server.workers"]
    assert "server.host" in orders.ask("key", "server", "--env", "production").out


def test_without_an_environment_a_key_is_the_active_ones(orders: Remembered) -> None:
    assert orders.json("key", "server.port")["environment"] == "development"
    assert orders.ask("key", "server.port", "--format", "json", ENV_FOR_DYNACONF="production").json["environment"] == (
        "production"
    )


def test_an_environment_that_the_project_no_longer_has_can_still_be_asked_about(orders: Remembered) -> None:
    orders.project.write({"assay.toml": 'known_environments = ["development"]\n', "settings/production.toml": ""})
    orders.project.write({".secrets.toml": "[default]\n"})
    assert len(orders.json("list", "--env", "production")["snapshots"]) == 3
    assert orders.json("key", "server.port", "--env", "production")["changes"]
    ran = orders.ask("diff", orders.id_of(0), "now")
    assert ran.status == 2
    assert "There is no environment 'production'" in ran.err


WRONG = {
    "list --env prodution": "Did you mean 'production'?",
    "list --limit 0": "limit is 0",
    "list --limit 501": "limit is 501",
    "list --limit many": "'many' is not a valid integer",
    "list --before yesterday": "before is 'yesterday'",
    "list --before 7.8": "before is '7.8'",
    "show 00000000-0000-4000-8000-000000000000": "`assay history list`",
    "show zzzz": "`assay history list`",
    "show ab": "its first 4 digits or more",
    "show \0';DROP\ufeff": "`assay history list`",
    "diff now now": "Only the second of the two can be 'now'",
    "diff 0123 now": "`assay history list`",
    "key server.prot --env production": "Did you mean 'server.port'?",
    "key server.port --env prodution": "Did you mean 'production'?",
    "key server.port --before 4711": "before is '4711'",
    "lsit": "Did you mean 'list'?",
}


def test_what_cannot_be_asked_ends_with_2_and_says_what_can(orders: Remembered) -> None:
    ran = {call: orders.ask(*call.split(" ")) for call in WRONG}
    assert {call: (one.status, one.out) for call, one in ran.items()} == dict.fromkeys(WRONG, (2, ""))
    assert {call: ran[call].err for call, told in WRONG.items() if told not in ran[call].err} == {}


def test_a_beginning_that_several_ids_have_is_not_guessed(orders: Remembered) -> None:
    renamed = (
        "SET session_replication_role = replica",  # or the one table would hold the other back
        "UPDATE snapshot SET id = ('abcd' || substr(id::text, 5))::uuid",
        "UPDATE validation SET snapshot_id = ('abcd' || substr(snapshot_id::text, 5))::uuid",
    )
    asyncio.run(run(orders.target, *renamed))
    ran = orders.ask("show", "abcd")
    assert ran.status == 2
    assert "Several snapshots begin with 'abcd'" in ran.err
    assert orders.ask("show", orders.id_of(0)[:8].upper()).status == 0


def test_a_database_that_is_away_ends_with_3_and_says_what_to_do(orders: Remembered) -> None:
    away = replace(orders.target, port=unused_port())
    for arguments in (["list"], ["show", "0123"], ["diff", "0123", "now"], ["key", "server.port"]):
        ran = orders.project.assay("history", *arguments, **variables(away))
        assert (ran.status, ran.out) == (3, "")
        assert "fix:" in ran.err
    told = orders.project.assay("history", "list", "--format", "json", **variables(away))
    assert (told.status, told.json["error"]["code"]) == (3, "database-unavailable")


def test_a_database_without_the_tables_says_how_to_make_them(orders: Remembered) -> None:
    asyncio.run(run(orders.target, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"))
    ran = orders.ask("list", "--format", "json")
    assert (ran.status, ran.json["error"]["code"]) == (3, "migrations-pending")
    assert "not there yet" in ran.json["error"]["message"]
    assert "`assay db upgrade`" in ran.json["error"]["fix"]
    assert orders.project.assay("db", "upgrade", **variables(orders.target)).status == 0
    assert orders.ask("list", "--env", "production").out.startswith("Nothing was recorded of production in orders:")


def test_tables_of_an_older_version_say_how_far_they_are_behind(orders: Remembered) -> None:
    assert orders.project.assay("db", "downgrade", "0001", **variables(orders.target)).status == 0
    for arguments in (["list"], ["show", "0123"], ["key", "server.port"]):
        ran = orders.ask(*arguments)
        assert ran.status == 3
        assert f"{len(schema.revisions()) - 1} behind" in ran.err


def test_tables_of_a_newer_version_are_not_guessed_at(orders: Remembered) -> None:
    newer = f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"  # noqa: S608 - a name of ours
    known = orders.id_of(0)
    asyncio.run(run(orders.target, "DROP TABLE leaf CASCADE", newer))
    ran = orders.ask("show", known)
    assert ran.status == 1
    assert "A newer version of Assay has made the tables" in ran.err


def test_a_history_that_is_switched_off_says_so(orders: Remembered) -> None:
    ran = orders.ask("list", ASSAY_HISTORY__ENABLED="false")
    assert ran.status == 2
    assert "history.enabled is false in development" in ran.err
    assert "ASSAY_HISTORY__ENABLED" in ran.err


def test_without_a_database_nothing_can_be_remembered(project: MakeProject) -> None:
    ran = project(FILES).assay("history", "list")
    assert ran.status == 2
    assert "--home" in ran.err
    assert "ASSAY_DATABASE__URL" in ran.err


def test_a_home_that_names_no_database_says_how_to_name_one(own: MakeProject) -> None:
    ran = own().assay("history", "list")
    assert ran.status == 2
    assert "names no database" in ran.err
    assert "Set database.url" in ran.err


def test_the_settings_of_the_service_may_be_elsewhere(orders: Remembered, own: MakeProject) -> None:
    target = orders.target
    parts = {"host": target.host, "port": target.port, "name": target.name, "username": target.username}
    stated = "".join(
        f"{name} = {json.dumps(value)}\n" for name, value in (parts | {"password": target.password}).items()
    )
    own({".secrets.toml": f"[default.database]\n{stated}"}, name="home")
    ran = orders.project.assay("history", "list", "--home", "../home", "--format", "json", **KEY)
    assert ran.status == 0, ran.err
    assert ran.json == orders.json("list")


def test_a_project_of_another_name_has_a_history_of_its_own(orders: Remembered, project: MakeProject) -> None:
    other = project(FILES, name="invoices")
    ran = other.assay("history", "list", **variables(orders.target))
    assert ran.status == 0
    assert ran.out.startswith("Nothing was recorded of invoices: ")
