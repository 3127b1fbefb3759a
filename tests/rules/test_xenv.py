"""What is told only when environments are held against each other."""

import pytest
from canaries import known
from projects import MakeProject
from told import SECTIONED, findings, related, told

PRODUCTION = {"ENV_FOR_DYNACONF": "production"}
STAGED = 'known_environments = ["development", "staging", "production"]\n'
SECRET = known("vK8-xq2Lw_Tz47RbYs3N")


def sections(**environments: str) -> dict[str, str]:
    """Profiles with one section an environment, the lines given."""
    return {"settings.toml": "".join(f"[{name}]\n{lines}\n" for name, lines in environments.items())}


# XENV001


@pytest.mark.parametrize("value", [SECRET, "short", "changeme", "30417726850149"])
def test_a_secret_under_one_key_is_shared_whatever_its_length(project: MakeProject, value: str) -> None:
    made = project(sections(development=f'api_token = "{value}"', production=f'API_TOKEN = "{value}"'))
    assert told(made, "XENV001") == ["error production api_token settings.toml:4:1"]
    assert related(made, "XENV001") == [["settings.toml:2:1"]]
    assert "production shares this secret with development" in findings(made, "XENV001")[0]["message"]


def test_every_other_place_is_named_once(project: MakeProject) -> None:
    made = project(
        {
            "settings.toml": f'[default]\na = 1\n[qa]\napi_token = "{SECRET}"\n[global]\nb = 1\n',
            "settings/test.toml": f'[test.mail]\npassword = "{SECRET}"\n[test]\nx = 1\n',
            ".secrets.toml": f'[production]\napi_token = "{SECRET}"\n[development]\napi_token = "another-one-1"\n',
        }
    )
    assert told(made, "XENV001") == ["error production api_token .secrets.toml:2:1"]
    assert related(made, "XENV001") == [["settings.toml:4:1", "settings/test.toml:2:1"]]
    assert "with qa and test (mail.password)." in findings(made, "XENV001")[0]["message"]


def test_a_long_secret_under_another_key_is_shared(project: MakeProject) -> None:
    made = project(sections(development=f'old_password = "{SECRET}"', production=f'jwt_secret = "{SECRET}"'))
    assert told(made, "XENV001") == ["error production jwt_secret settings.toml:4:1"]
    assert "(old_password)" in findings(made, "XENV001")[0]["message"]


@pytest.mark.parametrize("value", ["eleven-char", "your-own-secret-key", "<the real password>"])
def test_a_short_secret_or_a_placeholder_under_another_key_is_chance(project: MakeProject, value: str) -> None:
    made = project(sections(development=f'old_password = "{value}"', production=f'jwt_secret = "{value}"'))
    assert told(made, "XENV001") == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:{}@db.example.com/orders",
        "rediss://:{}@cache.example.com/0",
        "https://hook:{}@hooks.example.com/path",
        "host=db.example.com user=app password={} dbname=orders",
        "Server=db;Database=orders;User Id=app;Password={};Encrypt=yes",
    ],
)
def test_a_password_inside_a_url_counts(project: MakeProject, url: str) -> None:
    made = project(sections(development=f'mail_password = "{SECRET}"', production=f'upstream = "{url.format(SECRET)}"'))
    assert told(made, "XENV001") == ["error production upstream settings.toml:4:1"]


def test_a_percent_encoded_password_is_compared_as_it_is_used(project: MakeProject) -> None:
    urls = "db_url = 'postgresql://app:{}@{}/orders'"
    made = project(sections(development=urls.format("vK8%2Fxq2Lw", "a"), production=urls.format("vK8%2fxq2Lw", "b")))
    assert told(made, "XENV001") == ["error production db_url settings.toml:4:1"]


def test_items_of_one_list_of_secrets_are_one_key(project: MakeProject) -> None:
    made = project(sections(development='api_keys = ["x", "short"]', production='api_keys = ["short", "other"]'))
    assert told(made, "XENV001") == ["error production api_keys[0] settings.toml:4:13"]


