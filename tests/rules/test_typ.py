import shlex

import pytest
from projects import MakeProject
from test_production_rules import clean, found
from told import findings


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('port = "eighty"', "TYP002"),
        ("port = 3.5", "TYP002"),
        ("prot = 80", "TYP003"),
        ("port = 80000", "TYP004"),
        ("workers = 0", "TYP004"),
    ],
)
def test_the_model_speaks_at_the_line_of_the_value(own: MakeProject, line: str, rule: str) -> None:
    project = clean(own, production=f"[production.server]\n{line}\n")
    assert found(project) == [(rule, "error", "settings/production.toml:2")]


def test_a_missing_secret_of_the_active_environment_names_section_and_variable(own: MakeProject) -> None:
    project = own(
        {"settings/production.toml": '[production.database]\nhost = "db.example.com"\ntls.mode = "require"\n'}
    )
    report = project.assay("check", "production", "--format", "json", ENV_FOR_DYNACONF="production").json
    (environment,) = report["environments"]
    fixes = {finding["key"]: finding["fix"] for finding in environment["findings"] if finding["rule"] == "TYP001"}
    assert fixes.keys() == {"app.secret_key", "database.password"}
    assert "[production.database]" in fixes["database.password"]
    assert ".secrets.toml" in fixes["database.password"]
    assert "ASSAY_DATABASE__PASSWORD" in fixes["database.password"]


def test_a_missing_secret_of_an_inactive_environment_is_deferred(own: MakeProject) -> None:
    report = own().assay("check", "production", "--format", "json").json
    (environment,) = report["environments"]
    assert [finding["rule"] for finding in environment["findings"] if finding["rule"].startswith("TYP")] == []
    assert "ASSAY_APP__SECRET_KEY" in [item["variable"] for item in environment["deferred"]]


def test_an_unknown_key_suggests_the_nearest(own: MakeProject) -> None:
    ran = own({"settings.toml": "[default.server]\nprot = 80\n"}).assay("check", "development")
    assert ran.status == 1
    assert "Did you mean 'port'?" in ran.out


def test_a_wrong_type_of_a_secret_does_not_show_it(own: MakeProject) -> None:
    ran = own({".secrets.toml": "[default.database]\npassword = 30417720000001\n"}).assay("check", "development")
    assert "TYP002" in ran.out
    assert "30417720000001" not in ran.out + ran.err


@pytest.mark.parametrize(
    "lines",
    [
        'cors = ["https://a"]', "headers = [1]", "auth.tokens = 3", "auth = [[[]]]", "cors.allow_origins = { a = 1 }",
        "[[production.server]]\nport = 1", "[[production.auth.tokens.name]]\na = 1", "database = []", "server = ''",
    ],
)  # fmt: skip
def test_a_list_or_value_where_a_table_belongs_is_a_finding_and_no_failure(own: MakeProject, lines: str) -> None:
    text = lines if lines.startswith("[[") else f"[production]\n{lines}"
    project = own({"settings.toml": f"{text}\n"})
    ran = project.assay("check", "production", "--format", "json")
    assert ran.status == 1
    rules = {finding["rule"] for finding in ran.json["environments"][0]["findings"]}
    assert rules & {"TYP002", "TYP003", "TYP004"}
    for command in ("show", "matrix"):
        assert project.assay(command, *(["production"] if command == "show" else [])).status == 0


def test_a_key_whose_name_the_model_refuses_is_to_be_renamed(project: MakeProject) -> None:
    model = "from pydantic import BaseModel\n\n\nclass Settings(BaseModel):\n    weights: dict[int, int]\n"
    options = 'schema = "model:Settings"\nsettings_files = ["settings.toml"]\n'
    profile = "[default.weights]\na = 1\n2 = 3\n"
    made = project({"assay.toml": options, "model.py": model, "settings.toml": profile})
    (finding,) = findings(made, "TYP004", "development")
    assert (finding["key"], finding["origin"]["line"]) == ("weights.a", 2)
    assert finding["message"].startswith("weights.a as a name should be a valid integer")
    assert finding["fix"] == "Rename weights.a, or take it out."
    assert findings(made, "TYP002", "development") == []


@pytest.mark.parametrize(
    ("name", "text", "fix"),
    [
        ("SHOP_VERSION", "1.10", "SHOP_VERSION='@str 1.10'"),
        ("SHOP_VERSION", "4e71823", "SHOP_VERSION='@str 4e71823'"),
        ("SHOP_VERSION", "true", "SHOP_VERSION='@str true'"),
        ("SHOP_HOSTS", "a.example,b.example", """SHOP_HOSTS='["a.example", "b.example"]'"""),
        ("SHOP_HOSTS", "[a.example, 'b.example]", """SHOP_HOSTS='["a.example", "b.example"]'"""),
        ("SHOP_HOSTS", "a.example", """SHOP_HOSTS='["a.example"]'"""),
        ("SHOP_NAMES", "a, b", """SHOP_NAMES='["a", "b"]'"""),
        ("SHOP_HOSTS", '["a", "b"', """SHOP_HOSTS='["…"]'"""),
        ("SHOP_POOL", '{"size": 3}', """SHOP_POOL='@json {"size": 3}'"""),
        ("SHOP_POOL", "size: 3", "SHOP_POOL=…"),
        ("SHOP_API_TOKEN", "20260101", "SHOP_API_TOKEN='@str …'"),
    ],
)
def test_a_variable_that_is_read_otherwise_gets_the_spelling_that_says_what_was_meant(
    project: MakeProject, name: str, text: str, fix: str
) -> None:
    model = (
        "from pydantic import BaseModel\n\n\nclass Pool(BaseModel):\n    size: int\n\n\nclass Settings(BaseModel):\n"
        '    version: str = ""\n    hosts: list[str] = []\n    names: set[str] = set()\n    pool: Pool\n'
        '    api_token: str = ""\n'
    )
    options = 'schema = "model:Settings"\nsettings_files = ["settings.toml"]\nenvvar_prefix = "SHOP"\n'
    made = project({"assay.toml": options, "model.py": model, "settings.toml": "[default.pool]\nsize = 1\n"})
    (finding,) = findings(made, "TYP002", "development", **{name: text})
    assert finding["fix"] == f"Correct it: write {fix}."
    if "…" not in fix:
        (mended,) = shlex.split(finding["edit"]["text"])
        assert mended == shlex.split(fix)[0]
        assert findings(made, "TYP002", "development", **{name: mended.partition("=")[2]}) == []
