"""ENV002 and ENV005 to ENV008: what a variable, or a placeholder, makes of a setting; spellings held against stock."""

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from projects import MakeProject, ProjectFolder
from stock import Question, Stock, running
from told import findings, told

from app.rules.kit.placeholders import placeholders

pytestmark = pytest.mark.usefixtures("quick_models")

FILES = 'settings_files = ["settings.toml", ".secrets.toml"]\n'
ZOO = FILES + 'envvar_prefix = "ZOO"\n'
PRODUCTION = {"ENV_FOR_DYNACONF": "production"}


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock


def given(project: ProjectFolder, stock: Stock, key: str, prefix: str, line: str) -> Any:
    """What stock Dynaconf gives for a key where a variable is set as a fix says."""
    name, _, text = line.partition("=")
    environ = {**PRODUCTION, name: shlex.split(text)[0]}
    options = {"settings_files": ["settings.toml", ".secrets.toml"], "envvar_prefix": prefix}
    answer = stock.ask(Question(folder=project.root, options=options, environ=environ))
    assert answer.values is not None
    return answer.values[key]


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("4e71823", "an infinite number"),
        ("12", "a number"),
        ("1.10", "a number"),
        ("1_000", "a number"),
        ("true", "a boolean"),
        ("2024-01-02", "a date"),
        ("nan", "an infinite number"),
    ],
)
def test_case_8a_a_text_that_becomes_something_else_is_told_with_what_keeps_it(
    text: str, now: str, project: MakeProject, stock: Stock
) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": '[production]\nbuild = "rel"\n'})
    (finding,) = findings(made, "ENV005", **PRODUCTION, ZOO_BUILD=text)
    assert told(made, "ENV005", **PRODUCTION, ZOO_BUILD=text) == ["warning production build ZOO_BUILD"]
    assert f"makes build {now}" in finding["message"]
    assert finding["fix"] == f"Write ZOO_BUILD='@str {text}'."
    assert given(made, stock, "build", "ZOO", finding["edit"]["text"]) == ("str", repr(text))
    assert told(made, "ENV005", **PRODUCTION, ZOO_BUILD=f"@str {text}") == []


def test_a_number_that_becomes_infinite_is_told_wherever_it_stands(project: MakeProject) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": "[production]\nzone = 1\n"})
    assert told(made, "ENV005", **PRODUCTION, ZOO_BUILD="4e71823") == ["warning production build ZOO_BUILD"]
    assert told(made, "ENV005", **PRODUCTION, ZOO_BUILD="inf", ZOO_OTHER="4e7") == []


@pytest.mark.parametrize(
    ("text", "meant"), [(".5", ("float", "0.5")), ("+.5", ("float", "0.5")), ("2.", ("float", "2.0"))]
)
def test_case_8b_a_number_that_becomes_a_text_is_told_with_the_number(
    text: str, meant: tuple[str, str], project: MakeProject, stock: Stock
) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": "[production]\nratio = 0.5\n"})
    (finding,) = findings(made, "ENV005", **PRODUCTION, ZOO_RATIO=text)
    assert given(made, stock, "ratio", "ZOO", finding["edit"]["text"]) == meant


@pytest.mark.parametrize("text", ["fast", "1,5", "10 MB"])
def test_case_8b_a_text_that_is_no_number_has_no_spelling(text: str, project: MakeProject) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": "[production]\nratio = 0.5\n"})
    (finding,) = findings(made, "ENV005", **PRODUCTION, ZOO_RATIO=text)
    assert "Give ZOO_RATIO a number" in finding["fix"]
    assert "edit" not in finding


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("5", "6.5"),
        ("'x'", "y"),
        ("''", "5"),
        ("'${BUILD}'", "5"),
        ("'@int 5'", "abc"),
        ("true", "false"),
        ("[1]", "5"),
        ("'x'", "@int 5"),
        ("'x'", "'5'"),
    ],
)
def test_what_keeps_its_kind_or_is_still_open_is_not_told(said: str, text: str, project: MakeProject) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": f"[production]\nbuild = {said}\n"})
    assert told(made, "ENV005", **PRODUCTION, ZOO_BUILD=text) == []