@pytest.mark.parametrize(
    "lines",
    [
        "password = ''",
        "password = '${DB_PASSWORD}'",
        "password = '@format {env[DB_PASSWORD]}'",
        "password = 'vault:secret/db#password'",
        "db_url = 'postgresql://app:${DB_PASSWORD}@db/x'",
        "db_url = 'postgresql://app@db/x'",
        "google_application_credentials = '/etc/app/credentials.json'",
        "use_password = true",
        "use_token = 'false'",
        "password_min_length = 12",
        "token_url = 'https://login.example.com/oauth/token'",
        "tokens = []",
        "sentry_dsn = 'https://o12345.ingest.sentry.io/42'",
    ],
)
def test_what_is_no_secret_may_stand_everywhere(project: MakeProject, lines: str) -> None:
    made = project(sections(development=lines, production=lines))
    assert told(made, "XENV001") == []
    assert told(made, "XENV001", "production", **PRODUCTION) == []


def test_production_like_environments_may_share(project: MakeProject) -> None:
    lines = f'api_token = "{SECRET}"'
    made = project(sections(production=lines, prod=lines))
    assert told(made, "XENV001") == []


def test_environments_that_are_not_production_like_may_share(project: MakeProject) -> None:
    lines = f'api_token = "{SECRET}"'
    assert told(project(sections(development=lines, test=lines, production="a = 1")), "XENV001") == []


def test_a_line_that_both_inherit_is_a_warning_with_both_ways_out(project: MakeProject) -> None:
    made = project(sections(default=f'api_token = "{SECRET}"', development="a = 1", production="a = 2"))
    assert told(made, "XENV001") == ["warning production api_token settings.toml:2:1"]
    assert related(made, "XENV001") == [[]]
    fix = findings(made, "XENV001")[0]["fix"]
    assert "[production] api_token" in fix
    assert 'deployed = ["api_token"]' in fix
    assert told(made, "XENV005") == []


def test_what_the_active_production_inherits_is_an_error(project: MakeProject) -> None:
    made = project(sections(default=f'api_token = "{SECRET}"', development="a = 1", production="a = 2"))
    assert told(made, "XENV001", **PRODUCTION) == ["error production api_token settings.toml:2:1"]
    assert told(made, "XENV005", **PRODUCTION) == []


def test_a_deployed_secret_is_not_shared(project: MakeProject) -> None:
    options = {"assay.toml": SECTIONED + 'deployed = ["api_token"]\n'}
    made = project(options | sections(default=f'api_token = "{SECRET}"', development="a = 1", production="a = 2"))
    assert told(made, "XENV001") == []


def test_a_variable_of_the_active_environment_is_compared(project: MakeProject) -> None:
    made = project(sections(development="a = 1", production=f'api_token = "{SECRET}"'))
    assert told(made, "XENV001", DYNACONF_API_TOKEN=SECRET) == ["error production api_token settings.toml:4:1"]
    assert related(made, "XENV001", DYNACONF_API_TOKEN=SECRET) == [["DYNACONF_API_TOKEN"]]


def test_one_variable_for_all_environments_tells_nothing_about_deployments(project: MakeProject) -> None:
    made = project(sections(development="a = 1", production="a = 2"))
    environ = {"DYNACONF_API_TOKEN": SECRET, "DYNACONF_DATABASE_URL": "postgresql://app@db.example.com/orders"}
    for rule in ("XENV001", "XENV002"):
        assert told(made, rule, "--environ", "all", **environ) == []


def test_a_declared_role_makes_a_secret(project: MakeProject) -> None:
    lines = f'pepper = "{SECRET}"'
    options = {"assay.toml": SECTIONED + 'roles = { pepper = "secret" }\n'}
    made = project(options | sections(development=lines, production=lines))
    assert told(made, "XENV001") == ["error production pepper settings.toml:4:1"]


