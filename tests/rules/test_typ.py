import shlex

import pytest
from projects import MakeProject, ProjectFolder
from test_production_rules import clean, found
from told import findings

from app.core.findings import Edit
from app.rules.judging import judge


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


def test_where_the_model_knows_no_key_at_all_one_is_taken_out_where_it_stands(project: MakeProject) -> None:
    model = (
        'from pydantic import BaseModel\n\n\nclass Box(BaseModel, extra="forbid"):\n    pass\n\n\n'
        "class Settings(BaseModel):\n    box: Box = Box()\n    bag: Box = Box()\n    sack: Box = Box()\n"
    )
    made = project({
        "assay.toml": 'schema = "model:Settings"\nenvvar_prefix = "SHOP"\nload_dotenv = true\n', "model.py": model,
        "settings.toml": "[production.box]\na = 1\nb = [1]\n", ".env": "SHOP_BAG={c = 1}\n",
    })  # fmt: skip
    environ = {"ENV_FOR_DYNACONF": "production", "SHOP_SACK": "{d = 1}"}
    told = [one for one in judge(made.workspace(environ).subject("production")).findings if one.rule == "TYP003"]
    file, text = "settings.toml", "# take box.a out of [production] of settings.toml"
    assert {one.key: (one.fix, one.edit) for one in told} == {
        "box.a": ("Remove box.a.", Edit(kind="unset", key="box.a", file=file, section="production", text=text)),
        "box.b": ("Remove box.b.", None),
        "bag.c": ("Remove bag.c.", Edit(kind="unset", key="SHOP_BAG", file=".env", text="unset SHOP_BAG")),
        "sack.d": ("Remove sack.d.", Edit(kind="unset", key="SHOP_SACK", text="unset SHOP_SACK")),
    }


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
        ("SHOP_POOL", "size: 3", "SHOP_POOL='{ size = 1 }'"),
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


TYPED = """\
from datetime import date, datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class Colour(Enum):
    RED = "red"


class Pool(BaseModel):
    size: int
    quick: bool
    name: str = "x"


class Settings(BaseModel):
    whole: Annotated[int, Field(ge=5)]
    low: Annotated[int, Field(lt=0)]
    real: float
    maybe: int | None
    switch: bool
    names: list[str]
    ports: list[int]
    shares: dict[str, int]
    pool: Pool
    pools: list[Pool]
    day: date
    at: datetime
    wait: timedelta
    colour: Colour
    word: Literal["a", "b"]
    digit: Literal[3, 4]
    mark: UUID
    server: IPv4Address
    text: str
"""
WRONG = {
    "whole": '"x"', "low": '"x"', "real": '"x"', "switch": '"x"', "names": "1", "ports": "1", "shares": "1",
    "pool": "1", "pools": "1", "day": '"x"', "at": '"x"', "wait": '"x"', "mark": "1", "text": "1",
}  # fmt: skip
TYPES = 'schema = "model:Settings"\nenvironments = true\nsettings_files = ["settings.toml"]\nenv = "production"\n'


def _pasted(made: ProjectFolder, rule: str) -> dict[str, str]:
    """The lines that the fixes of a rule write, by the key."""
    return {one["key"]: one["edit"]["text"] for one in findings(made, rule, "production")}


@pytest.mark.usefixtures("quick_models")
def test_what_a_missing_value_is_shown_with_is_of_its_type(project: MakeProject) -> None:
    files = {"assay.toml": TYPES, "model.py": TYPED}
    lines = _pasted(project({**files, "settings.toml": "[production]\n"}), "TYP001")
    assert len(lines) == TYPED.split("class Settings")[1].count("\n    ")
    said = [line.removeprefix("[production]\n") for line in lines.values()]
    made = project({**files, "settings.toml": "\n".join(["[production]", *said])})
    assert [one for rule in ("TYP001", "TYP002", "TYP004") for one in findings(made, rule, "production")] == []


@pytest.mark.usefixtures("quick_models")
def test_what_a_wrong_value_is_corrected_with_is_of_its_type(project: MakeProject) -> None:
    files = {"assay.toml": TYPES, "model.py": TYPED}
    wrong = "\n".join(f"{key} = {value}" for key, value in WRONG.items())
    lines = _pasted(project({**files, "settings.toml": f"[production]\n{wrong}\n"}), "TYP002")
    assert lines.keys() == WRONG.keys()
    for key, line in lines.items():
        made = project({**files, "settings.toml": line})
        assert [one["key"] for one in findings(made, "TYP002", "production")] == [], (key, line)