def test_a_secret_that_becomes_a_number_is_told_once_and_not_shown(project: MakeProject) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": "[production]\nzone = 1\n", ".secrets.toml": ""})
    environ = {**PRODUCTION, "ZOO_PASSWORD": "9917442500123"}
    assert told(made, "ENV002", **environ) == ["warning production password ZOO_PASSWORD"]
    assert told(made, "ENV005", **environ) == []
    assert "9917442500123" not in made.assay("check", **environ).out
    assert findings(made, "ENV002", **environ)[0]["fix"] == "Write ZOO_PASSWORD='@str …'."


@pytest.mark.parametrize("text", ['"q # w"', "'q # w'", '"a" # b', "#fff", "C#", "q #1", '["a # b"]', "@str q # w"])
def test_case_11b_what_is_no_comment_is_not_taken_for_one(text: str, project: MakeProject) -> None:
    made = project({"assay.toml": FILES + 'envvar_prefix = "LARK"\n', "settings.toml": "[default]\na = 1\n"})
    found = findings(made, "ENV002", LARK_DELTA=text)
    assert [finding for finding in found if "stays part" in finding["message"]] == []
    assert all('"a"' in finding["fix"] for finding in found)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a = 1", "5 # five"),
        ("a = 1", "0x1F # hexadecimal"),
        ("a = 1", '"a" # b'),
        ("a = 1", "info # level"),
        ("a = 1", "TRUE"),
        ("x = true", "TRUE"),
        ("a = 1", "01"),
        ("x = 1", "01"),
        ("x = ['a']", "a,b"),
        ("x = ['a']", 'a"b,c'),
        ("x = ['a']", "[a, b]"),
        ("x = ['a']", "'a','b'"),
        ("x = [1]", "2,3"),
        ("x = ['1']", "2,3"),
    ],
)
def test_case_11b_no_fix_of_a_mistyped_variable_destroys_a_value(
    file: str, text: str, project: MakeProject, stock: Stock
) -> None:
    """Its edit gives what Dynaconf reads anyway, or what the files' kind says; else the text can be kept."""
    made = project({"assay.toml": ZOO, "settings.toml": f"[production]\n{file}\n"})
    (finding,) = findings(made, "ENV002", **PRODUCTION, ZOO_X=text)
    meant: dict[tuple[str, str], Any] = {
        ("a = 1", "5 # five"): ("int", "5"),
        ("a = 1", "0x1F # hexadecimal"): ("int", "31"),
        ("a = 1", '"a" # b'): ("str", "'a'"),
        ("x = true", "TRUE"): ("bool", "True"),
        ("x = 1", "01"): ("int", "1"),
        ("x = ['a']", "a,b"): [("str", "'a'"), ("str", "'b'")],
        ("x = ['a']", 'a"b,c'): [("str", "'a\"b'"), ("str", "'c'")],
        ("x = ['a']", "[a, b]"): [("str", "'a'"), ("str", "'b'")],
        ("x = ['a']", "'a','b'"): [("str", "'a'"), ("str", "'b'")],
        ("x = [1]", "2,3"): [("int", "2"), ("int", "3")],
        ("x = ['1']", "2,3"): [("str", "'2'"), ("str", "'3'")],
    }
    if (file, text) in meant:
        assert given(made, stock, "x", "ZOO", finding["edit"]["text"]) == meant[file, text]
    else:
        assert "edit" not in finding
        kept = finding["fix"].partition("; or ")[2].partition(" if the text")[0]
        assert given(made, stock, "x", "ZOO", kept) == ("str", repr(text))


CODE = """\
from pydantic import BaseModel

class Pool(BaseModel):
    max_size: int = 5

class Settings(BaseModel):
    pool: Pool = Pool()
"""
OTTER = FILES + 'envvar_prefix = "OTTER"\nschema = "model:Settings"\n'


def test_case_9b_a_variable_in_another_case_than_the_models_field_is_told(project: MakeProject) -> None:
    made = project({"assay.toml": OTTER, "model.py": CODE, "settings.toml": "[default]\n[production]\nzone = 1\n"})
    environ = {**PRODUCTION, "OTTER_POOL__MAX_SIZE": "30"}
    assert told(made, "ENV006", **environ) == ["warning production pool.MAX_SIZE OTTER_POOL__MAX_SIZE"]
    assert findings(made, "ENV006", **environ)[0]["fix"] == "Rename it to OTTER_POOL__max_size."
    assert told(made, "ENV006", **PRODUCTION, OTTER_POOL__max_size="30") == []