def test_the_services_own_secrets_are_compared(own: MakeProject) -> None:
    lines = f'secret_key = "{SECRET}{SECRET}"'
    made = own({".secrets.toml": f"[development.app]\n{lines}\n[staging.app]\n{lines}\n[production.app]\n{lines}\n"})
    assert told(made, "XENV001") == [
        "error staging app.secret_key .secrets.toml:4:1",
        "error production app.secret_key .secrets.toml:6:1",
    ]
    assert related(made, "XENV001") == [[".secrets.toml:2:1"], [".secrets.toml:2:1"]]


def test_only_what_belongs_to_the_environments_asked_for_is_told(project: MakeProject) -> None:
    lines = f'api_token = "{SECRET}"\n'
    made = project(sections(development=lines, prod=lines + "port = 'x'", production=lines, test=lines + "port = 1"))
    assert told(made, "XENV001", "production") == ["error production api_token settings.toml:8:1"]
    assert told(made, "XENV001", "development") == []
    assert told(made, "XENV004", "test") == ["warning test port settings.toml:12:1"]


# XENV002

DATABASE = 'database_url = "postgresql://app@{}/orders"'


@pytest.mark.parametrize("host", ["db.example.com", "DB.Example.com", "db.example.com.", "db.example.com:5432"])
def test_one_database_however_it_is_spelled(project: MakeProject, host: str) -> None:
    made = project(sections(development=DATABASE.format("db.example.com"), production=DATABASE.format(host)))
    assert told(made, "XENV002") == ["error production database_url settings.toml:4:1"]
    assert related(made, "XENV002") == [["settings.toml:2:1"]]
    message = findings(made, "XENV002")[0]["message"]
    assert "'orders' on db.example.com" in message
    assert "with development" in message


def test_a_url_and_parts_are_one_database(project: MakeProject) -> None:
    parts = "[production.database]\nhost = 'db.example.com'\nname = 'orders'\nport = 5432"
    made = project({"settings.toml": f"[development]\n{DATABASE.format('db.example.com')}\n{parts}\n"})
    assert told(made, "XENV002") == ["error production database.host settings.toml:4:1"]


def test_flat_names_are_a_database(project: MakeProject) -> None:
    flat = "DB_HOST = 'db.example.com'\nDB_NAME = 'orders'\nDB_PORT = {}"
    made = project(sections(development=flat.format(5432), production=flat.format("'5432'")))
    assert told(made, "XENV002") == ["error production db_host settings.toml:6:1"]


@pytest.mark.parametrize(
    "production",
    [
        DATABASE.format("db2.example.com"),
        DATABASE.format("db.example.com:5433"),
        DATABASE.format("db.example.com").replace("orders", "live"),
        DATABASE.format("db.example.com").replace("orders", "${DB_NAME}"),
        'database_url = "@format postgresql://app@db.example.com/{env[DB_NAME]}"',
        'cache_url = "redis://db.example.com/orders"',
        'mysql_url = "mysql://app@db.example.com/orders"',
    ],
)
def test_another_database_is_not_shared(project: MakeProject, production: str) -> None:
    made = project(sections(development=DATABASE.format("db.example.com"), production=production))
    assert told(made, "XENV002") == []


@pytest.mark.parametrize(
    "lines",
    [
        DATABASE.format("localhost"),
        DATABASE.format("127.0.0.1:5432"),
        DATABASE.format("[::1]"),
        'database_url = "sqlite:///orders.db"',
        'database_url = "host=/var/run/postgresql dbname=orders"',
        'database_url = "postgresql://app@db.${ENVIRONMENT}.example.com/orders"',
        'cache_url = "redis://cache.example.com/0"',
        "database = { host = 'db.example.com', name = '@format {env[DB_NAME]}' }",
        "database = { host = 'db.example.com', name = '${DB_NAME}' }",
        "db_host = 'db'",
    ],
)
def test_what_is_another_database_on_every_machine_is_not_shared(project: MakeProject, lines: str) -> None:
    assert told(project(sections(development=lines, production=lines)), "XENV002") == []


def test_a_host_without_a_dot_is_shared_where_the_name_is_the_same(project: MakeProject) -> None:
    lines = DATABASE.format("db")
    made = project(sections(development=lines, production=lines))
    assert told(made, "XENV002") == ["error production database_url settings.toml:4:1"]


