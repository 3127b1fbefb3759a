"""The lists of what is masked and what is not, asked of every command in every format."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from canaries import found_in
from projects import MakeProject, ProjectFolder
from remembered import look, remember_in, variables
from secrecy_lists import FORMS, NAMES, PLACED, SHOWN, TEXTS, Lists

from app.database.target import Target

CALLS: Mapping[str, list[str]] = {
    "show": ["show", "production"],
    "show elsewhere": ["show", "development"],
    "matrix": ["matrix"],
    "diff": ["diff", "development", "production", "--all"],
    "check": ["check", "--fail-level", "info"],
    "explain": ["explain", "placed", "--env", "development"],
}
FORMATS = {"check": ["text", "json", "sarif", "junit", "github"]}


@pytest.fixture
def listed(project: MakeProject) -> ProjectFolder:
    return project(Lists().files())


def test_the_lists_are_as_long_as_was_promised() -> None:
    assert len(NAMES) + len(FORMS) + len(TEXTS) + len(PLACED) >= 120
    assert len(SHOWN) >= 60


@pytest.mark.parametrize(
    ("call", "answer"), [(call, answer) for call in CALLS for answer in FORMATS.get(call, ["text", "json"])]
)
def test_no_command_shows_what_must_be_masked(listed: ProjectFolder, call: str, answer: str) -> None:
    ran = listed.assay(*CALLS[call], "--format", answer, ENV_FOR_DYNACONF="production")
    assert ran.status in {0, 1}
    assert [ran.out[max(0, start - 60) : end + 20] for start, end in found_in(ran.out + ran.err)] == []


def test_what_must_not_be_masked_is_shown(listed: ProjectFolder) -> None:
    said = listed.assay("show", "production", "--format", "json").json["values"]
    values = {value["key"]: value for value in said}
    assert [name for at, name in enumerate(SHOWN) if not _is_shown(values, f"v{at}.{name}", SHOWN[name])] == []


def _is_shown(values: Mapping[str, Any], key: str, value: object) -> bool:
    """Whether a key, or the first item of its list, is shown as it is."""
    literal = str(value)
    if literal.startswith("["):
        key, literal = f"{key}[0]", literal.strip("[]")
    found = values[key]
    return not found["secret"] and found["value"] == json.loads(literal)


def test_no_rule_takes_what_must_not_be_masked_for_a_secret(listed: ProjectFolder) -> None:
    report = listed.assay("check", "production", "--format", "json", ENV_FOR_DYNACONF="production").json
    found = [*report["findings"], *(finding for one in report["environments"] for finding in one["findings"])]
    false = [(one["rule"], one["key"]) for one in found if one["rule"][:3] in {"SEC", "DB0"} and _is_visible(one)]
    assert false == []


def _is_visible(finding: Mapping[str, Any]) -> bool:
    return (finding["key"] or "").startswith("v") and "." in finding["key"]


def test_roles_say_what_of_a_secrets_file_may_be_shown(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": 'known_environments = ["development", "production"]\n[roles]\n"queue.host" = "host"\n',
            "settings.toml": '[default.queue]\nhost = "queue.example"\nname = "canary-1"\n',
            ".secrets.toml": '[production.queue]\nhost = "other.example"\nname = "canary-2"\n',
        }
    )
    said = {one["key"]: one for one in made.assay("show", "production", "--format", "json").json["values"]}
    assert said["queue.host"]["value"] == "other.example"
    assert (said["queue.name"]["secret"], said["queue.name"]["value"]) == (True, None)
    there = {one["key"]: one for one in made.assay("show", "development", "--format", "json").json["values"]}
    assert (there["queue.name"]["secret"], there["queue.name"]["value"]) == (True, None)


def test_a_dotenv_file_that_nobody_loads_makes_nothing_secret(project: MakeProject) -> None:
    made = project({"settings.toml": '[default]\ncode = "visible"\n', ".env": "DYNACONF_CODE=canary-1\n"})
    (value,) = made.assay("show", "development", "--format", "json").json["values"]
    assert (value["secret"], value["value"]) == (False, "visible")


def test_a_secrets_file_that_does_not_parse_still_hides_what_it_sets(project: MakeProject) -> None:
    made = project(
        {
            "settings.toml": '[default.queue]\nname = "canary-1"\n[production]\na = 1\n',
            ".secrets.toml": '[production.queue]\nname = "canary-2"\nlicense = "canary-3" oops\n',
        }
    )
    for command in (["check"], ["show", "production"], ["matrix"]):
        ran = made.assay(*command)
        assert "canary" not in ran.out + ran.err


def test_a_message_quotes_nothing_that_a_secrets_file_sets(project: MakeProject) -> None:
    made = project(
        {
            "assay.toml": 'known_environments = ["development", "production"]\n',
            "settings.toml": "[production]\na = 1\n",
            ".secrets.toml": '[production.db]\nhost = "canary-1.example"\nuser = "postgres"\nname = "canary-2"\n'
            'sslmode = "disable"\npassword = "canary-3"\n'
            '[development.db]\nhost = "canary-1.example"\nname = "canary-2"\n',
        }
    )
    ran = made.assay("check", "--fail-level", "info")
    assert all(rule in ran.out for rule in ("DB001", "DB004", "XENV002"))
    assert "canary" not in ran.out
    assert "'postgres'" not in ran.out


def test_no_history_keeps_what_must_be_masked(project: MakeProject, tables: Target) -> None:
    environ = {"ENV_FOR_DYNACONF": "production"}
    made = project(Lists().files())
    remember_in(tables, *look(made, 0, environ))
    made.write({"settings.toml": (made.root / "settings.toml").read_text().replace("canary", "canary-2")})
    remember_in(tables, *look(made, 1, environ))
    environ |= variables(tables)
    newest, oldest = _snapshots(made, environ)
    calls = [["list"], ["show", newest], ["diff", oldest, newest, "--all"], ["diff", newest, "now"]]
    calls += [["key", key, "--env", "production"] for key in ("placed.license", "t10.note", "g3.note", "f0.note", "n0")]
    for call in calls:
        for answer in ("text", "json"):
            ran = made.assay("history", *call, "--format", answer, **environ)
            assert ran.status == 0, ran.err
            assert list(found_in(ran.out + ran.err)) == []


def _snapshots(made: ProjectFolder, environ: Mapping[str, str]) -> tuple[str, str]:
    listed = made.assay("history", "list", "--env", "production", "--format", "json", **environ).json["snapshots"]
    return listed[0]["id"], listed[-1]["id"]