def test_a_variable_finds_the_key_that_a_file_has_whatever_its_case(project: MakeProject) -> None:
    made = project({"assay.toml": OTTER, "model.py": CODE, "settings.toml": "[production.pool]\nmax_size = 4\n"})
    assert told(made, "ENV006", **PRODUCTION, OTTER_POOL__MAX_SIZE="30") == []


def test_a_variable_in_another_case_than_other_environments_is_told_without_a_model(project: MakeProject) -> None:
    made = project({"assay.toml": ZOO, "settings.toml": "[staging.pool]\nmax_size = 4\n[production]\nzone = 1\n"})
    environ = {**PRODUCTION, "ZOO_POOL__MAX_SIZE": "30"}
    assert findings(made, "ENV006", **environ)[0]["fix"] == "Rename it to ZOO_POOL__max_size."
    assert told(made, "ENV006", **PRODUCTION, ZOO_POOL__OTHER="30", ZOO_ZONE="2") == []


def test_the_services_own_model_finds_every_case(own: MakeProject) -> None:
    assert told(own(), "ENV006", ASSAY_DATABASE__POOL__SIZE="3") == []


def test_case_8c_a_placeholder_that_nobody_fills_is_no_good_secret(project: MakeProject) -> None:
    profile = '[production]\npassword = "${LDAP_PASSWORD}"\n[development]\npassword = "${LDAP_PASSWORD}"\n'
    made = project({"assay.toml": FILES, "settings.toml": profile})
    assert told(made, "ENV007") == [
        "error production password settings.toml:2:1",
        "warning development password settings.toml:4:1",
    ]
    assert 'password = "@format {env[LDAP_PASSWORD]}"' in findings(made, "ENV007")[0]["fix"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("${DB_HOST}", "@format {env[DB_HOST]}"),
        ("$DB_HOST", "@format {env[DB_HOST]}"),
        ("%(DB_HOST)s", "@format {env[DB_HOST]}"),
        ("{{ DB_HOST }}", "@format {env[DB_HOST]}"),
        ("{DB_HOST}", "@format {env[DB_HOST]}"),
        ("${DB_HOST:-localhost}", "@format {env[DB_HOST]}"),
        ("{{ env.DB_HOST }}", "@format {env[DB_HOST]}"),
        ("{{ this.name }}", "@format {this.name}"),
        ("{name}", "@format {this.name}"),
        ("https://${DB_HOST}/v{{1}}", "@format https://{env[DB_HOST]}/v{{{{1}}}}"),
        ("amqp://u:{DB_HOST}@h/x", "@format amqp://u:{env[DB_HOST]}@h/x"),
    ],
)
def test_a_placeholder_is_told_with_dynaconfs_own_spelling(
    text: str, written: str, project: MakeProject, stock: Stock
) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"[production]\nname = 'lark'\naddress = '{text}'\n"})
    environ = {**PRODUCTION, "DB_HOST": "db.example.com"}
    (finding,) = findings(made, "ENV007", **environ)
    assert finding["edit"]["value"] == written
    made.write({"settings.toml": f"[production]\nname = 'lark'\naddress = '{written}'\n"})
    answer = stock.ask(Question(folder=made.root, options={"settings_files": ["settings.toml"]}, environ=environ))
    assert answer.values is not None
    assert answer.values["address"][1].strip("'") in {"db.example.com", "lark", "https://db.example.com/v{{1}}",
                                                      "amqp://u:db.example.com@h/x"}  # fmt: skip
    assert told(made, "ENV007", **environ) == []


def test_an_edit_that_would_not_start_for_want_of_the_variable_is_not_offered(project: MakeProject) -> None:
    made = project({"assay.toml": FILES, "settings.toml": "[production]\naddress = '${DB_HOST}'\n"})
    assert "edit" not in findings(made, "ENV007", **PRODUCTION)[0]
    assert findings(made, "ENV007")[0]["edit"]["value"] == "@format {env[DB_HOST]}"


@pytest.mark.parametrize(
    "text",
    [
        "%(asctime)s %(levelname)s %(message)s",
        "{message}: {level}",
        "https://api.example.com/{version}/users",
        "Hello {{ name }}!",
        "^[a-z]{3}$",
        "$5",
        "a$b",
        "$2b$12$abcdefghijklmnopqrstuv",
        "@format {this.name}",
        "{}",
        "${}",
        "user-${id}",
        "",
    ],
)
def test_templates_patterns_and_references_of_dynaconf_are_no_placeholders(text: str) -> None:
    assert placeholders(text) == []


