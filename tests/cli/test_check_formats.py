"""`assay check` for code scanning, test reports and annotations."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from projects import MakeProject, ProjectFolder, Ran
from sarif_kit.validate import validation_errors

FORMATS = ["sarif", "junit", "github"]

FILES = {
    "assay.toml": """\
known_environments = ["development", "production"]
[[waivers]]
rule = "CORS001"
reason = "the partners' pages, until they have names"
expires = 2030-01-31
""",
    "settings.toml": 'port = 1\n[production]\ndebug = true\n[production.cors]\nallow_origins = ["*"]\n',
    "settings/zoné, 100%.toml": '[production]\n"größe" = 1\nadmin = { debug = true }\n',
}


DEBUG_ON = "[production]\ndebug = true\n"


@pytest.fixture
def faulty(project: MakeProject) -> ProjectFolder:
    """Two errors and a warning, in files and in a variable, and one that is waived."""
    return project(FILES, name="orders")


def results(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ran.json["runs"][0]["results"]
    return found


def place(result: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = result["locations"][0]["physicalLocation"]
    return found


def test_sarif_is_valid_against_the_official_schema(faulty: ProjectFolder) -> None:
    ran = faulty.assay("check", "--format", "sarif", ENV_FOR_DYNACONF="production", DYNACONF_DEBUGGING__DEBUG="true")
    assert ran.status == 1
    assert validation_errors(ran.json) == []
    assert validation_errors({**ran.json, "version": "2.0"}) != []


def test_sarif_describes_every_rule_and_points_at_it(faulty: ProjectFolder) -> None:
    ran = faulty.assay("check", "--format", "sarif")
    rules = ran.json["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        rule["id"] for rule in faulty.assay("rules", "--format", "json").json["rules"]
    ]
    assert all(rule["help"]["markdown"] and rule["shortDescription"]["text"] for rule in rules)
    assert {rules[result["ruleIndex"]]["id"] for result in results(ran)} == {
        result["ruleId"] for result in results(ran)
    }


def test_sarif_says_where_in_characters_and_in_which_environment(faulty: ProjectFolder) -> None:
    ran = faulty.assay("check", "--format", "sarif")
    assert ran.json["runs"][0]["columnKind"] == "unicodeCodePoints"
    debug = next(result for result in results(ran) if result["properties"]["key"] == "debug")
    assert debug["level"] == "error"
    assert debug["message"]["text"].startswith("[production] debug is on")
    assert "Fix: Write [production] debug = false" in debug["message"]["text"]
    assert place(debug)["region"] == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 13}
    assert debug["locations"][0]["logicalLocations"] == [
        {"name": "debug", "fullyQualifiedName": "production.debug", "kind": "property"}
    ]


def test_sarif_writes_a_files_name_as_a_uri(faulty: ProjectFolder) -> None:
    uris = {place(result)["artifactLocation"]["uri"] for result in results(faulty.assay("check", "--format", "sarif"))}
    assert uris == {"settings.toml", "settings/zon%C3%A9%2C%20100%25.toml"}
    assert {unquote(uri) for uri in uris} == {"settings.toml", "settings/zoné, 100%.toml"}


def test_sarif_tells_what_stands_in_no_file_at_the_projects_options_with_its_variable(faulty: ProjectFolder) -> None:
    ran = faulty.assay("check", "--format", "sarif", ENV_FOR_DYNACONF="production", DYNACONF_X__DEBUG="true")
    found = next(result for result in results(ran) if result["properties"]["key"] == "x.DEBUG")
    (location,) = found["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "assay.toml", "uriBaseId": "%SRCROOT%"}}
    assert {"name": "DYNACONF_X__DEBUG", "kind": "variable"} in location["logicalLocations"]


def test_sarif_suppresses_what_is_waived(faulty: ProjectFolder) -> None:
    found = results(faulty.assay("check", "--format", "sarif"))
    waived = [result for result in found if result["suppressions"]]
    assert [result["ruleId"] for result in waived] == ["CORS001"]
    assert (
        waived[0]["suppressions"][0]["justification"] == "the partners' pages, until they have names (until 2030-01-31)"
    )
    assert all("suppressions" in result for result in found)


def test_sarifs_fingerprints_are_the_baselines(faulty: ProjectFolder) -> None:
    faulty.assay("check", "--write-baseline", "known.json")
    known = {entry["fingerprint"] for entry in json.loads((faulty.root / "known.json").read_text())["findings"]}
    found = results(faulty.assay("check", "--format", "sarif"))
    assert {result["partialFingerprints"]["assay/v1"] for result in found if not result["suppressions"]} == known


@pytest.mark.parametrize("answer", FORMATS)
def test_paths_are_relative_to_the_work_tree(project: MakeProject, answer: str) -> None:
    made = project(name="shop")
    (made.root / ".git").write_text("gitdir: elsewhere\n")
    made.write({f"services/orders/{name}": content for name, content in FILES.items()})
    ran = made.assay("check", "--project", "services/orders", "--format", answer)
    assert "services/orders/settings.toml" in ran.out


JUNIT: Mapping[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}
"""What junit-10.xsd of Jenkins' xUnit plugin allows, as far as it is used: attributes and children."""


