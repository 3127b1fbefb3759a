"""VAL rules: what the code's validators refuse, and what cannot be known of them."""

from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from told import findings, related, told, where

SETTINGS = """\
[default]
port = 80
level = "verbose"
[development]
[production]
workers = 1
"""
OPTIONS = 'settings_files = ["settings.toml"]\n'


def code(*validators: str, more: str = "", call: str = "") -> str:
    listed = "".join(f"    {validator},\n" for validator in validators)
    given = f'settings_files=["settings.toml"], environments=True{call}'
    head = "from dynaconf import Dynaconf, Validator\n"
    return f"{head}settings = Dynaconf({given}, validators=[\n{listed}])\n{more}"


@pytest.fixture
def validated(project: MakeProject) -> Any:
    def make(*validators: str, settings: str = SETTINGS, more: str = "", call: str = "", **files: str) -> ProjectFolder:
        said = {name.replace("__", "/") + ".py": text for name, text in files.items()}
        text = code(*validators, more=more, call=call)
        return project({"assay.toml": OPTIONS, "settings.toml": settings, "config.py": text, **said})

    return make


def test_a_refused_value_is_told_with_both_places_and_ends_the_check(validated: Any) -> None:
    project = validated('Validator("LEVEL", is_in=["info", "debug"])')
    assert told(project, "VAL001", "production") == ["error production level settings.toml:3:1"]
    assert related(project, "VAL001")[0] == ["config.py:3:5"]
    [found] = findings(project, "VAL001", "production")
    assert found["message"].startswith("LEVEL must is_in ['info', 'debug'] but it is verbose in env production")
    assert '[production] level = "info"' in found["fix"]
    assert project.assay("check", "production").status == 1


def test_a_required_key_that_nothing_sets_has_no_origin_and_the_validator_beside(validated: Any) -> None:
    project = validated(
        'Validator("STRIPE__API_KEY", required=True, env="production")', call=", validate_only_current_env=True"
    )
    assert told(project, "VAL001") == ["error production stripe.API_KEY"]
    [found] = findings(project, "VAL001")
    assert "STRIPE__API_KEY is required in env production" in found["message"]
    assert [where(place) for place in found["related"]] == ["config.py:3:5"]


@pytest.mark.parametrize(
    ("name", "files", "said"),
    [
        ("POOL.SIZE", {}, "pool__SIZE"),
        ("POOL.SIZE", {"other": "[staging.pool]\nsize = 3\n"}, "pool__size"),
        ("pool.Size", {"other": "[staging.pool]\nSIZE = 3\n"}, "pool__SIZE"),
    ],
)
def test_a_required_key_is_written_as_other_environments_spell_it(
    validated: Any, name: str, files: dict[str, str], said: str
) -> None:
    settings = f"[default.pool]\nmost = 1\n[production]\na = 1\n{files.get('other', '')}"
    project = validated(f'Validator("{name}", must_exist=True)', settings=settings)
    [found] = findings(project, "VAL001", "production")
    assert f"[production] {said} =" in found["fix"]


def test_a_validator_for_another_environment_is_checked_in_every_process(validated: Any) -> None:
    project = validated('Validator("WORKERS", gte=2, env="production")')
    assert told(project, "VAL001") == [
        "error development workers settings.toml:6:1",
        "error production workers settings.toml:6:1",
    ]
    first, second = findings(project, "VAL001")
    assert "validate_only_current_env=True" in first["fix"]
    assert "validate_only_current_env" not in second["fix"]


@pytest.mark.parametrize(
    "fails", ['workers = "@int @format {this.level}"', 'workers = "@format {this.nowhere}"', 'workers = "@get workers"']
)
def test_a_reference_of_another_environment_that_fails_is_refused_and_one_of_its_own_told_once(
    validated: Any, fails: str
) -> None:
    project = validated(
        'Validator("WORKERS", gte=2, env="production")', settings=SETTINGS.replace("workers = 1", fails)
    )
    assert told(project, "VAL001") == ["error development workers settings.toml:6:1"]
    assert told(project, "SRC018", "production") == ["error production workers settings.toml:6:1"]


def test_what_the_variables_of_another_environment_would_say_is_not_known(validated: Any) -> None:
    project = validated(
        'Validator("WORKERS", gte="2", env="production")',
        settings=SETTINGS.replace("workers = 1", 'workers = "@format {env[WORKERS]}"'),
    )
    assert told(project, "VAL001", "production") == []