def test_a_secret_around_a_placeholder_is_not_shown(project: MakeProject) -> None:
    profile = '[production]\ntoken = "canary-8c-${TAIL}"\nurl = "redis://u:canary-8d${X1}@h"\n'
    made = project({"assay.toml": FILES, "settings.toml": profile})
    assert len(told(made, "ENV007")) == 2
    ran = made.assay("check", "--format", "json")
    assert "canary-8c" not in ran.out
    assert "canary-8d" not in ran.out


LINKS = {
    "PARCEL_PORT": "tcp://10.96.14.7:8080",
    "PARCEL_SERVICE_HOST": "10.96.14.7",
    "PARCEL_SERVICE_PORT": "8080",
    "PARCEL_SERVICE_PORT_HTTP": "8080",
    "PARCEL_PORT_8080_TCP": "tcp://10.96.14.7:8080",
    "PARCEL_PORT_8080_TCP_PROTO": "tcp",
    "PARCEL_PORT_8080_TCP_PORT": "8080",
    "PARCEL_PORT_8080_TCP_ADDR": "10.96.14.7",
}


def test_case_8d_service_links_are_one_finding_with_the_manifests_switch(project: MakeProject) -> None:
    options = FILES + 'envvar_prefix = "PARCEL"\n'
    made = project({"assay.toml": options, "settings.toml": "[production]\nport = 8080\nservice.port = 1\n"})
    assert told(made, "ENV008", **PRODUCTION, **LINKS) == ["warning production port PARCEL_PORT"]
    (finding,) = findings(made, "ENV008", **PRODUCTION, **LINKS)
    assert "service parcel" in finding["message"]
    assert "enableServiceLinks: false" in finding["fix"]
    for rule in ("ENV001", "ENV002", "ENV004", "ENV005"):
        assert told(made, rule, **PRODUCTION, **LINKS) == []


def test_case_8d_service_links_are_no_unknown_variables_of_a_model(own: MakeProject) -> None:
    links = {name.replace("PARCEL", "ASSAY"): text for name, text in LINKS.items()}
    assert told(own(), "ENV008", **links) == ["warning development port ASSAY_PORT"]
    assert told(own(), "ENV001", **links) == []


def test_ports_and_hosts_of_ones_own_are_no_service_links(project: MakeProject) -> None:
    options = FILES + 'envvar_prefix = "PARCEL"\n'
    made = project({"assay.toml": options, "settings.toml": "[production]\nport = 8080\n"})
    own = {"PARCEL_PORT": "9090", "PARCEL_SERVICE_HOST": "orders.example.com", "PARCEL_DB_PORT": "5432"}
    assert told(made, "ENV008", **PRODUCTION, **own) == []
    assert told(made, "ENV008", **PRODUCTION, OTHER_PORT="tcp://10.96.14.7:8080") == []


@pytest.mark.parametrize("key", ["url_location_key_placeholder", "greeting_template", "log_pattern", "name_format"])
def test_what_its_name_says_is_a_template_is_the_applications_to_fill(project: MakeProject, key: str) -> None:
    made = project({"assay.toml": FILES, "settings.toml": f"[production]\n{key} = '{{location_key}}'\n"})
    assert told(made, "ENV007") == []


@pytest.mark.parametrize(
    ("stated", "text", "rule"),
    [
        ("1", "on", "ENV005"), ("1", "yes", "ENV005"), ("true", "on", "ENV002"), ("true", "007", "ENV005"),
        ("1", "007", "ENV002"), ("2024-01-02", "on", "ENV005"),
    ],
)  # fmt: skip
def test_what_a_text_was_meant_as_is_the_kind_that_the_files_have(
    stated: str, text: str, rule: str, project: MakeProject
) -> None:
    settings = f"[development]\nx = {stated}\n[production]\nx = {stated}\n"
    made = project({"assay.toml": ZOO, "settings.toml": settings})
    report = made.assay("check", "--format", "json", **PRODUCTION, ZOO_X=text).json
    told = [*report["findings"], *(one for found in report["environments"] for one in found["findings"])]
    assert [one["rule"] for one in told if one["severity"] != "info"] == [rule]
