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