def test_an_environment_that_does_not_load_refuses_whatever_is_checked_in_it(validated: Any) -> None:
    project = validated(
        'Validator("LEVEL", must_exist=True, env="production")',
        settings=SETTINGS.replace("workers = 1", 'workers = "@int many"'),
    )
    [found] = findings(project, "VAL001", "development")
    assert "cannot check anything: DynaconfParseError" in found["message"]


def test_what_a_deployment_supplies_is_not_missed(project: MakeProject) -> None:
    text = code('Validator("TOKEN", must_exist=True)', call=", validate_only_current_env=True")
    options = f'{OPTIONS}deployed = ["token"]\n'
    made = project({"assay.toml": options, "settings.toml": SETTINGS, "config.py": text})
    assert told(made, "VAL001") == ["error development token"]


def test_defaults_and_casts_change_values_and_are_layers_of_their_own(validated: Any) -> None:
    project = validated('Validator("PORT", cast=str)', 'Validator("TTL", default=300)')
    values = {one["key"]: one for one in project.assay("show", "--format", "json").json["values"]}
    assert values["port"]["value"] == "80"
    assert values["port"]["origin"] == {"kind": "validator", "file": "config.py", "line": 3, "column": 5}
    assert values["ttl"]["value"] == 300
    assert values["ttl"]["origin"] == {"kind": "validator", "file": "config.py", "line": 4, "column": 5}
    [leaf] = project.assay("explain", "port", "--format", "json").json["leaves"]
    assert [(one["origin"]["kind"], one["value"], one["winner"]) for one in leaf["layers"]] == [
        ("file", 80, False),
        ("validator", "80", True),
    ]
    rows = {row["key"]: row["cells"] for row in project.assay("matrix", "--format", "json").json["rows"]}
    assert rows["ttl"]["production"]["origin"]["kind"] == "validator"
    assert told(project, "VAL001") == []


def test_a_cast_to_a_path_is_followed_and_shown_as_text(validated: Any) -> None:
    project = validated('Validator("LEVEL", cast=Path, is_type_of=Path)', 'Validator("PORT", cast=Path)',
                        'Validator("HOME", default="/srv//x/", cast=Path)',
                        more="from pathlib import Path\n")  # fmt: skip
    assert told(project, "VAL002") == []
    assert {where(one["origin"]) for one in findings(project, "VAL001")} == {"settings.toml:2:1"}
    assert project.assay("get", "home").out == "/srv/x\n"


def test_rules_judge_what_validators_leave(validated: Any) -> None:
    project = validated('Validator("DEBUG", default=True)')
    assert [one["origin"]["kind"] for one in findings(project, "APP001", "production")] == ["validator"]


def test_a_secret_is_not_quoted(validated: Any) -> None:
    settings = (
        '[default]\npassword = "corr3ct-h0rse-x"\ndb = {password = "corr3ct-h0rse-x", host = "h"}\n[production]\n'
    )
    project = validated(
        'Validator("PASSWORD", eq="st4ple-b4ttery")',
        'Validator("DB", is_type_of=str)',
        'Validator("PASSWORD", cast=int)',
        'Validator("X", must_exist=True) & Validator("PASSWORD", len_max=3)',
        settings=settings,
    )
    for form in ("text", "json", "sarif", "junit", "github"):
        out = project.assay("check", "--format", form).out
        assert "VAL001" in out
        assert "corr3ct" not in out
        assert "st4ple" not in out


def test_what_cannot_be_known_is_told_once_and_the_rest_is_checked(validated: Any) -> None:
    project = validated(
        'Validator("PORT", condition=lambda port: port > 1024)',
        'Validator("REGION", must_exist=True, condition=check_region)',
        'Validator("LEVEL", cast=str.upper, is_in=["INFO"])',
        "make_validator()",
    )
    assert told(project, "VAL002") == [
        "warning port config.py:3:5",
        "warning region config.py:4:5",
        "warning level config.py:5:5",
        "warning config.py:6:5",
    ]
    assert told(project, "VAL001", "development") == ["error development region"]


def test_of_what_a_function_is_handed_only_what_is_known_is_judged(validated: Any) -> None:
    more = (
        "def required(*names, env=None, kind=int):\n"
        '    "Needs them."\n'
        "    return Validator(*names, must_exist=True, is_type_of=kind, env=env)\n"
    )
    project = validated(
        'required("PORT", "SPEED")',
        'required("LEVEL", env=input())',
        'required("REGION", env=os.environ.get("WHERE", "production"))',
        "required(*input())",
        more=f"import os\n{more}",
    )
    assert told(project, "VAL001", "development") == ["error development speed"]
    assert [found["message"].partition(", since")[0] for found in findings(project, "VAL002")] == [
        "The validator of LEVEL is not fully judged",
        "The validator of REGION is not fully judged",
        "What validates here is not fully judged",
    ]


