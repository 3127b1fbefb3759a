import pytest
from projects import MakeProject
from told import SECTIONED, findings, told

pytestmark = pytest.mark.usefixtures("quick_models")

PRODUCTION = {"ENV_FOR_DYNACONF": "production"}


def test_a_variable_that_matches_no_key_names_the_nearest_and_is_no_second_finding(own: MakeProject) -> None:
    made, environ = own(), {"ASSAY_SERVER__PROT": "80"}
    assert told(made, "ENV001", **environ) == ["warning development server.PROT ASSAY_SERVER__PROT"]
    assert findings(made, "ENV001", **environ)[0]["fix"] == "Did you mean ASSAY_SERVER__PORT?"
    assert told(made, "TYP003", **environ) == []


def test_an_unknown_variable_does_not_keep_the_settings_from_being_built(own: MakeProject) -> None:
    workspace = own().workspace({"ASSAY_PROT": "80", "ASSAY_SERVER__PORT": "81"})
    settings = workspace.model.settings("development")
    assert settings is not None
    assert settings.server.port == 81


def test_an_unknown_variable_belongs_to_the_environments_that_get_it(own: MakeProject) -> None:
    told_of = told(own(), "ENV001", "--environ", "all", ASSAY_PROT="80")
    assert [line.split()[1] for line in told_of] == ["development", "testing", "staging", "production"]
    assert told(own(), "ENV001", "--environ", "none", ASSAY_PROT="80") == []


@pytest.mark.parametrize("name", ["PROT", "OTHER_PORT", "ASSAYER_PROT", "ASSAY_SERVER__PORT", "assay_prot"])
def test_variables_of_others_and_known_ones_are_not_unknown(own: MakeProject, name: str) -> None:
    assert told(own(), "ENV001", **{name: "80"}) == []


def test_an_unknown_key_that_a_file_sets_too_is_the_files(own: MakeProject) -> None:
    made = own({"settings.toml": "[default.server]\nprot = 80\n"})
    assert told(made, "ENV001", ASSAY_SERVER__PROT="81") == []
    line = "error development server.prot ASSAY_SERVER__PROT"
    assert told(made, "TYP003", ASSAY_SERVER__PROT="81")[0] == line


def test_where_every_variable_overrides_none_is_unknown(own: MakeProject) -> None:
    made = own({"assay.toml": 'schema = "app.schema:Settings"\nenvvar_prefix = ""\n'})
    for rule in ("ENV001", "ENV002", "ENV003", "ENV004", "TYP003"):
        assert told(made, rule, SHELL="yes", LESS="01", SERVER_PORT="80") == []


MODEL = """\
from pydantic import BaseModel

class Pool(BaseModel):
    model_config = {{"extra": "{0}"}}
    size: int = 1

class Settings(BaseModel):
    model_config = {{"extra": "{0}"}}
    pool: Pool = Pool()
"""


@pytest.mark.parametrize(
    ("rule", "key", "name"),
    [
        ("ENV001", "colour", "DYNACONF_COLOUR"),
        ("ENV001", "colour.x", "DYNACONF_COLOUR__x"),
        ("ENV001", "pool.colour", "DYNACONF_POOL__colour"),
        ("ENV001", 'pool.""', "DYNACONF_POOL__"),
        ("ENV004", "pool_size", "DYNACONF_POOL_SIZE"),
    ],
)
@pytest.mark.parametrize(("extra", "severity"), [("forbid", "error"), ("ignore", "warning"), ("allow", "warning")])
def test_an_unknown_variable_that_the_projects_own_model_refuses_is_an_error(
    project: MakeProject, rule: str, key: str, name: str, extra: str, severity: str
) -> None:
    options = 'schema = "model:Settings"\nsettings_files = ["settings.toml"]\n'
    made = project({"assay.toml": options, "model.py": MODEL.format(extra), "settings.toml": "[default]\n"})
    assert told(made, rule, "development", **{name: "9"}) == [f"{severity} development {key} {name}"]
    assert told(made, "TYP003", "development", **{name: "9"}) == []


def test_without_a_model_no_variable_is_unknown(project: MakeProject) -> None:
    assert told(project({"settings.toml": "[default]\na = 1\n"}), "ENV001", DYNACONF_PROT="80") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("TRUE", "true"), ("yes", "true"), ("off", "false"), ("01", "1"), ("5 # five", "5"), ("info # level", "info")],
)
def test_a_text_that_was_meant_otherwise_is_told_with_the_right_one(
    project: MakeProject, text: str, value: str
) -> None:
    made, environ = project({"settings.toml": "[default]\na = 1\n"}), {"DYNACONF_LEVEL": text}
    assert told(made, "ENV002", **environ) == ["warning development level DYNACONF_LEVEL"]
    assert findings(made, "ENV002", **environ)[0]["fix"].startswith(f"Write DYNACONF_LEVEL={value}")