def junit(project: ProjectFolder, *arguments: str) -> tuple[Ran, ET.Element]:
    ran = project.assay("check", "--format", "junit", *arguments)
    return ran, ET.fromstring(ran.out)  # noqa: S314 - our own


def test_junit_is_made_of_what_its_schema_allows(faulty: ProjectFolder) -> None:
    _, suites = junit(faulty)
    for element in suites.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) == attributes
        assert {child.tag for child in element} <= children


def test_junit_has_a_suite_for_the_project_and_for_each_environment(faulty: ProjectFolder) -> None:
    _, suites = junit(faulty)
    assert [suite.get("name") for suite in suites] == ["orders", "orders.development", "orders.production"]
    assert [[case.get("name") for case in suite] for suite in suites][1] == ["development is fit to run"]
    assert {case.get("name") for case in suites[2]} == {
        "APP001 debug-on debug", "APP001 debug-on admin.debug", "CORS001 any-origin cors.allow_origins[0]",
    }  # fmt: skip


@pytest.mark.parametrize("level", ["error", "warning", "info"])
def test_junit_fails_where_the_command_does(faulty: ProjectFolder, level: str) -> None:
    faulty.write({"settings.toml": "port = 1\n[production]\nzone = 'eu'\n", "settings/zoné, 100%.toml": ""})
    ran, suites = junit(faulty, "--fail-level", level)
    failures = suites.findall(".//failure")
    assert ran.status == (1 if failures else 0)
    assert bool(failures) is (level != "error")
    assert suites.get("failures") == str(len(failures))
    assert suites.get("tests") == str(len(suites.findall(".//testcase")))


def test_junit_tells_what_does_not_fail_and_skips_what_is_waived(faulty: ProjectFolder) -> None:
    _, suites = junit(faulty)
    told = [element.text or "" for element in suites.findall(".//system-out")]
    assert any(text.startswith("warning: port stands outside all sections") for text in told)
    (skipped,) = suites.findall(".//skipped")
    assert skipped.get("message") == "waived until 2030-01-31: the partners' pages, until they have names"


def test_junit_holds_no_character_that_xml_cannot_hold(project: MakeProject) -> None:
    made = project({"settings.toml": '[production."a\\u0001b\\uFFFE"]\ndebug = true\n'})
    ran, suites = junit(made)
    assert any("\\u0001" in str(case.get("name")) for case in suites.iter("testcase"))
    assert "\x01" not in ran.out


def test_github_annotates_the_line(faulty: ProjectFolder) -> None:
    lines = faulty.assay("check", "--format", "github").out.splitlines()
    debug = next(line for line in lines if "::debug is on" in line)
    place = "file=settings.toml,line=3,col=1,endLine=3,endColumn=13"
    assert debug.startswith(f"::error {place},title=APP001 debug-on in production::debug is on")
    assert "%0Afix: Write [production] debug = false" in debug
    assert any(line.startswith("::warning file=settings.toml,line=1,") for line in lines)
    assert not any("CORS001" in line for line in lines)