def test_a_list_that_grows_later_is_not_known(validated: Any) -> None:
    text = 'from dynaconf import Validator\nRULES = [Validator("PORT", gte=1)]\nRULES.append(Validator("X", eq=1))\n'
    project = validated(rules=text)
    (project.root / "config.py").write_text(
        "from dynaconf import Dynaconf\nfrom rules import RULES\n"
        'settings = Dynaconf(settings_files=["settings.toml"], environments=True, validators=RULES)\n'
    )
    assert told(project, "VAL002") == ["warning config.py:3:85"]


def test_registered_validators_count_where_something_has_them_checked(validated: Any) -> None:
    register = 'settings.validators.register(Validator("REGION", must_exist=True))\n'
    unchecked = validated(more=register)
    assert told(unchecked, "VAL001") == []
    assert told(unchecked, "VAL002") == ["info region config.py:4:30"]
    (unchecked.root / "config.py").write_text(code(more=f"{register}settings.validators.validate()\n"))
    assert told(unchecked, "VAL001", "production") == ["error production region"]
    assert told(unchecked, "VAL002") == []
    (unchecked.root / "config.py").write_text(code(more=f'{register}settings.validators.validate(only=["PORT"])\n'))
    assert told(unchecked, "VAL001") == []


@pytest.mark.parametrize(
    "given",
    [
        'settings.setdefault("REGION", "eu")',
        'settings.set("region", "eu")',
        'settings.REGION = "eu"',
        'settings["REGION"] = "eu"',
        'settings.update({"region": "eu"})',
        "settings.update(read())",
    ],
)
def test_a_key_that_the_code_sets_before_it_has_it_checked_fails_nowhere(validated: Any, given: str) -> None:
    register = 'settings.validators.register(Validator("REGION", must_exist=True))\n'
    check = "settings.validators.validate()\n"
    assert told(validated(more=f"{register}{given}\n{check}"), "VAL001") == []
    after = told(validated(more=f"{register}{check}{given}\n"), "VAL001", "production")
    assert after == ["error production region"]


@pytest.mark.parametrize("given", ['settings.setdefault("PLACE", "eu")', 'other.update({"REGION": "eu"})'])
def test_what_the_code_sets_elsewhere_keeps_no_validator_from_failing(validated: Any, given: str) -> None:
    more = f'settings.validators.register(Validator("REGION", must_exist=True))\nother = {{}}\n{given}\n'
    project = validated(more=f"{more}settings.validators.validate()\n")
    assert told(project, "VAL001", "production") == ["error production region"]


def test_the_validators_of_the_call_see_nothing_that_the_code_sets_after_it(validated: Any) -> None:
    project = validated('Validator("REGION", must_exist=True)', more='settings.REGION = "eu"\n')
    assert told(project, "VAL001", "production") == ["error production region"]


def test_where_it_is_not_known_what_is_checked_nothing_fails(validated: Any) -> None:
    project = validated('Validator("REGION", must_exist=True)', call=", validate_only=names()")
    assert told(project, "VAL001") == []
    assert [found["origin"]["line"] for found in findings(project, "VAL002")] == [2]


def test_validators_in_a_table_that_is_spread_out_count(validated: Any) -> None:
    project = validated()
    (project.root / "config.py").write_text(
        "from dynaconf import Dynaconf, Validator\n"
        'OPTIONS = {"validators": [Validator("REGION", must_exist=True), made()], "environments": True}\n'
        'settings = Dynaconf(settings_files=["settings.toml"], **OPTIONS)\n'
    )
    assert told(project, "VAL001", "production") == ["error production region"]
    assert len(findings(project, "VAL002")) == 1


def test_another_module_registers_and_checks(validated: Any) -> None:
    more = (
        "from dynaconf import Validator as V\nfrom config import settings as conf\n\n\ndef start() -> None:\n"
        '    conf.validators.register(V("REGION", must_exist=True))\n    conf.validators.validate_all()\n'
    )
    assert told(validated(tests__test_start=more), "VAL001", "production") == []
    assert told(validated(start=more), "VAL001", "production") == ["error production region"]