def test_a_database_that_both_inherit_is_a_warning_with_both_ways_out(project: MakeProject) -> None:
    made = project(sections(default=DATABASE.format("db.example.com"), development="a = 1", production="a = 2"))
    assert told(made, "XENV002") == ["warning production database_url settings.toml:2:1"]
    assert 'deployed = ["database_url"]' in findings(made, "XENV002")[0]["fix"]
    assert told(made, "XENV002", **PRODUCTION) == ["error production database_url settings.toml:2:1"]


def test_what_production_itself_says_makes_it_an_error(project: MakeProject) -> None:
    options = {"assay.toml": SECTIONED + "merge_enabled = true\n"}
    base = "database = { host = 'db.example.com' }"
    lines = "database = { name = 'orders' }"
    made = project(options | sections(default=base, development=lines, production=lines))
    assert told(made, "XENV002") == ["error production database.name settings.toml:6:14"]
    assert related(made, "XENV002") == [["settings.toml:4:14"]]


def test_a_deployed_name_leaves_the_database_open(project: MakeProject) -> None:
    options = {"assay.toml": SECTIONED + 'deployed = ["database.name"]\n'}
    base = "database = { host = 'db.example.com', name = 'orders' }"
    made = project(options | sections(default=base, development="a = 1", production="a = 2"))
    assert told(made, "XENV002") == []


def test_the_services_own_database_is_compared(own: MakeProject) -> None:
    text = "[{}.database]\nhost = 'db.example.com'\nname = 'assay'\n"
    made = own({"settings.toml": "".join(map(text.format, ["development", "staging", "production"]))})
    assert told(made, "XENV002") == [
        "error staging database.host settings.toml:5:1",
        "error production database.host settings.toml:8:1",
    ]


# XENV003


def test_a_key_that_staging_lacks_is_told_there_with_productions_place(project: MakeProject) -> None:
    made = project(sections(staging="a = 1", production="a = 1\nqueue = 'x'"))
    assert told(made, "XENV003") == ["info staging queue"]
    assert related(made, "XENV003") == [["settings.toml:5:1"]]
    assert findings(made, "XENV003")[0]["origin"] is None
    assert "[staging] queue" in findings(made, "XENV003")[0]["fix"]


def test_a_key_that_production_lacks_is_told_there(project: MakeProject) -> None:
    assert told(project(sections(stage="a = 1\nqueue = 'x'", prod="a = 1")), "XENV003") == ["info prod queue"]


def test_a_key_that_looks_like_one_of_both_is_not_asked_for_twice(project: MakeProject) -> None:
    made = project(sections(default="port = 1\nhost = 'a'", staging="a = 1", production="a = 1\nprt = 8080"))
    (found,) = findings(made, "XENV003")
    assert (
        found["message"] == "prt stands in production and is missing in staging; it looks like port, which both have."
    )
    assert found["fix"].startswith("Name it port in production, if that was meant. Else write [staging] prt")


@pytest.mark.parametrize("name", ["staging", "STAGE", "stg", "preprod", "pre-production", "pre_production", "uat"])
def test_staging_has_many_names(project: MakeProject, name: str) -> None:
    made = project(sections(**{name: "a = 1", "production": "a = 1\nb = 2"}))
    assert told(made, "XENV003") == [f"info {name.lower()} b"]


def test_a_missing_table_is_told_once(project: MakeProject) -> None:
    made = project(sections(staging="a = 1", production="a = 2\ncache = { ttl = 1, redis = { x = 1 } }"))
    assert told(made, "XENV003") == ["info staging cache"]
    assert "a table of 2 keys" in findings(made, "XENV003")[0]["message"]


def test_a_key_missing_in_a_table_that_is_there_is_told_by_its_name(project: MakeProject) -> None:
    made = project(sections(staging="cache = { ttl = 1 }", production="cache = { ttl = 1, size = 2, mode = 'x' }"))
    assert told(made, "XENV003") == ["info staging cache.mode", "info staging cache.size"]


