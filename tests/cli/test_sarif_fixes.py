"""SARIF carries each concrete fix as the exact change of a file."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder

LINES = "# ünïcode\n[default]\nname = 'shop'\n\n[production]\ndebug = true  # für jetzt\n[production.session]\n"


def _fixes(made: ProjectFolder, rule: str, **environ: str) -> list[dict[str, Any]]:
    log = made.assay("check", "--format", "sarif", **environ).json
    results = [one for one in log["runs"][0]["results"] if one["ruleId"] == rule]
    assert results
    return [fix for one in results for fix in one.get("fixes", [])]


def _applied(text: str, change: dict[str, Any]) -> str:
    """The text with the replacement made as a program makes it: by lines and columns."""
    region, lines = change["deletedRegion"], text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    start = starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = starts[region["endLine"] - 1] + region["endColumn"] - 1
    return text[:start] + change["insertedContent"]["text"] + text[end:]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_replacement_gives_the_file_that_the_fix_gives(project: MakeProject, ending: str) -> None:
    text = LINES.replace("\n", ending) + f"cookie_secure = false{ending}"
    made = project({"assay.toml": "", "settings.toml": text.encode()})
    (fix,) = _fixes(made, "APP001")
    (changed,) = fix["artifactChanges"]
    assert changed["artifactLocation"]["uri"] == "settings.toml"
    after = _applied(text, changed["replacements"][0])
    assert after == text.replace("debug = true", "debug = false")
    made.assay("check", "--fix", "APP001")
    assert (made.root / "settings.toml").read_bytes() == after.encode()


def test_a_new_line_is_an_insertion(project: MakeProject) -> None:
    text = "[default]\ndebug = true\n[production]\nname = 'shop'\n"
    (fix,) = _fixes(project({"assay.toml": "", "settings.toml": text}), "APP001")
    after = _applied(text, fix["artifactChanges"][0]["replacements"][0])
    assert after == text + "debug = false\n"


def test_what_people_choose_and_what_a_variable_says_are_no_fixes(project: MakeProject) -> None:
    text = '[production.database]\nhost = "h"\npassword = "postgres"\n'
    made = project({"assay.toml": "", "settings.toml": text})
    assert _fixes(made, "DB002") == []
    assert _fixes(made, "APP001", ENV_FOR_DYNACONF="production", DYNACONF_DEBUG="true") == []