def test_what_dynaconf_validate_checks_is_checked_and_changes_nothing(project: MakeProject) -> None:
    rules = (
        "[default]\nregion = {must_exist = true}\nttl = {default = 5}\n"
        '[production]\nworkers = {gte = 2}\nport = {is_type_of = "str", env = "production"}\n'
    )
    files = {"assay.toml": OPTIONS, "settings.toml": SETTINGS, "dynaconf_validators.toml": rules}
    made = project({**files, "config.py": code()})
    assert told(made, "VAL001", "production") == [
        "error production region",
        "error production workers settings.toml:6:1",
        "error production port settings.toml:2:1",
    ]
    assert [[where(one) for one in found["related"]] for found in findings(made, "VAL001", "production")] == [
        ["dynaconf_validators.toml:2:1"],
        ["dynaconf_validators.toml:5:1"],
        ["dynaconf_validators.toml:6:1"],
    ]
    assert "ttl" not in made.assay("show", "production").out
    assert told(made, "VAL002", "production") == []
    said = "which `dynaconf validate` checks, and the application when it starts does not"
    assert all(said in found["message"] for found in findings(made, "VAL001", "production"))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + ")" * 5000,
        "x = " + "+".join(["1"] * 50_000),
        "x = [" + "0," * 2_000_000 + "]",
        "\0",
        "é".encode("latin-1").decode("latin-1") * 10,
        'Validator("X", ' + "when=Validator(" * 80 + ")" * 81,
        'Validator("PORT", eq=10 ** 10 ** 10, default="x" * 10 ** 12)',
        'Validator("PORT", messages={"operations": "{value:>999999999}"}, eq=1)',
        'Validator("PORT", regex="(a+)+$")',
        'Validator("PORT", default=__import__("os").system("touch ran"))',
        'Validator("PORT", cast=open, default="ran")',
        'Validator("PORT", default="@jinja {{ this.load_file(\'x\') }}")',
        'Validator("NEW", default="@format {this.__class__.__mro__}")',
        'Validator("PORT", eq=[[[[[[1]]]]]])' + " & Validator('A')" * 300,
    ],
)
def test_hostile_code_ends_with_a_finding_or_nothing(validated: Any, text: str) -> None:
    for name, made in (("config", code(text)), ("other", f"import dynaconf\n# .validators.\n{text}\n")):
        project = validated('Validator("X", default=1)')
        (project.root / f"{name}.py").write_text(made)
        ran = project.assay("check")
        assert ran.status in {0, 1, 2}
        assert "Traceback" not in ran.out + ran.err
        assert not (project.root / "ran").exists()


def test_a_required_key_that_is_deployed_is_deferred_and_never_just_gone(project: MakeProject) -> None:
    text = code(
        'Validator("STRIPE__API_KEY", required=True, env="production")', call=", validate_only_current_env=True"
    )
    options = {"assay.toml": OPTIONS + 'deployed = ["stripe.*"]\n'}
    made = project({"settings.toml": SETTINGS, "config.py": text, **options})
    assert told(made, "VAL001", "production") == []
    report = made.assay("check", "production", "--format", "json").json["environments"][0]
    assert [(one["key"], one["variable"]) for one in report["deferred"]] == [
        ("stripe.API_KEY", "DYNACONF_STRIPE__API_KEY")
    ]
    assert told(made, "VAL001", "production", ENV_FOR_DYNACONF="production") == ["error production stripe.API_KEY"]


def test_a_required_key_can_be_declared_deployed_where_it_is_not_active(validated: Any) -> None:
    made = validated('Validator("STRIPE__API_KEY", required=True)')
    fixes = {one["environment"]: one["fix"] for one in findings(made, "VAL001")}
    assert 'Or declare it deployed in assay.toml: deployed = ["stripe.API_KEY"].' in fixes["production"]
    assert "deployed" not in fixes["development"]


@pytest.mark.parametrize(
    ("asked", "sample"),
    [
        ("is_type_of=int", "1"),
        ("is_type_of=int, gte=8000, lte=9000", "8000"),
        ('is_in=["a", "b"]', '"a"'),
        ('eq="Root", is_type_of=str', '"Root"'),
        ("len_min=1", '"…"'),
    ],
)
def test_a_key_to_be_written_is_shown_with_a_value_that_passes(validated: Any, asked: str, sample: str) -> None:
    [found] = findings(validated(f'Validator("RETRIES", must_exist=True, {asked})'), "VAL001", "production")
    assert f"[production] retries = {sample}, or set" in found["fix"]