def test_lists_are_one_key_whatever_they_hold(project: MakeProject) -> None:
    made = project(sections(staging="a = [1]\nb = []", production="a = [1, 2, 3]\nb = [{ c = 1 }]"))
    assert told(made, "XENV003") == []
    made = project(sections(staging="x = 1", production="x = 1\na = [1, 2]"), name="lists")
    assert told(made, "XENV003") == ["info staging a"]


def test_without_a_staging_nothing_is_missing_in_it(project: MakeProject) -> None:
    assert told(project(sections(development="a = 1", test="a = 1", production="b = 1")), "XENV003") == []


def test_what_the_base_section_says_is_missing_nowhere(project: MakeProject) -> None:
    assert told(project(sections(default="a = 1", staging="b = 1", production="a = 2\nb = 1")), "XENV003") == []


def test_what_a_deployment_supplies_is_not_missing(project: MakeProject) -> None:
    options = {"assay.toml": STAGED + 'deployed = ["queue", "cache.*"]\n'}
    made = project(options | sections(staging="a = 1", production="a = 1\nqueue = 1\ncache = { url = 'x', ttl = 1 }"))
    assert told(made, "XENV003") == []


def test_a_secret_that_an_inactive_environment_does_not_hold_here_is_not_missing(project: MakeProject) -> None:
    lines = "a = 1\napi_token = 'x'\nbroker = 'amqp://q.example.com'"
    made = project(sections(staging="a = 1", production=lines))
    assert told(made, "XENV003") == []
    assert told(made, "XENV003", ENV_FOR_DYNACONF="staging") == ["info staging api_token", "info staging broker"]


def test_a_variable_of_the_active_environment_is_not_missing_in_the_others(project: MakeProject) -> None:
    made = project(sections(staging="a = 1", production="a = 1"))
    assert told(made, "XENV003", DYNACONF_QUEUE="x", **PRODUCTION) == []


def test_an_unresolved_reference_is_there(project: MakeProject) -> None:
    made = project(sections(staging="a = '@format {env[NOT_SET]}'", production="a = 1"))
    assert told(made, "XENV003") == []


def test_a_value_where_the_other_has_a_table_is_another_rules_business(project: MakeProject) -> None:
    made = project(sections(staging="cache = 'redis'", production="cache = { ttl = 1 }"))
    assert told(made, "XENV003") == []
    assert told(made, "XENV004") == ["warning staging cache settings.toml:2:1"]


def test_the_services_own_defaults_are_everywhere(own: MakeProject) -> None:
    text = "[production.server]\nport = 80\n[production.auth]\ntokens = []\n[staging.history]\nretention_days = 7\n"
    assert told(own({"settings.toml": text}), "XENV003") == []


# XENV004


@pytest.mark.parametrize(
    ("development", "production", "message"),
    [
        ("'3'", "3", "a text in development, and a number in production"),
        ("3.5", "'x'", "a number in development, and a text in production"),
        ("true", "'maybe'", "a boolean in development, and a text in production"),
        ("1", "true", "a number in development, and a boolean in production"),
        ("'a,b'", "['a', 'b']", "a text in development, and a list in production"),
        ("2026-01-31", "'2026-01-31'", "a date in development, and a text in production"),
        ("[]", "{ a = 1 }", "a list in development, and a table in production"),
        ("{}", "''", "a table in development, and a text in production"),
    ],
)
def test_two_types_are_told_at_the_side_that_is_not_production(
    project: MakeProject, development: str, production: str, message: str
) -> None:
    made = project(sections(development=f"x = {development}", production=f"x = {production}"))
    assert told(made, "XENV004") == ["warning development x settings.toml:2:1"]
    assert message in findings(made, "XENV004")[0]["message"]
    assert findings(made, "XENV004")[0]["fix"].startswith("Write a ")


def test_of_a_list_and_a_text_the_brackets_were_forgotten_even_in_production(project: MakeProject) -> None:
    made = project(sections(development="allowed_hosts = []", production="allowed_hosts = 'polls.example.com'"))
    assert told(made, "XENV004") == ["warning production allowed_hosts settings.toml:4:1"]
    assert findings(made, "XENV004")[0]["fix"].startswith("Write a list: ")


