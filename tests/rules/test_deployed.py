import pytest
from projects import OWN, MakeProject, ProjectFolder
from told import SECTIONED, told

PROFILE = '[default.database]\nhost = "localhost"\npassword = "postgres"\n[production]\ndebug = false\n'
URL = '[default]\ndatabase_url = "postgresql://app:postgres@db.example.com/orders"\n[production]\na = 1\n'


def deferred(made: ProjectFolder, *arguments: str, **environ: str) -> list[tuple[str, str | None]]:
    report = made.assay("check", "production", "--format", "json", *arguments, **environ).json
    return [(item["key"], item["variable"]) for item in report["environments"][0]["deferred"]]


def test_what_the_deployment_supplies_is_told_and_not_judged_where_it_is_inactive(project: MakeProject) -> None:
    options = SECTIONED + 'deployed = ["database_*"]\n'
    made = project({"assay.toml": options, "settings.toml": URL})
    assert told(made, "DB002", "production") == told(made, "DB001", "production") == []
    assert deferred(made) == [("database_url", "DYNACONF_DATABASE_URL")]


def test_it_is_judged_where_it_is_active_and_where_the_environment_sets_it(project: MakeProject) -> None:
    options = SECTIONED + 'deployed = ["database_*"]\n'
    made = project({"assay.toml": options, "settings.toml": URL})
    assert len(told(made, "DB002", "production", ENV_FOR_DYNACONF="production")) == 1
    assert deferred(made, ENV_FOR_DYNACONF="production") == []
    own = project({"settings.toml": URL.replace("default", "production").replace("[production]\na = 1\n", "")})
    assert len(told(own, "DB002", "production")) == 1
    assert deferred(own) == []


def test_without_the_option_an_inherited_default_is_judged(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED, "settings.toml": URL})
    assert len(told(made, "DB002", "production")) == 1
    assert deferred(made) == []


def test_a_pattern_that_names_a_table_covers_what_is_in_it(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED + 'deployed = ["Database"]\n', "settings.toml": PROFILE})
    assert deferred(made) == [
        ("database.host", "DYNACONF_DATABASE__HOST"),
        ("database.password", "DYNACONF_DATABASE__PASSWORD"),
    ]


def test_a_key_that_only_begins_like_the_pattern_is_judged(project: MakeProject) -> None:
    made = project({"assay.toml": SECTIONED + 'deployed = ["data"]\n', "settings.toml": PROFILE})
    assert deferred(made) == []


def test_a_required_value_that_the_deployment_supplies_is_deferred(own: MakeProject) -> None:
    profile = '[production.database]\nhost = "db.example.com"\n'
    made = own({"assay.toml": OWN + 'deployed = ["database.tls.*"]\n', "settings.toml": profile})
    assert told(made, "DB001", "production") == []
    assert deferred(made) == [
        ("app.secret_key", "ASSAY_APP__SECRET_KEY"),
        ("auth.tokens", "ASSAY_AUTH__TOKENS"),
        ("database.password", "ASSAY_DATABASE__PASSWORD"),
    ]


def test_the_fingerprint_is_of_what_stands_there(project: MakeProject) -> None:
    plain = project({"assay.toml": SECTIONED, "settings.toml": PROFILE}).assay("check", "--format", "json").json
    options = SECTIONED + 'deployed = ["database"]\n'
    supplied = project({"assay.toml": options}).assay("check", "--format", "json").json
    assert [one["fingerprint"] for one in supplied["environments"]] == [
        one["fingerprint"] for one in plain["environments"]
    ]


MODEL = (
    "from pydantic import BaseModel, SecretStr\n\n\nclass Database(BaseModel):\n    host: str\n    name: {name}\n"
    "    port: int = 5432\n\n\nclass Shop(BaseModel):\n    database: Database\n"
)


@pytest.mark.parametrize(
    ("pattern", "name", "keys"),
    [
        ("database.*", "str", ["database.host", "database.name"]),
        ("database.host", "SecretStr", ["database.host", "database.name"]),
        ("database.host", "str = 'shop'", ["database.host"]),
        ("database", "str", ["database"]),
        ("databases.*", "str", []),
    ],
)
def test_a_required_table_is_deferred_where_all_that_it_must_hold_is_supplied(
    project: MakeProject, pattern: str, name: str, keys: list[str]
) -> None:
    options = SECTIONED + f'schema = "shop:Shop"\ndeployed = ["{pattern}"]\n'
    profile = "[production]\nregion = 1\n"
    made = project({"assay.toml": options, "shop.py": MODEL.format(name=name), "settings.toml": profile})
    assert [key for key, _ in deferred(made)] == keys
    assert len(told(made, "TYP001", "production")) == (not keys)
    assert told(made, "TYP001", "production", ENV_FOR_DYNACONF="production")
    assert told(made, "TYP001", "production", "--strict-secrets")


@pytest.mark.parametrize(("pattern", "silent"), [("database.*", True), ("d*.host", True), ("databases.*", False)])
def test_a_table_that_is_read_or_must_exist_is_there_where_something_in_it_is_supplied(
    project: MakeProject, pattern: str, *, silent: bool
) -> None:
    code = (
        "from dynaconf import Dynaconf, Validator\n"
        'settings = Dynaconf(environments=True, settings_files=["settings.toml"],\n'
        '    validators=[Validator("DATABASE", must_exist=True, env="production")])\n'
    )
    options = SECTIONED + f'deployed = ["{pattern}"]\n'
    made = project({"assay.toml": options, "config.py": code, "settings.toml": "[production]\nregion = 1\n"})
    assert (told(made, "VAL001", "production") == []) is silent
    assert deferred(made) == ([("database", "DYNACONF_DATABASE")] if silent else [])
