"""`assay set` and `assay unset` break nothing that they do not name."""

import io
import sys
from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from repositories import repository

FLAT = {"assay.toml": 'settings_files = ["settings.toml", ".secrets.toml"]\n'}
"""A project whose tables do not merge."""


def text(project: ProjectFolder, name: str) -> str:
    return (project.root / name).read_text()


def values(project: ProjectFolder, environment: str) -> dict[str, Any]:
    return {leaf.key: leaf.value for leaf in project.workspace().tree(environment).leaves}


def test_a_table_that_is_added_adds_to_the_one_below_it(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    made = project(FLAT | {"settings.toml": "[production.database]\nhost = 'db.x'\nport = 6\n"})
    monkeypatch.setattr(sys, "stdin", io.StringIO("canary-7\n"))
    ran = made.assay("set", "database.password", "-", "--env", "production")
    assert ran.status == 0
    assert values(made, "production") == {"database.host": "db.x", "database.port": 6, "database.password": "canary-7"}
    assert text(made, ".secrets.toml") == '[production.database]\ndynaconf_merge = true\npassword = "canary-7"\n'


def test_what_was_added_with_a_marker_is_taken_out_with_it(project: MakeProject) -> None:
    profile = "[default.db]\nhost = 'a'\nport = 1\n\n[production]\nx = 1\n"
    made = project(FLAT | {"settings.toml": profile})
    assert made.assay("set", "db.host", "b", "--env", "production").status == 0
    assert "[production.db]\ndynaconf_merge = true\nhost = " in text(made, "settings.toml")
    assert made.assay("unset", "db.host", "--env", "production").status == 0
    assert text(made, "settings.toml") == profile


def test_a_list_below_a_table_takes_the_place_of_the_one_below_it(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[default.db]\nhosts = ['a']\nport = 1\n[production]\nx = 1\n"})
    assert made.assay("set", "db.hosts", "b,c", "--env", "production").status == 0
    assert values(made, "production") == {"x": 1, "db.port": 1, "db.hosts[0]": "b", "db.hosts[1]": "c"}


def test_where_nothing_leaves_the_neighbours_alone_it_is_refused_and_they_are_named(project: MakeProject) -> None:
    options = FLAT["assay.toml"] + "nested_separator = false\n"
    profile = "[default.db]\nhosts = ['a']\nport = 1\n[production]\nx = 1\n"
    made = project({"assay.toml": options, "settings.toml": profile})
    ran = made.assay("set", "db.hosts", "b,c", "--env", "production")
    assert ran.status == 1
    assert "production would lose db.port." in ran.out
    assert text(made, "settings.toml") == profile


def test_what_a_variable_hides_from_this_process_is_kept_for_all_others(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[default.db]\nhost = 'a'\nport = 1\n[production]\nx = 1\n"})
    hidden = {"ENV_FOR_DYNACONF": "production", "DYNACONF_DB__PORT": "1"}
    assert made.assay("set", "db.host", "b", "--env", "production", **hidden).status == 0
    assert values(made, "production") == {"x": 1, "db.port": 1, "db.host": "b"}


def test_a_reference_to_a_variable_that_is_not_here_is_kept(project: MakeProject) -> None:
    profile = "[default.db]\nhost = 'a'\nlogin = '@format {env[DB_LOGIN]}'\n[production]\nx = 1\n"
    made = project(FLAT | {"settings.toml": profile})
    assert made.assay("set", "db.host", "b", "--env", "production").status == 0
    assert "[production.db]\ndynaconf_merge = true\nhost = " in text(made, "settings.toml")


def test_taking_out_the_last_key_of_a_table_lets_nothing_else_in(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[default.db]\nhost = 'a'\nport = 1\n[production.db]\nhost = 'b'\n"})
    made.assay("unset", "db.host", "--env", "production")
    assert "db.port" not in values(made, "production")


KEPT = [
    ("['a']", "a,b", '["a", "b"]'),
    ("['a']", '["a", "b"]', '["a", "b"]'),
    ("['a']", '"a","b"', '["a","b"]'),
    ("[1, 2]", "3,4", "[3, 4]"),
    ("[1.5]", "3", "[3.0]"),
    ("[]", "a", '["a"]'),
    ("10", "20", "20"),
    ("1.5", "2", "2.0"),
    ("'x'", "5", '"5"'),
    ("'x'", "true", '"true"'),
    ("'x'", "2024-01-02", '"2024-01-02"'),
    ("true", "False", "false"),
    ("2024-01-02", "2025-01-02", "2025-01-02"),
    ("'[1]'", "[2]", '"[2]"'),
]


@pytest.mark.parametrize(("now", "typed", "written"), KEPT)
def test_a_key_keeps_its_type(project: MakeProject, now: str, typed: str, written: str) -> None:
    made = project({"settings.toml": f"[default]\nx = {now}\n[production]\ny = 1\n"})
    assert made.assay("set", "x", typed, "--env", "production").status == 0
    assert f"x = {written}\n" in text(made, "settings.toml").partition("[production]")[2]


def test_a_text_that_looks_like_something_else_is_told_to_stay_one(project: MakeProject) -> None:
    ran = project({"settings.toml": "[default]\nx = 'yes'\n"}).assay("set", "x", "false", "--env", "default")
    assert (
        ran.status,
        "stays a text (settings.toml:2:1); --type bool makes it true or false." in " ".join(ran.out.split()),
    ) == (0, True)


OTHERS = [
    ("10", "abc"),
    ("10", "true"),
    ("10", ""),
    ("10", "4e71823"),
    ("1.5", "1,5"),
    ("true", "yes"),
    ("true", "1"),
    ("2024-01-02", "tomorrow"),
    ("[1, 2]", "a,b"),
    ("[{a = 1}]", "a,b"),
]


@pytest.mark.parametrize(("now", "typed"), OTHERS)
def test_what_is_of_another_type_is_refused_unless_it_is_asked_for(project: MakeProject, now: str, typed: str) -> None:
    profile = f"[default]\nx = {now}\n"
    made = project({"settings.toml": profile})
    ran = made.assay("set", "x", typed, "--env", "default")
    assert ran.status == 1
    assert "and VALUE is not" in " ".join(ran.out.split())
    assert text(made, "settings.toml") == profile
    assert made.assay("set", "x", typed, "--env", "default", "--type", "str").status == 0
    assert text(made, "settings.toml") == f'[default]\nx = "{typed}"\n'


MEANT = [
    ("10", '"abc"', [], '"abc"'),
    ("10", "[1]", [], "[1]"),
    ("10", "1.5", ["--type", "float"], "1.5"),
    ("10", "a,b", ["--type", "list"], '["a", "b"]'),
    ("10", "1,2", ["--type", "list"], "[1, 2]"),
    ("'x'", "5", ["--type", "int"], "5"),
    ("'x'", "TRUE", ["--type", "bool"], "true"),
    ("'x'", "2024-01-02", ["--type", "toml"], "2024-01-02"),
    ("'x'", "{a = 1}", ["--type", "table"], "{a = 1}"),
    ("['a']", "a", ["--string"], '"a"'),
]


@pytest.mark.parametrize(("now", "typed", "asked", "written"), MEANT)
def test_a_type_is_changed_on_purpose_and_told(
    project: MakeProject, now: str, typed: str, asked: list[str], written: str
) -> None:
    made = project({"settings.toml": f"[default]\nx = {now}\n"})
    ran = made.assay("set", "x", typed, "--env", "default", *asked)
    assert ran.status == 0
    assert text(made, "settings.toml") == f"[default]\nx = {written}\n"
    assert "it becomes" in " ".join(ran.out.split())


NONE = [("abc", "int"), ("1.5", "int"), ("yes", "bool"), ("x", "table"), ("x y", "toml")]


@pytest.mark.parametrize(("typed", "kind"), NONE)
def test_what_is_not_of_the_type_that_is_asked_for_is_no_value(project: MakeProject, typed: str, kind: str) -> None:
    made = project({"settings.toml": "[default]\nx = 1\n"})
    ran = made.assay("set", "x", typed, "--env", "default", "--type", kind)
    assert (ran.status, "VALUE is not" in ran.err) == (2, True)


def test_the_type_comes_from_other_environments_where_this_one_has_no_such_key(project: MakeProject) -> None:
    made = project({"settings.toml": "[staging]\nhosts = ['a']\n[production]\ny = 1\n"})
    assert made.assay("set", "hosts", "b", "--env", "production").status == 0
    assert 'hosts = ["b"]' in text(made, "settings.toml")


def test_a_text_that_the_model_refuses_is_no_type_to_keep(own: MakeProject) -> None:
    made = own({"settings.toml": "[default.server]\nport = 'many'\n"})
    assert made.assay("set", "server.port", "8080", "--env", "default").status == 0
    assert text(made, "settings.toml") == "[default.server]\nport = 8080\n"


def test_a_list_that_would_add_to_another_is_refused_with_the_reason(project: MakeProject) -> None:
    options = FLAT["assay.toml"] + "merge_enabled = true\n"
    made = project({"assay.toml": options, "settings.toml": "[default]\nx = ['a']\n[production]\ny = 1\n"})
    ran = made.assay("set", "x", "b", "--env", "production")
    assert ran.status == 1
    assert "Lists add to the ones below them here." in " ".join(ran.out.split())


def test_a_key_in_another_case_is_asked_about(project: MakeProject) -> None:
    profile = "[default.box]\nport = 1\n"
    made = project({"settings.toml": profile})
    for command in (("set", "box.PORT", "2"), ("set", "BOX.port", "2"), ("unset", "box.Port")):
        ran = made.assay(*command, "--env", "default")
        assert ran.status == 1
        assert "It is spelled box.port here" in ran.out
        assert text(made, "settings.toml") == profile
    assert "SRC007" in made.assay("set", "box.PORT", "2", "--env", "default", "--exact").out
    assert made.assay("set", "box.PORT", "2", "--env", "default", "--force").status == 0
    assert text(made, "settings.toml") == profile + "PORT = 2\n"


def test_a_key_may_be_spelled_as_another_environments_file_has_it(project: MakeProject) -> None:
    profile = "[development]\nMAIL_RETRIES = 3\n[production]\nDEBUG = false\n"
    made = project({"settings.toml": profile})
    assert made.assay("set", "MAIL_RETRIES", "5", "--env", "production").status == 0
    assert text(made, "settings.toml") == profile + "MAIL_RETRIES = 5\n"
    assert "It is spelled MAIL_RETRIES here" in made.assay("set", "Mail_Retries", "7", "--env", "production").out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("prt", "assay: prt is a new key; port exists: did you mean port?\n"),
        ("databse.host", "assay: databse.host is a new key; database exists: did you mean database.host?\n"),
        ("database.hsot", "assay: database.hsot is a new key; database.host exists: did you mean database.host?\n"),
        ("database.port", ""),
        ("queue", ""),
        ("port", ""),
    ],
)
def test_a_new_key_beside_one_that_it_resembles_is_written_and_told(
    project: MakeProject, typed: str, said: str
) -> None:
    made = project({"settings.toml": "[default]\nport = 1\n[staging.database]\nhost = 'db'\n[production]\nx = 1\n"})
    ran = made.assay("set", typed, "8080", "--env", "production")
    assert (ran.status, ran.err) == (0, said)
    assert values(made, "production")[typed] == 8080
    again = made.assay("set", typed, "8081", "--env", "production", "--format", "json")
    assert (again.err, again.json["hint"]) == ("", None)


def test_a_new_warning_is_shown_and_hinders_nobody(own: MakeProject) -> None:
    made = own({"settings.toml": "[default]\n"})
    ran = made.assay("set", "srver.port", "5", "--env", "default", "--format", "json")
    assert {finding["severity"] for finding in ran.json["findings"]} <= {"warning", "error"}
    assert ran.json["findings"]


ALONE = {"assay.toml": 'settings_files = ["settings.toml"]\n', "settings.toml": "[default]\nx = 1\n"}


def test_a_secret_is_not_written_where_nothing_reads_it(project: MakeProject) -> None:
    made = project(ALONE)
    ran = made.assay("set", "api_token", "canary-7", "--env", "default")
    assert ran.status == 1
    assert 'settings_files = ["settings.toml", ".secrets.toml"]' in ran.err
    assert not (made.root / ".secrets.toml").exists()
    assert "canary" not in ran.out + ran.err


def test_a_secrets_file_that_git_would_take_is_told_and_ignored_on_demand(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[default]\nx = 1\n"})
    repository(made.root, "settings.toml")
    ran = made.assay("set", "api_token", "canary-7", "--env", "default", "--dry-run")
    assert "git does not ignore .secrets.toml" in ran.out
    ran = made.assay("set", "api_token", "canary-7", "--env", "default", "--gitignore")
    assert ran.status == 0
    assert text(made, ".gitignore") == "/.secrets.toml\n"
    assert "git does not ignore" not in ran.out
    again = made.assay("set", "api_token", "canary-8", "--env", "default", "--gitignore")
    assert "git" not in again.out
    assert text(made, ".gitignore") == "/.secrets.toml\n"


def test_a_secrets_file_that_git_tracks_is_told(project: MakeProject) -> None:
    made = project(FLAT | {".gitignore": ".secrets.toml\n", ".secrets.toml": "[default]\nx = 1\n"})
    repository(made.root, ".secrets.toml")
    ran = made.assay("set", "api_token", "canary-7", "--env", "default")
    assert "git rm --cached .secrets.toml" in " ".join(ran.out.split())


def test_a_repository_that_does_not_answer_is_told(project: MakeProject) -> None:
    made = project(FLAT | {".git": "no repository", "settings.toml": "[default]\nx = 1\n"})
    ran = made.assay("set", "api_token", "canary-7", "--env", "default")
    assert "git does not say whether it ignores .secrets.toml" in " ".join(ran.out.split())


def test_what_is_a_secret_by_its_place_stays_in_the_secrets_file(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[production]\nx = 1\n", ".secrets.toml": "[default]\nkey = 'canary-1'\n"})
    ran = made.assay("set", "key", "canary-2", "--env", "production")
    assert ran.status == 0
    assert '[production]\nkey = "canary-2"\n' in text(made, ".secrets.toml")
    assert "canary" not in ran.out + ran.err


def test_a_file_is_not_named_for_a_secret_where_no_file_is_for_secrets(project: MakeProject) -> None:
    ran = project(ALONE).assay("set", "api_token", "canary-7", "--env", "default", "--file", "settings.toml")
    assert (ran.status, "settings_files = " in ran.err) == (1, True)


PEM = "-----BEGIN PRIVATE KEY-----\ncanary-7\r\n\n  x\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_value_of_many_lines_is_kept_whole(project: MakeProject, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    made = project(FLAT | {"settings.toml": "[default]\nx = 1\n"})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((PEM + "end" + end).encode())))
    assert made.assay("set", "private_key", "-", "--env", "default").status == 0
    assert values(made, "development")["private_key"] == PEM + "end"


def test_a_table_that_a_later_file_replaces_is_told_with_its_place(project: MakeProject) -> None:
    made = project(FLAT | {"settings.toml": "[staging]\nx = 1\n", ".secrets.toml": "[staging.cache]\nurl = 'u'\n"})
    ran = made.assay("set", "cache.ttl", "5", "--env", "staging")
    assert ran.status == 1
    told = " ".join(ran.out.split())
    assert "staging would still have no cache.ttl: .secrets.toml:2:1 takes the place of cache." in told