@pytest.mark.parametrize("text", ["off", "True", "no"])
def test_a_word_for_a_boolean_was_meant_as_one(project: MakeProject, text: str) -> None:
    made = project(sections(development="x = true", test=f"x = '{text}'", production=f"x = '{text}'"))
    assert told(made, "XENV004") == ["warning test x settings.toml:4:1", "warning production x settings.toml:6:1"]
    told_fixes = findings(made, "XENV004")
    assert "Write a boolean" in told_fixes[0]["fix"]
    assert [found["edit"]["value"] for found in told_fixes] == [text == "True"] * 2


@pytest.mark.parametrize("text", ["30", "-3", " 5432 ", "0"])
def test_a_text_of_digits_was_meant_as_the_number(project: MakeProject, text: str) -> None:
    made = project(sections(development="x = 30", test=f"x = '{text}'", production=f"x = '{text}'"))
    assert told(made, "XENV004") == ["warning test x settings.toml:4:1", "warning production x settings.toml:6:1"]
    assert [found["edit"]["value"] for found in findings(made, "XENV004")] == [int(text)] * 2


@pytest.mark.parametrize(("key", "text"), [("x", "007"), ("x", "1.10"), ("pin_password", "30417726"), ("x", "3 a")])
def test_a_text_that_only_looks_like_a_number_is_as_right_as_production(
    project: MakeProject, key: str, text: str
) -> None:
    made = project(sections(development=f"{key} = 30", production=f"{key} = '{text}'"))
    assert told(made, "XENV004") == [f"warning development {key} settings.toml:2:1"]


def test_the_odd_one_out_is_told_even_where_it_is_production(project: MakeProject) -> None:
    made = project(sections(development="x.y = 1", test="x.y = 2", production="x.y = 'three'"))
    assert told(made, "XENV004") == ["warning production x.y settings.toml:6:1"]
    assert related(made, "XENV004") == [["settings.toml:2:1", "settings.toml:4:1"]]
    assert "[production] x.y" in findings(made, "XENV004")[0]["fix"]


def test_without_production_the_first_environment_is_right(project: MakeProject) -> None:
    made = project({"assay.toml": 'known_environments = ["one", "two"]\n'} | sections(two="x = 1", one="x = 'a'"))
    assert told(made, "XENV004", ENV_FOR_DYNACONF="one") == ["warning two x settings.toml:2:1"]


@pytest.mark.parametrize(
    ("development", "production"),
    [
        ("3", "3.5"),
        ("[1]", "['a', {}]"),
        ("[]", "[1]"),
        ("[1]", "'${PORTS}'"),
        ("5", "'@format {env[NOT_SET]}'"),
        ("5", "'@jinja {{ 5 }}'"),
        ("5", "'@none'"),
        ("2026-01-31", "2026-01-31T12:00:00"),
        ("{ a = 1 }", "{ b = 1 }"),
    ],
)
def test_what_may_be_the_same_type_is_silent(project: MakeProject, development: str, production: str) -> None:
    made = project(sections(development=f"x = {development}", production=f"x = {production}"))
    assert told(made, "XENV004") == []


def test_the_layers_of_one_environment_are_another_rules_business(project: MakeProject) -> None:
    made = project(sections(default="db = 'postgresql://db/x'", development="a = 1", production="db = { host = 'x' }"))
    assert told(made, "SRC011") == ["warning production db settings.toml:6:8"]
    assert told(made, "XENV004") == []


def test_a_table_and_a_value_that_never_meet_are_told(project: MakeProject) -> None:
    made = project(sections(development="db = 'postgresql://db/x'", production="db = { host = 'x', name = 'y' }"))
    assert told(made, "SRC011") == []
    assert told(made, "XENV004") == ["warning development db settings.toml:2:1"]
    assert related(made, "XENV004") == [["settings.toml:4:8"]]