@pytest.mark.parametrize(
    "text", ["true", "True", "false", "1", "0", "3.10", "a,b", "We are #1", "Room # 5", "http://x/#y", "yesterday", ""]
)
def test_a_text_that_is_what_it_seems_is_not_told(project: MakeProject, text: str) -> None:
    assert told(project({"settings.toml": "[default]\na = 1\n"}), "ENV002", DYNACONF_LEVEL=text) == []


def test_a_text_may_stand_where_a_file_has_one(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nmode = 'on'\nzip = '01067'\n"})
    assert told(made, "ENV002", DYNACONF_MODE="off", DYNACONF_ZIP="01099", DYNACONF_LANGUAGE="no") == []


def test_a_comma_list_where_a_file_has_a_list_is_told(project: MakeProject) -> None:
    made, environ = project({"settings.toml": "[default]\nhosts = ['a']\n"}), {"DYNACONF_HOSTS": "a, b"}
    assert told(made, "ENV002", **environ) == ["warning development hosts DYNACONF_HOSTS"]
    assert """DYNACONF_HOSTS='["a", "b"]'""" in findings(made, "ENV002", **environ)[0]["fix"]


@pytest.mark.parametrize("text", ["['b', 'c']", '["b", "dynaconf_merge"]', "{x = 'b', y = 'c'}"])
@pytest.mark.parametrize("key", ["hosts", "api_keys"])
def test_a_list_or_table_that_stands_there_as_toml_spells_it_is_not_told(
    project: MakeProject, key: str, text: str
) -> None:
    made = project({"settings.toml": f"[default]\n{key} = ['a']\n"})
    assert told(made, "ENV002", **{f"DYNACONF_{key.upper()}": text}) == []
    assert told(made, "ENV002", **{f"DYNACONF_{key.upper()}": "[1, 2]"}) == []


@pytest.mark.parametrize("text", ["918273", "1e5", "true", "2024-01-01"])
def test_a_secret_that_becomes_something_else_is_told_and_not_shown(project: MakeProject, text: str) -> None:
    made, environ = project({"settings.toml": "[default]\na = 1\n"}), {"DYNACONF_DB__PASSWORD": text}
    assert told(made, "ENV002", **environ) == ["warning development db.PASSWORD DYNACONF_DB__PASSWORD"]
    (finding,) = findings(made, "ENV002", **environ)
    assert text not in finding["message"] + finding["fix"]


def test_a_switch_beside_a_secret_and_a_quoted_secret_are_not_told(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\na = 1\n"})
    environ = {"DYNACONF_USE_TOKEN": "true", "DYNACONF_PASSWORD": '"123456"', "DYNACONF_TOKEN_TTL": "60"}
    assert told(made, "ENV002", **environ, DYNACONF_SECRET="@str 123456", DYNACONF_API_KEY="0123") == []


def test_a_model_keeps_texts_and_lists_so_nothing_is_mistyped(own: MakeProject) -> None:
    environ = {"ASSAY_DATABASE__PASSWORD": "123456", "ASSAY_APP__NAME": "yes", "ASSAY_CORS__ALLOW_ORIGINS": "a,b"}
    assert told(own(), "ENV002", **environ) == []


def test_a_wrong_type_says_enough(own: MakeProject) -> None:
    made, environ = own(), {"ASSAY_APP__DEBUG": "TRUE", "ASSAY_SERVER__WORKERS": "2 # two"}
    assert told(made, "TYP002", **environ) == ["error development app.debug ASSAY_APP__DEBUG"]
    assert told(made, "ENV002", **environ) == ["warning development server.workers ASSAY_SERVER__WORKERS"]


@pytest.mark.parametrize(
    ("name", "text", "new"),
    [
        ("DATABASE_URL", "postgresql://app:canary-5@db/orders", "ASSAY_DATABASE__URL"),
        ("CORS_ORIGINS", "https://a.example", "ASSAY_CORS__ALLOW_ORIGINS"),
    ],
)
def test_an_old_name_is_noted_with_the_new_one(own: MakeProject, name: str, text: str, new: str) -> None:
    (finding,) = findings(own(), "ENV003", **{name: text})
    assert (finding["severity"], finding["origin"]) == ("info", {"kind": "variable", "name": name})
    assert new in finding["fix"]
    assert "canary-5" not in str(finding)


def test_an_old_name_that_does_not_count_is_not_noted(own: MakeProject, project: MakeProject) -> None:
    assert told(own(), "ENV003", CORS_ORIGINS="https://a.example", ASSAY_CORS__ALLOW_ORIGINS="https://b.example") == []
    foreign = project({"assay.toml": 'envvar_prefix = ""\n', "settings.toml": "[default]\na = 1\n"}, name="foreign")
    assert told(foreign, "ENV003", DATABASE_URL="postgresql://db/orders") == []


@pytest.mark.parametrize("name", ["DATABASE_HOST", "DATABASE_POOL_SIZE", "DATABASE__POOL_SIZE"])
def test_one_underscore_where_two_are_needed_is_told_with_the_right_name(project: MakeProject, name: str) -> None:
    made = project({"settings.toml": "[default.database]\nhost = 'x'\npool = {size = 5}\n"})
    (finding,) = findings(made, "ENV004", **{f"DYNACONF_{name}": "1"})
    assert (finding["severity"], finding["origin"]["name"]) == ("warning", f"DYNACONF_{name}")
    meant = name.replace("__", "_").replace("_", "__")
    assert finding["fix"] == f"Write DYNACONF_{meant}."


def test_one_underscore_is_the_one_thing_that_is_told_of_a_modelled_variable(own: MakeProject) -> None:
    made, environ = own(), {"ASSAY_DATABASE_HOST": "db"}
    assert told(made, "ENV004", **environ) == ["warning development database_host ASSAY_DATABASE_HOST"]
    assert told(made, "ENV001", **environ) == told(made, "TYP003", **environ) == []


@pytest.mark.parametrize(
    "name", ["DYNACONF_DATABASE_NAME", "DYNACONF_DATABASE__HOST", "OTHER_DATABASE_HOST", "DYNACONF_LOG_LEVEL"]
)
def test_a_name_that_exists_or_means_nothing_else_is_fine(project: MakeProject, name: str) -> None:
    profile = "[default]\nlog_level = 'x'\n[default.database]\nhost = 'x'\n[default.log]\nlevel = 'y'\n"
    assert told(project({"assay.toml": SECTIONED, "settings.toml": profile}), "ENV004", **{name: "1"}) == []


def test_where_every_variable_overrides_one_underscore_is_no_mistake(project: MakeProject) -> None:
    made = project({"assay.toml": 'envvar_prefix = ""\n', "settings.toml": "[default.database]\nhost = 'x'\n"})
    assert told(made, "ENV004", **PRODUCTION, DATABASE_HOST="db") == []


def test_no_secret_is_shown_in_what_is_mistyped(project: MakeProject) -> None:
    made = project({"settings.toml": "[default]\nbrokers = ['amqp://x']\n"})
    environ = {"DYNACONF_PASSWORD": "canary-8 # prod", "DYNACONF_BROKERS": "amqp://a:canary-9@b,amqp://c"}
    assert told(made, "ENV002", **environ) == ["warning development brokers DYNACONF_BROKERS"]
    assert "canary" not in made.assay("check", **environ).out


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("DEBUG=yes", "DYNACONF_DEBUG is a text, no boolean.", "Write DYNACONF_DEBUG=true or false."),
        ("DEBUG=OFF", "DYNACONF_DEBUG is a text, no boolean.", "Write DYNACONF_DEBUG=true or false."),
        (
            "PORT=0800",
            "DYNACONF_PORT is a text, no number, because of a zero in front.",
            "Write DYNACONF_PORT=…, as TOML spells it.",
        ),
        (
            "PORT=80 # web",
            "DYNACONF_PORT carries a comment, which Dynaconf drops.",
            "Write DYNACONF_PORT=…, as TOML spells it.",
        ),
    ],
)
def test_what_is_odd_is_said_of_a_text_that_may_not_be_quoted(
    project: MakeProject, text: str, what: str, fix: str
) -> None:
    options = "environments = true\nload_dotenv = true\n"
    profile = "[default]\ndebug = false\nport = 80\n"
    name, _, value = text.partition("=")
    made = project({"assay.toml": options, "settings.toml": profile, ".env": f"DYNACONF_{name}='{value}'\n"})
    (finding,) = findings(made, "ENV002", "development")
    assert (finding["message"], finding["fix"]) == (what, fix)
