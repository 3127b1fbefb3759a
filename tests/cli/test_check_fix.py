"""`assay check --fix`: the safe fixes are made, the rest is told, and what is left decides how it ends."""

import json

from canaries import Canaries
from projects import MakeProject

PROFILE = """\
# the shop
[default]
name = "shop"

[production]
debug = true  # for now
[production.session]
cookie_secure = false
"""


def test_safe_fixes_are_written_and_every_other_byte_is_kept(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    ran = made.assay("check", "--fix")
    assert ran.status == 0, ran.out
    expected = PROFILE.replace("debug = true", "debug = false").replace("secure = false", "secure = true")
    assert (made.root / "settings.toml").read_text() == expected
    assert "2 fixed, 0 left" in ran.out
    assert "fixed: APP001 debug in production: settings.toml, in place of line 6," in ran.out
    assert ran.out.count("settings.toml") == 2, "each fix names its file once"


def test_a_dry_run_shows_the_difference_and_writes_nothing(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    ran = made.assay("check", "--fix", "--dry-run")
    assert (made.root / "settings.toml").read_text() == PROFILE
    assert "--- settings.toml\n+++ settings.toml\n@@ " in ran.out
    assert "\n-debug = true  # for now\n+debug = false  # for now\n" in ran.out


def test_a_dry_run_shows_no_secret(project: MakeProject) -> None:
    secret = Canaries()()
    profile = f'[production]\ndebug = true\napi_token = "{secret}"\n'
    ran = project({"assay.toml": "", "settings.toml": profile}).assay("check", "--fix", "--dry-run")
    assert "-debug = true" in ran.out
    assert secret not in ran.out


def test_rules_and_environments_narrow_the_fixes(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    ran = made.assay("check", "--fix", "app001", "production")
    assert ran.status == 1 or "COOK001" in ran.out
    assert "debug = false" in (made.root / "settings.toml").read_text()
    assert "cookie_secure = false" in (made.root / "settings.toml").read_text()


def test_a_rule_without_fix_is_told_how_to_judge_by_it(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    ran = made.assay("check", "production", "app001")
    assert ran.status == 2
    assert "APP001 is a rule" in ran.err
    assert "--select APP001" in ran.err
    assert "There is no environment 'prod001'" in made.assay("check", "prod001").err


def test_an_unknown_rule_is_told_with_the_nearest(project: MakeProject) -> None:
    ran = project({"assay.toml": "", "settings.toml": PROFILE}).assay("check", "--fix", "APP999")
    assert ran.status == 2
    assert "There is no rule 'APP999'" in ran.err


def test_what_a_person_must_choose_is_left_and_decides(project: MakeProject) -> None:
    profile = '[production.database]\nhost = "localhost"\npassword = "postgres"\n'
    made = project({"assay.toml": "", "settings.toml": profile})
    ran = made.assay("check", "--fix", "--format", "json")
    assert ran.status == 1
    fixes = {one["rule"]: one for one in ran.json["fixes"]}
    assert fixes["DB002"]["applied"] is False
    assert fixes["DB002"]["reason"] == "somebody has to choose the value"
    assert (made.root / "settings.toml").read_text() == profile


def test_a_variable_is_left_to_whoever_starts_the_process(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": "[production]\nname = 'shop'\n"})
    environ = {"ENV_FOR_DYNACONF": "production", "DYNACONF_DEBUG": "true"}
    ran = made.assay("check", "--fix", "--format", "json", **environ)
    (fix,) = [one for one in ran.json["fixes"] if one["rule"] == "APP001"]
    assert fix["applied"] is False
    assert fix["edit"]["text"] == "DYNACONF_DEBUG=false"


def test_without_the_flag_nothing_is_said_about_fixes(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": PROFILE})
    assert "fixes" not in json.loads(made.assay("check", "--format", "json").out)
    assert made.assay("check", "--dry-run").status == 2