def test_a_variable_that_looks_mistyped_is_told_once(project: MakeProject) -> None:
    made = project(sections(development="cache = true", test="cache = true", production="cache = false"))
    assert told(made, "ENV002", DYNACONF_CACHE="TRUE") == ["warning development cache DYNACONF_CACHE"]
    assert told(made, "XENV004", DYNACONF_CACHE="TRUE") == []
    assert told(made, "ENV005", DYNACONF_CACHE="maybe") == ["warning development cache DYNACONF_CACHE"]
    assert told(made, "XENV004", DYNACONF_CACHE="maybe") == []


def test_what_a_model_declares_is_the_models_business(own: MakeProject) -> None:
    made = own({"settings.toml": "[development.server]\nport = '8080'\n[production.server]\nport = 8080\n"})
    assert told(made, "XENV004") == []


# XENV005


def test_a_secret_that_only_the_base_section_sets_is_told(project: MakeProject) -> None:
    made = project(sections(default="api_token = 'base-token-0'", development="api_token = 'own'", production="a = 2"))
    assert told(made, "XENV005") == ["info production api_token settings.toml:2:1"]
    assert "[production] api_token" in findings(made, "XENV005")[0]["fix"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("search_url = 'http://localhost:9200'", "this machine"),
        ("redis_host = '127.0.0.1'", "this machine"),
        ("search_url = 'https://search.dev.example.com'", "'dev'"),
        ("redis_host = 'redis-staging.example.com'", "'staging'"),
        ("redis_host = 'test-redis'", "'test'"),
        ("base_url = 'http://shop.local'", "'local'"),
        ("pay_url = 'https://api.sandbox.example.com'", "'sandbox'"),
        ("smtp_host = '10.1.2.3'", "development runs too"),
        ("search_url = 'http://search.internal'", "development runs too"),
    ],
)
def test_a_default_that_was_meant_for_development_is_told(project: MakeProject, lines: str, why: str) -> None:
    made = project(sections(default=lines, development="a = 1", production="a = 2"))
    assert [line.split()[:2] for line in told(made, "XENV005")] == [["info", "production"]]
    assert why in findings(made, "XENV005")[0]["message"]


@pytest.mark.parametrize(
    "lines",
    [
        "smtp_host = 'smtp.mail.example.com'",
        "api_url = 'https://api.github.com'",
        "docs_url = 'https://web.dev/learn'",
        "redis_host = 'redis'",
        "search_url = 'http://search:9200'",
        "redis_host = 'redis.default.svc.cluster.local'",
        "greeting = 'http is fine on localhost'",
        "database_url = 'sqlite:///orders.db'",
        "api_token = ''",
        "api_token = '${API_TOKEN}'",
        "redis_host = '${REDIS_HOST}'",
        "server = { host = '0.0.0.0' }",
        "contest_url = 'https://contest.example.com'",
    ],
)
def test_a_default_that_all_may_use_is_silent(project: MakeProject, lines: str) -> None:
    assert told(project(sections(default=lines, development="a = 1", production="a = 2")), "XENV005") == []


def test_the_name_of_a_database_says_that_it_is_meant_for_tests(project: MakeProject) -> None:
    base, development = DATABASE.format("pg.example.com").replace("orders", "orders_test"), DATABASE.format("localhost")
    made = project(sections(default=base, development=development, production="a = 1"))
    assert told(made, "XENV005") == ["info production database_url settings.toml:2:1"]
    assert "'test'" in findings(made, "XENV005")[0]["message"]


def test_what_somebody_set_for_production_is_silent(project: MakeProject) -> None:
    made = project(sections(default="redis_host = 'localhost'", development="a = 1", production="redis_host = 'dev1'"))
    assert told(made, "XENV005") == []


def test_what_development_inherits_is_silent(project: MakeProject) -> None:
    assert told(project(sections(default="redis_host = 'localhost'", development="a = 1")), "XENV005") == []


