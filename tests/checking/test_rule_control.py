"""Which rules count: the options `ignore` and `severity`, and what one call narrows."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder

SETTINGS = '[production]\ndebug = true\nsecret_key = "changeme"\n[production.logging]\nlevel = "DEBUG"\n'
KNOWN = 'known_environments = ["production"]\n'
ALL = ["APP001", "LOG001", "SEC002"]


@pytest.fixture
def made(project: MakeProject) -> ProjectFolder:
    return project({"assay.toml": KNOWN, "settings.toml": SETTINGS})


def report(made: ProjectFolder, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = made.assay("check", *arguments, "--format", "json").json
    return found


def told(found: dict[str, Any]) -> dict[str, str]:
    """The rules that found something, each with how bad it is."""
    (production,) = [one for one in found["environments"] if one["name"] == "production"]
    return {one["rule"]: one["severity"] for one in (*found["findings"], *production["findings"])}


def test_all_rules_count(made: ProjectFolder) -> None:
    assert set(ALL) <= set(told(report(made)))


@pytest.mark.parametrize(
    ("options", "arguments", "gone"),
    [
        ('ignore = ["LOG001"]', (), {"LOG001"}),
        ('ignore = ["log", "APP001"]', (), {"LOG001", "APP001"}),
        ("", ("--ignore", "LOG,APP001"), {"LOG001", "APP001"}),
        ("", ("--select", "SEC002", "--select", "APP"), {"LOG001"}),
        ("", ("--select", "SEC,APP,LOG", "--ignore", "APP001"), {"APP001"}),
        ('ignore = ["APP001"]', ("--select", "APP001,SEC"), {"APP001", "LOG001"}),
    ],
)
def test_what_is_ignored_is_told_nowhere(
    made: ProjectFolder, options: str, arguments: tuple[str, ...], gone: set[str]
) -> None:
    made.write({"assay.toml": f"{KNOWN}{options}\n"})
    assert {rule for rule in ALL if rule in told(report(made, *arguments))} == set(ALL) - gone


def test_a_project_sees_a_rule_as_bad_as_it_says(made: ProjectFolder) -> None:
    before = told(report(made))
    made.write({"assay.toml": f'{KNOWN}[severity]\n" app001" = "info"\nLOG001 = "error"\n'})
    assert told(report(made)) == before | {"APP001": "info", "LOG001": "error"}


def test_what_was_bad_and_is_not_ends_with_0(made: ProjectFolder) -> None:
    levels = "".join(f'{rule} = "warning"\n' for rule, level in told(report(made)).items() if level == "error")
    assert made.assay("check").status == 1
    made.write({"assay.toml": f"{KNOWN}[severity]\n{levels}"})
    assert made.assay("check").status == 0
    assert report(made)["valid"]


def test_what_cannot_be_read_is_not_judged_though_its_rule_is_ignored(made: ProjectFolder) -> None:
    made.write({"assay.toml": f'{KNOWN}ignore = ["SRC"]\n', "settings.toml": "[production\n"})
    found = report(made)
    assert (found["valid"], found["environments"][-1]["judged"]) == (False, False)
    assert made.assay("check").status == 1


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ('ignore = ["APP999"]', "ignore[0]"),
        ('ignore = [""]', "ignore[0]"),
        ('severity = { APP = "info" }', "severity.APP"),
        ('severity = { APP001 = "fatal" }', "severity"),
        ('ignore = "APP001"', "ignore"),
    ],
)
def test_options_that_name_no_rule_are_an_error(made: ProjectFolder, options: str, place: str) -> None:
    made.write({"assay.toml": f"{KNOWN}{options}\n"})
    ran = made.assay("check")
    assert ran.status == 2
    assert place in ran.err
    assert "fix: " in ran.err


def test_a_call_that_names_no_rule_is_an_error(made: ProjectFolder) -> None:
    for option in ("--select", "--ignore"):
        ran = made.assay("check", option, "APP01")
        assert (ran.status, "Did you mean 'APP001'" in ran.err) == (2, True)


WAIVER = '[[waivers]]\nrule = "APP001"\nreason = "for good"\n'


def test_a_waiver_needs_a_last_day_unless_the_options_do_without(made: ProjectFolder) -> None:
    made.write({"assay.toml": KNOWN + WAIVER})
    assert made.assay("check").status == 2
    made.write({"assay.toml": f"{KNOWN}waivers_must_expire = false\n{WAIVER}"})
    (waived,) = report(made, "production")["environments"][0]["waived"]
    assert (waived["rule"], waived["expires"], waived["reason"]) == ("APP001", None, "for good")
    for form in ("text", "junit", "sarif"):
        assert "without end" in made.assay("check", "--format", form).out


def test_a_narrowed_call_knows_of_no_waiver_that_accepts_nothing(made: ProjectFolder) -> None:
    made.write({"assay.toml": f"{KNOWN}waivers_must_expire = false\n{WAIVER}"})
    assert "WAIV002" not in told(report(made, "--select", "SEC,WAIV"))
