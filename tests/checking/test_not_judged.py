"""What cannot be judged is not valid, and the cause is told first."""

from xml.etree import ElementTree as ET

import msgspec
import pytest
from projects import MakeProject

from app.checking.project_context import survey
from app.project.workspace import open_workspace

OPTIONS = 'settings_files = ["settings.toml", ".secrets.toml"]\n'
NAMES = [f"env{number}" for number in range(12)]
REASON = "settings.toml:35 does not parse"
WHOLE = "".join(f"[{name}]\nworkers = 4\nqueue = 'q'\n" for name in NAMES)


def _broken_at_35() -> str:
    lines = WHOLE.splitlines()
    lines[34] = "workers = 'four"
    return "\n".join(lines)


def test_a_fault_in_the_file_that_defines_production_is_told_in_place_of_there_is_no_environment(
    project: MakeProject,
) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[default]\na = 1\n\n[production]\nworkers = \n"})

    ran = made.assay("check", "production")

    assert ran.status == 1
    assert ran.out.startswith("error[SRC002] toml-syntax\n  --> settings.toml:5:11\n")
    assert "✗ not judged production, production-like: settings.toml:5 does not parse" in ran.out
    assert "There is no environment" not in ran.out + ran.err


def test_no_environment_of_a_broken_file_is_valid_and_their_order_stays(project: MakeProject) -> None:
    whole = project({"assay.toml": OPTIONS, "settings.toml": WHOLE}).assay("check", "--format", "json").json
    ran = project({"assay.toml": OPTIONS, "settings.toml": _broken_at_35()}).assay("check", "--format", "json")

    assert ran.status == 1
    assert [one["name"] for one in ran.json["environments"]] == [one["name"] for one in whole["environments"]]
    assert {(one["judged"], one["valid"], one["reason"]) for one in ran.json["environments"]} == {
        (False, False, REASON)
    }
    assert all(one["judged"] and "reason" not in one for one in whole["environments"])
    assert not ran.json["valid"]
    assert ran.json["findings"][0]["rule"] == "SRC002"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xef\xbb\xbf[production]\nb = 1\n", ".secrets.toml:1 begins with a byte-order mark"),
        (b"[production]\nb = 'Z\xfcrich'\n", ".secrets.toml:2 is not UTF-8"),
        (b"[production\nb = 1\n", ".secrets.toml:1 does not parse"),
    ],
)
def test_any_file_that_is_needed_and_not_known_is_the_reason(project: MakeProject, content: bytes, reason: str) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[production]\na = 1\n", ".secrets.toml": content})

    (found,) = [
        one for one in made.assay("check", "--format", "json").json["environments"] if one["name"] == "production"
    ]

    assert (found["judged"], found["reason"]) == (False, reason)


def test_what_might_come_from_the_hole_is_not_told(project: MakeProject) -> None:
    files = {
        "assay.toml": 'settings_files = ["settings.toml", ".secrets.toml"]\nschema = "app.schema:Settings"\n',
        "settings.toml": "[staging.app]\nname = 'x'\n[production.app]\ndebug = true\n",
        ".secrets.toml": "[production.app\nsecret_key = 'x'\n",
    }

    report = project(files).assay("check", "--format", "json").json

    assert [finding["rule"] for finding in report["findings"]] == ["SRC002"]
    assert [one["findings"] for one in report["environments"]] == [[], [], []]


def test_an_include_makes_only_those_unjudged_that_include_it(project: MakeProject) -> None:
    files = {
        "assay.toml": OPTIONS,
        "settings.toml": "[staging]\na = 1\n[production]\na = 2\ndynaconf_include = ['more.toml']\n",
        "more.toml": "[production]\nb = \n",
    }

    report = project(files).assay("check", "--format", "json").json

    assert {one["name"]: one["judged"] for one in report["environments"]} == {
        "staging": True, "production": False, "development": True
    }  # fmt: skip


def test_neither_a_waiver_nor_a_baseline_nor_a_low_level_makes_it_judged(project: MakeProject) -> None:
    waiver = '[[waivers]]\nrule = "SRC002"\nreason = "later"\nexpires = 2030-01-01\n'
    made = project({"assay.toml": OPTIONS + waiver, "settings.toml": "[production]\nworkers = \n"})
    assert made.assay("check").status == 1
    made.assay("check", "--write-baseline", "known.json")

    ran = made.assay("check", "--baseline", "known.json", "--format", "json")

    assert (ran.status, ran.json["valid"]) == (1, False)


@pytest.mark.parametrize("command", [["show"], ["explain", "a"], ["diff", "staging", "production"], ["matrix"]])
def test_every_answer_about_it_says_so_beside(project: MakeProject, command: list[str]) -> None:
    files = {"settings.toml": "[staging]\na = 1\n[production]\na = 2\n", ".secrets.toml": "[production]\nb = \n"}
    made = project({"assay.toml": OPTIONS, **files})

    assert (
        "assay: not judged: staging, production: .secrets.toml:2 does not parse."
        in made.assay(*command, ENV_FOR_DYNACONF="production").err
    )


ONE = "What nosuch has is not known: settings.toml:4 does not parse.\n"


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (["show", "nosuch"], ONE),
        (["matrix", "nosuch"], "What nosuch have is not known: settings.toml:4 does not parse.\n"),
        (
            ["diff", "nosuch", "default"],
            "Whether nosuch and default differ is not known: settings.toml:4 does not parse.\n",
        ),
    ],
)
def test_an_answer_about_an_environment_that_may_stand_in_a_broken_file_is_none(
    project: MakeProject, command: list[str], out: str
) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[default]\na = 1\n[production]\nb = \n"})
    ran = made.assay(*command)
    assert (ran.status, ran.out) == (1, out)
    assert command[1] in ran.err.partition("not judged: ")[2]
    document = made.assay(*command, "--format", "json").json
    reason = document.get("reason") or document["unjudged"][command[1]]
    assert (document["judged"], reason) == (False, "settings.toml:4 does not parse")