def test_a_private_default_that_development_does_not_use_is_silent(project: MakeProject) -> None:
    base, development = "redis_host = 'redis.internal'", "redis_host = 'localhost'"
    assert told(project(sections(default=base, development=development, production="a = 1")), "XENV005") == []


def test_staging_may_run_with_what_is_called_staging(project: MakeProject) -> None:
    options = {"assay.toml": STAGED + 'production = ["staging"]\n'}
    made = project(options | sections(default="redis_host = 'redis.staging.example.com'", staging="a = 1"))
    assert told(made, "XENV005") == []


def test_a_deployed_default_is_not_told(project: MakeProject) -> None:
    options = {"assay.toml": SECTIONED + 'deployed = ["redis_host"]\n'}
    made = project(options | sections(default="redis_host = 'localhost'", development="a = 1", production="a = 2"))
    assert told(made, "XENV005") == []


def test_a_shared_database_is_not_told_as_a_default_too(project: MakeProject) -> None:
    made = project(sections(default=DATABASE.format("db.internal"), development="a = 1", production="a = 2"))
    assert told(made, "XENV002") == ["warning production database_url settings.toml:2:1"]
    assert told(made, "XENV005") == []


# XENV006


def test_environments_that_are_alike_are_told_once_a_group(project: MakeProject) -> None:
    made = project(sections(qa="a = 1", demo="a = 1", test="a = 2", ci="a = 2", production="a = 3"))
    found = findings(made, "XENV006")
    assert [(one["environment"], one["severity"]) for one in found] == [(None, "info"), (None, "info")]
    assert ["qa and demo" in found[0]["message"], "test and ci" in found[1]["message"]] == [True, True]
    assert related(made, "XENV006") == [["settings.toml:4:1"], ["settings.toml:8:1"]]


@pytest.mark.parametrize(
    ("qa", "demo"),
    [
        ("a = 1", "a = 1.0"),
        ("a = 1", "a = true"),
        ("a = 'x'", "a = 'y'"),
        ("a = [1]", "a = [1, 1]"),
        ("a = 1", "b = 1"),
    ],
)
def test_a_value_or_type_that_differs_is_enough(project: MakeProject, qa: str, demo: str) -> None:
    assert told(project(sections(qa=qa, demo=demo, production="c = 1")), "XENV006") == []


def test_environments_that_only_inherit_are_not_meant(project: MakeProject) -> None:
    options = {"assay.toml": 'known_environments = ["development", "qa", "demo", "production"]\n'}
    assert told(project(options | sections(default="a = 1", production="a = 2")), "XENV006") == []


def test_a_value_that_is_only_known_where_it_is_deployed_leaves_it_open(project: MakeProject) -> None:
    lines = "a = 1\nb = '@format {env[NOT_SET]}'"
    assert told(project(sections(qa=lines, demo=lines, production="c = 1")), "XENV006") == []


def test_the_order_and_the_case_of_keys_do_not_tell_environments_apart(project: MakeProject) -> None:
    made = project(sections(qa="a = 1\nb = 2", demo="B = 2\nA = 1", production="c = 1"))
    assert told(made, "XENV006") == ["info settings.toml:2:1"]


# all of them


def test_a_project_without_sections_has_nothing_to_compare(project: MakeProject) -> None:
    made = project({"assay.toml": "environments = false\n", "settings.toml": f"api_token = '{SECRET}'\n"})
    report = made.assay("check", "--format", "json").json
    assert not [one for one in report["findings"] if one["rule"].startswith("XENV")]
    assert not [one for one in report["environments"][0]["findings"] if one["rule"].startswith("XENV")]


def test_no_message_shows_the_secret_that_is_shared(project: MakeProject) -> None:
    urls = f"url = 'postgresql://app:{SECRET}@db.example.com/orders'\npassword = '{SECRET}'\n"
    made = project(
        sections(default=urls, development=f"password = 5\ntoken = '{SECRET}'", staging="a = 1", production="b = 1")
    )
    for answer in ("text", "json"):
        ran = made.assay("check", "--fail-level", "info", "--format", answer)
        assert "XENV001" in ran.out
        assert SECRET not in ran.out + ran.err
