"""What the application's Dynaconf call sets itself is the lowest layer, as stock has it.

`ASSAY_FIDELITY_CASES=50000` asks about more projects than the usual run.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from agreement import disagreement
from projects import MakeProject
from stock import Question, Stock, running
from strategies import called

CASES = int(os.environ.get("ASSAY_FIDELITY_CASES", "1000"))
CHUNK = 50
FILES = ["settings.toml", "settings/*.toml", ".secrets.toml"]


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock


class _Calling:
    """Stock, called with the keywords as well."""

    def __init__(self, stock: Stock, keywords: object) -> None:
        self._stock, self._keywords = stock, keywords

    def ask(self, question: Question) -> object:
        return self._stock.ask(replace(question, options={**question.options, **self._keywords}))


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_any_keywords_give_the_values_that_stock_gives(first: int, stock: Stock) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        found, keywords = called(seed)
        files = found.options.get("settings_files", FILES)
        found = replace(found, options={"settings_files": files, **found.options})
        code = f"from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files={files!r}, **{dict(keywords)!r})\n"
        with TemporaryDirectory() as folder:
            place = Path(folder) / str(found.options.get("root_path", "")) / "code.py"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(code)
            told = disagreement(_Calling(stock, keywords), Path(folder), found)
        assert not told, f"seed {seed}: {keywords}\n{found}\n{told}"


CODE = """\
import os
from dynaconf import Dynaconf

REGION = "eu"
settings = Dynaconf(
    settings_files=["settings.toml"],
    environments=True,
    debug=True, region=REGION,
    database={"host": "localhost", "name": computed(), "port": "@int 5"},
    **{"pool": {"size": 3}},
)
"""
PROFILE = {"settings.toml": "[default]\nport = 1\n[production]\ndebug = false\n", "app/config.py": CODE}
OPTIONS = {"assay.toml": 'settings_files = ["settings.toml"]\n'}


def test_what_the_call_sets_is_shown_with_its_line(project: MakeProject) -> None:
    shown = project({**PROFILE, **OPTIONS}).assay("show", "production", "--format", "json").json["values"]
    found = {one["key"]: (one["value"], one["origin"]["kind"], one["origin"]["line"], one["origin"]["column"])
             for one in shown}  # fmt: skip
    assert found == {
        "debug": (False, "file", 4, 1),
        "region": ("eu", "call", 8, 17),
        "port": (1, "file", 2, 1),
        "database.host": ("localhost", "call", 9, 15),
        "database.name": ("computed()", "call", 9, 36),
        "database.port": (5, "call", 9, 56),
        "pool.size": (3, "call", 10, 7),
    }


def test_the_call_is_the_lowest_layer_of_every_environment(project: MakeProject) -> None:
    told = project({**PROFILE, **OPTIONS}).assay("explain", "debug", "--env", "production", "--format", "json").json
    layers = [(layer["origin"]["kind"], layer["value"], layer["winner"]) for layer in told["leaves"][0]["layers"]]
    assert layers == [("call", True, False), ("file", False, True)]


def test_what_the_call_computes_is_told_and_not_made_up(project: MakeProject) -> None:
    report = project({**PROFILE, **OPTIONS}).assay("check", "--format", "json").json
    told = [one for environment in report["environments"] for one in environment["findings"]]
    assert {one["key"] for one in told if one["rule"] == "SRC014"} == {"database.name"}


def test_what_a_profile_makes_of_that_is_a_remark_since_nothing_fails_there(project: MakeProject) -> None:
    code = "from pathlib import Path\nfrom dynaconf import Dynaconf\nBASE = Path(__file__).parent\n"
    call = 'Dynaconf(settings_files=["settings.toml"], base=BASE, made=compute())\n'
    profile = (
        "data = '@format {this.base}/db.sqlite3'\nname = '@format {this.made}'\nbanner = '@jinja {{ this.base }}'\n"
    )
    report = project({"config.py": code + call, "settings.toml": profile}).assay("check", "--format", "json").json
    told = [one for environment in report["environments"] for one in environment["findings"] if one["rule"] == "SRC014"]
    severities = {one["key"]: one["severity"] for one in told}
    assert severities == {"base": "info", "made": "info", "data": "info", "name": "info", "banner": "warning"}


def test_no_code_is_read_where_the_options_say_so(project: MakeProject) -> None:
    made = project({**PROFILE, "assay.toml": 'settings_files = ["settings.toml"]\ncode = []\n'})
    assert [one["key"] for one in made.assay("show", "--format", "json").json["values"]] == ["port"]


def test_the_call_of_other_profiles_says_nothing_about_these(project: MakeProject) -> None:
    made = project({**PROFILE, "other.toml": "a = 1\n", "assay.toml": 'settings_files = ["other.toml"]\n'})
    assert made.assay("show", "--format", "json").json["values"] == []


def test_a_path_of_this_machine_is_nobodys_value(project: MakeProject) -> None:
    code = (
        "from pathlib import Path\nfrom dynaconf import Dynaconf\nBASE = Path(__file__).parent\n"
        'settings = Dynaconf(settings_files=["settings.toml"], base=BASE, db=f"{BASE}/db.sqlite3", log="/var/log/x")\n'
    )
    made = project({"settings.toml": "a = 1\n", "config.py": code})
    ran = made.assay("show", "--format", "json")
    assert {one["key"]: (one["value"], one.get("opaque", False)) for one in ran.json["values"]} == {
        "a": (1, False), "base": (".", True), "db": ("./db.sqlite3", True), "log": ("/var/log/x", False),
    }  # fmt: skip
    assert str(made.root) not in ran.out