def test_github_escapes_what_its_commands_are_made_of(faulty: ProjectFolder) -> None:
    out = faulty.assay("check", "--format", "github").out
    assert "file=settings/zoné%2C 100%25.toml," in out
    faulty.write({"settings/zoné, 100%.toml": '[production."a\\n::error::b"]\ndebug = true\n'})
    lines = faulty.assay("check", "--format", "github").out.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert not any(line.startswith("::error::b") for line in lines)


def test_github_says_nothing_about_a_clean_project(project: MakeProject) -> None:
    made = project({"settings.toml": "[production]\nzone = 'eu'\n"})
    assert made.assay("check", "production", "--format", "github").out == ""


@pytest.mark.parametrize("answer", FORMATS)
def test_an_unusable_project_is_told_on_standard_error(project: MakeProject, answer: str) -> None:
    ran = project({"assay.toml": "lists = \n"}).assay("check", "--format", answer)
    assert ran.status == 2
    assert "does not parse" in ran.err
    assert ran.out.startswith("::error title=assay::" if answer == "github" else "")
    assert answer == "github" or ran.out == ""


@pytest.mark.parametrize("answer", FORMATS)
def test_no_format_shows_a_secret(project: MakeProject, answer: str) -> None:
    made = project(
        {
            "settings.toml": '[production.database]\nhost = "db"\nuser = "canary-1"\npassword = "canary-1"\n'
            '[default]\nurl = "postgresql://app:canary-1@db/x"\nsecret_key = "canary-1"\n',
            ".secrets.toml": '[production]\ntoken = "canary-1" oops\n',
        }
    )
    ran = made.assay("check", "--format", answer, "--fail-level", "info")
    assert ran.status == 1
    assert "canary-1" not in ran.out + ran.err


@pytest.mark.parametrize("answer", FORMATS)
def test_the_same_project_gives_the_same_bytes(faulty: ProjectFolder, answer: str) -> None:
    assert faulty.assay("check", "--format", answer).out == faulty.assay("check", "--format", answer).out


@pytest.mark.parametrize("command", [["show"], ["matrix"], ["rules"], ["schema"]])
def test_other_commands_answer_in_text_and_json_alone(project: MakeProject, command: list[str]) -> None:
    ran = project().assay(*command, "--format", "sarif")
    assert ran.status == 2
    assert "sarif" in ran.err


def test_an_answer_in_text_loads_no_other_format() -> None:
    loaded = ["app.formats.sarif", "app.formats.junit", "app.formats.github", "app.checking.baseline", "xml.etree"]
    code = (
        "import sys; sys.argv = ['assay', 'check']; from app.__main__ import main; main(); "
        f"print([name for name in {loaded} if name in sys.modules], file=sys.stderr)"
    )
    repository = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True)
    assert ran.stderr.splitlines()[-1] == "[]"


def test_every_result_of_sarif_names_a_file_or_code_scanning_would_refuse_them_all(own: MakeProject) -> None:
    ran = own().assay("check", "--strict-secrets", "--format", "sarif", ENV_FOR_DYNACONF="nowhere")
    assert ran.status == 2
    assert {result["ruleId"] for result in results(ran)} >= {"SRC005", "TYP001"}
    assert all(place(result)["artifactLocation"]["uri"] for result in results(ran))


@pytest.mark.parametrize("answer", ["json", *FORMATS])
def test_a_files_name_that_is_no_utf8_is_no_fault_of_ours(project: MakeProject, answer: str) -> None:
    made = project({"settings/\udcff.toml": DEBUG_ON})
    ran = made.assay("check", "--format", answer)
    assert ran.status == 1
    assert ("%FF.toml" if answer == "sarif" else "udcff.toml") in ran.out