def test_the_active_environment_may_stand_in_a_broken_file(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[default]\na = 1\n[elsewhere\n"})
    ran = made.assay("show", ENV_FOR_DYNACONF="production")
    assert (ran.status, ran.out) == (1, ONE.replace("nosuch", "production").replace("4", "3"))


@pytest.mark.parametrize("command", [["explain", "a", "--env"], ["set", "a", "2", "--env"], ["unset", "a", "--env"]])
def test_what_a_broken_file_may_say_is_not_denied(project: MakeProject, command: list[str]) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[default]\na = 1\n[production]\nb = \n"})
    ran = made.assay(*command, "nosuch")
    assert ran.status == 2
    assert "No layer" not in ran.err
    assert "There is no environment 'nosuch'.\n" not in ran.err


@pytest.mark.parametrize("command", [["show"], ["explain", "a"], ["diff", "staging", "production"], ["matrix"]])
def test_an_answer_that_is_not_all_says_so(project: MakeProject, command: list[str]) -> None:
    files = {"settings.toml": "[staging]\na = 1\n[production]\na = 2\n", ".secrets.toml": "[production]\nb = \n"}
    made = project({"assay.toml": OPTIONS, **files})
    ran = made.assay(*command, "--format", "json", ENV_FOR_DYNACONF="production")
    assert (ran.status, ran.json["judged"]) == (0, False)
    made.write({".secrets.toml": "[production]\nb = 1\n"})
    ran = made.assay(*command, "--format", "json", ENV_FOR_DYNACONF="production")
    assert (ran.status, ran.json["judged"]) == (0, True)
    assert {"reason", "unjudged"} & ran.json.keys() == set()


def test_the_formats_of_programs_agree(project: MakeProject) -> None:
    made = project({"assay.toml": OPTIONS, "settings.toml": "[production]\nworkers = \n"})

    sarif = msgspec.json.decode(made.assay("check", "production", "--format", "sarif").out)
    suites = ET.fromstring(made.assay("check", "production", "--format", "junit").out)  # noqa: S314 - our own
    github = made.assay("check", "production", "--format", "github").out

    (invocation,) = sarif["runs"][0]["invocations"]
    assert not invocation["executionSuccessful"]
    said = "[production] Not judged: settings.toml:2 does not parse."
    assert [told["message"]["text"] for told in invocation["toolExecutionNotifications"]] == [said]
    assert [suite.get("failures") for suite in suites] == ["1", "1"]
    assert "::error title=production is not judged::settings.toml:2 does not parse" in github


def test_a_registry_still_knows_its_names(project: MakeProject) -> None:
    options = OPTIONS + 'known_environments = ["development", "production"]\n'
    made = project({"assay.toml": options, "settings.toml": "[production]\nworkers = \n"})

    ran = made.assay("check", "prodution")

    assert (ran.status, "Did you mean 'production'?" in ran.err) == (2, True)


BOM = b"\xef\xbb\xbf"
DOTENV = OPTIONS + 'load_dotenv = true\nenvvar_prefix = "LARK"\n'
SETTINGS = {"assay.toml": DOTENV, "settings.toml": "[development]\na = 1\n[production]\na = 2\n"}


def test_a_byte_order_mark_before_a_dotenv_file_is_told_with_its_place_and_the_name_that_is_lost(
    project: MakeProject,
) -> None:
    made = project({**SETTINGS, ".env": BOM + b"LARK_DELTA=2\nLARK_PORT=3\n"})

    ran = made.assay("check")

    assert ran.status == 1
    assert ran.out.startswith("error[SRC003] not-utf8\n  --> .env:1:1\n")
    assert "LARK_DELTA is not set" in " ".join(ran.out.split())
    assert "None" not in ran.out
    assert {value["key"] for value in made.assay("show", "--format", "json").json["values"]} == {"a", "port"}


def test_a_dotenv_file_that_is_no_text_leaves_the_active_environment_alone_not_judged(project: MakeProject) -> None:
    made = project({**SETTINGS, ".env": b"LARK_A=1\nLARK_CITY=Z\xfcrich\n"})

    report = made.assay("check", "--format", "json").json

    assert {one["name"]: one.get("reason") for one in report["environments"]} == {
        "development": ".env:2 is not UTF-8", "production": None
    }  # fmt: skip


def test_init_takes_no_byte_order_mark_into_the_first_key(project: MakeProject) -> None:
    made = project({"in.env": BOM + b"COLOUR=red\nPORT=1\n"})

    assert made.assay("init", "--from", "in.env").status == 0

    assert (made.root / "settings.toml").read_text() == '[default]\ncolour = "red"\nport = 1\n'


def test_an_error_of_no_single_environment_is_told_beside_their_verdicts(project: MakeProject) -> None:
    options = 'known_environments = ["development", "production"]\n'
    made = project({"assay.toml": options, "settings.toml": "[production]\nTimeout = 7\nTIMEOUT = 8\n"})
    ran = made.assay("check", "production")
    assert ran.status == 1
    assert ran.out.splitlines()[-2:] == ["✗ invalid the files: 1 error", "✓ valid   production, production-like"]


@pytest.mark.parametrize(("name", "is_read"), [("settings.toml", True), ("settings.yaml", False)])
def test_code_is_read_for_what_is_judged_alone(project: MakeProject, name: str, is_read: bool) -> None:  # noqa: FBT001
    call = f'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["{name}"])\nsettings.PORT\n'
    made = project({"config.py": call, name: "port = 1\n"})
    assert survey(open_workspace(made.root, {})).usage.known is is_read
