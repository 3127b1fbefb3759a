"""The effective values are those that stock Dynaconf gives the same project.

`ASSAY_FIDELITY_CASES=50000` asks about more projects than the usual run. What differs on purpose is
arranged in stock.py (sorted globs, no parent folders, variables once), left out by strategies.py (secrets with preload
or includes, files that two entries name), or said in agreement.py (a value that fails takes nothing else with it).
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from agreement import compare, disagreement, seen, tree_of
from mutants import MUTANTS, mutant
from stock import Answer, Question, Stock, running
from strategies import Case, case, process, smaller

from app.sources import resolution

CASES = int(os.environ.get("ASSAY_FIDELITY_CASES", "2000"))
CHUNK = 50
MUTANT_CASES = 400


@pytest.fixture(scope="module")
def stock() -> Iterator[Stock]:
    with running() as stock:
        yield stock


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_any_project_has_the_values_that_stock_gives_it(first: int, stock: Stock) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        if _differs(stock, case(seed)):
            small = smaller(case(seed), lambda other: bool(_differs(stock, other)))
            pytest.fail(f"seed {seed}: {small}\n{_differs(stock, small)}")


@pytest.mark.parametrize("first", range(0, CASES // 4, CHUNK))
def test_any_process_has_the_values_that_stock_gives_it(first: int, stock: Stock) -> None:
    for seed in range(first, min(first + CHUNK, CASES)):
        if _differs(stock, process(seed)):
            small = smaller(process(seed), lambda other: bool(_differs(stock, other)))
            pytest.fail(f"seed {seed}: {small}\n{_differs(stock, small)}")


def _differs(stock: Stock, found: Case) -> str:
    with TemporaryDirectory() as folder:
        return disagreement(stock, Path(folder), found)


CORNERS: Mapping[str, Case] = {
    "a variable may change the separator": Case(
        files={"settings.toml": "[default.db]\nport = 1\n"},
        environ={"NESTED_SEPARATOR_FOR_DYNACONF": "___", "DYNACONF_DB___port": "2", "DYNACONF_DB__host": "x"}),
    "a table that a marker makes holds references": Case(
        files={"settings.toml": "[default]\nname = 'a'\n[default.db]\nport = 1\n"},
        environ={"DYNACONF_DB": "@merge host='@format {this.name}', user=@format {this.name}",
                 "DYNACONF_NEW": '@merge a="@format {this.name}"', "DYNACONF_LIST": "@merge x,@format {this.name}"}),
    "secrets alone are no files": Case(
        files={"s.toml": "[default]\na = 1\n"}, options={"settings_files": [], "secrets": ["s.toml"]}),
    "an ending of Dynaconf's own is TOML": Case(
        files={"conf/a.tml": "[default]\na = 1\n"}, options={"settings_files": ["conf/*"]}),
    "a name without an ending is no file": Case(
        files={"settings.toml": "[default]\na = 1\n", ".env": "DYNACONF_A=2\n"},
        options={"settings_files": ["settings.toml", ".env"]}),
    "a custom switcher hides nothing below it": Case(
        files={"settings.toml": "[default]\na = 1\n[production]\na = 2\n"},
        options={"env_switcher": "shop_env"}, environ={"ENV_FOR_DYNACONF": "production"}),
    "a section may merge where nothing else does": Case(
        files={"settings.toml": "[default.db]\na = 1\n[production]\ndynaconf_merge = true\ndb = {b = 2}\n"},
        environ={"ENV_FOR_DYNACONF": "production"}),
    "global, selected, is loaded twice": Case(
        files={"settings.toml": "[global]\na = [1]\n"}, options={"merge_enabled": True},
        environ={"ENV_FOR_DYNACONF": "global"}),
    "files are searched for above root_path": Case(
        files={"in/ner/settings.toml": "[default]\na = 1\n", "in/config/b.toml": "[default]\nb = 1\n",
               ".secrets.toml": "[default]\nc = 1\n", "b.toml": "[default]\nb = 2\n"},
        options={"root_path": "in/ner", "settings_files": ["settings.toml", "b.toml", ".secrets.toml"]}),
    "a file that root_path names stands for its folder, and nothing lies below it": Case(
        files={"in/code.py": "", "in/settings.toml": "[default]\na = 1\n", "b.toml": "[default]\nb = 1\n",
               "in/pre.toml": "[default]\nc = 1\n", "in/x/one.toml": "[default]\nd = 1\n"},
        options={"root_path": "in/code.py", "settings_files": ["settings.toml", "b.toml", "x/*.toml"],
                 "preload": ["pre.toml"]}),
    "files are searched for above the first": Case(
        files={"in/ner/a.toml": "[default]\na = 1\n", "in/b.toml": "[default]\nb = 1\n",
               "b.toml": "[default]\nb = 2\n"},
        options={"settings_files": ["in/ner/a.toml", "b.toml"]}),
    "a local file counts only beside its file": Case(files={"settings.local.toml": "[default]\na = 1\n"}),
    "files start where the first was found": Case(
        files={"config/settings.toml": "[default]\na = 1\n", "config/settings/x.toml": "[default]\nb = 1\n"}),
    "preloaded files start where the first of them lies": Case(
        files={"sub/a.toml": "[default]\nx = 1\n", "sub/b.toml": "[default]\nx = 2\n", "b.toml": "[default]\nx = 3\n"},
        options={"preload": ["sub/a.toml", "b.toml"]}),
    "a preloaded file is followed by its local file": Case(
        files={"a.toml": "[default]\nx = 1\n", "a.local.toml": "[default]\nx = 2\n", "b.toml": "[default]\nx = 3\n"},
        options={"preload": ["a.toml", "b.toml"]}),
    "a dotted key is upper case in a file": Case(files={"settings.toml": '[default]\n"a b.c.d" = 1\n'}),
    "a variable keeps the case of its parts": Case(files={}, environ={"DYNACONF_A__b__C": "1"}),
    "a variable's table finds keys with blanks": Case(
        files={"settings.toml": '[default]\nport = {"my key" = [1], my_key = "c"}\n'},
        options={"merge_enabled": True}, environ={"DYNACONF_PORT": "{x=1}"}),
    "a token inside a variable's table is read once": Case(files={}, environ={"DYNACONF_A": '{b="@str @int 5"}'}),
    "a token that is a variable is read twice": Case(files={}, environ={"DYNACONF_A": "@str @int 5"}),
    "a token under a dotted key is read to the end": Case(
        files={"settings.toml": '[default]\n"a.b" = "@str @str @int 5"\n'}),
    "setting a neighbour reads a token again": Case(
        files={"settings.toml": '[default]\na = {b = "@str @int 5"}\n'}, environ={"DYNACONF_A__c": "1"}),
    "a marked list takes a text apart": Case(
        files={"settings.toml": '[default]\n"a.b" = "xy"\n[global]\n"a.b" = ["dynaconf_merge", 1]\n'}),
    "unknown variables are told from what lies below all of them": Case(
        files={"settings.toml": "[default]\na = []\n"}, options={"ignore_unknown_envvars": True},
        environ={"DYNACONF_A": "True", "DYNACONF_A__B": "1"}),
    "a value that is empty is known": Case(
        files={"settings.toml": '[default]\na = "@empty"\n'}, options={"ignore_unknown_envvars": True},
        environ={"DYNACONF_A": "1"}),
    "a template takes list items by position alone": Case(
        files={"settings.toml": '[default]\na = "@format {this.b[0]}"\n'}, environ={"DYNACONF_B__0": "x"}),
    "a reference through a reference finds keys whatever their case": Case(
        files={"settings.toml": '[default]\na = "@get b"\nb = {Port = 1}\nc = "@get a.port 2"\n'}),
    "a reference brings its references with it": Case(
        files={"settings.toml": '[default]\na = "@get b"\nb = [{c = ["@get absent"], d = 1}]\n'}),
    "a reference to its own table fails": Case(files={"settings.toml": '[default]\na = {b = "@get a"}\n'}),
    "an infinite number is no integer": Case(files={"settings.toml": '[default]\na = inf\nb = "@int @get a"\n'}),
    "setting one spelling drops another that holds the same object": Case(
        files={"settings.toml": '[default.db]\nport = "1"\nPort = "1"\n'}, environ={"DYNACONF_DB__port": "2"}),
    "an empty value is absent to a template": Case(
        files={"settings.toml": '[default]\na = "@empty"\nb = "@format {this.a}"\n'}),
    "a value that is empty is absent to a template that goes deeper": Case(
        files={"settings.toml": '[default]\nd = {a = "@empty"}\nc = "@format {this.d.a}"\n'}),
    "a reference in mid-load brings its markers with it": Case(
        files={"settings.toml": '[default]\na = "@get b"\n"a.x" = 1\nb = {c = "@reset {d=3}"}\n'}),
    "a reference over a nested value sees what lies below it": Case(
        files={"settings.toml": "[default]\nport = 1\ndb = {port = 0}\n"}, options={"envvar_prefix": "APP"},
        environ={"DYNACONF_DB__PORT": "@format {this.port}", "APP_PORT": "2"}),
    "a template keeps what it saw in mid-load": Case(
        files={"settings.toml": '[default]\nname = "@format {this.db}"\ndb = {pool = {}}\n'},
        options={"merge_enabled": True}, environ={"DYNACONF_DB__Port": "{port='@format {this.name}'}"}),
    "what is evaluated early is not merged twice": Case(
        files={"settings.toml": '[default]\nx = 1\ndb = {url = "@format {this.x}", hosts = [1]}\n'
                                "[development.db]\nhosts = [2]\n"},
        options={"merge_enabled": True}, environ={"DYNACONF_DB__port": "1", "DYNACONF_X": "2"}),
    "a file may take dotted keys for names": Case(
        files={"settings.toml": "[default.db]\nport = 1\n[development]\ndynaconf_dotted_lookup = false\n"
                                '"db.port" = 2\n'}),
    "a text that names a file includes nothing beside one that does": Case(
        files={"settings.toml": '[default]\nname = "other.toml"\ndynaconf_include = ["more.toml"]\n',
               "other.toml": "[default]\na = 1\n", "more.toml": "[default]\nb = 1\n"}),
    "a dotted key is new under its own name": Case(
        files={"settings.toml": "[default.db]\nport = 1\n"}, environ={"DYNACONF_DB__HOST": "x"}),
    "a variable replaces a list, a table and a number alike": Case(
        files={"settings.toml": "[default.db]\na = [1, 2]\nb = {c = 1}\nd = 3\nlists = [[1], [2]]\n"},
        options={"merge_enabled": True},
        environ={"DYNACONF_DB__A": "x", "DYNACONF_DB__B": "2020-01-01", "DYNACONF_DB__D": "''"}),
    "a variable below another finds what that says": Case(
        files={"settings.toml": "[default.db.pool]\nsize = 1\nmost = 2\n"},
        environ={"DYNACONF_DB__POOL": "{most=7, Size=2}", "DYNACONF_DB__POOL__SIZE": "5"}),
    "a variable under a name in another case reaches it": Case(
        files={"settings.toml": "[default.Db.Pool]\nSize = 1\n"}, environ={"DYNACONF_dB__pOOL__siZE": "5"}),
    "what is overridden may still fail": Case(files={"settings.toml": '[default]\na = "@int x"\n[global]\na = 1\n'}),
    "what is dotted into a scalar fails": Case(files={}, environ={"DYNACONF_A": "1", "DYNACONF_A__B__C": "2"}),
}  # fmt: skip
"""Where an engine that reads the documentation, and not the source, goes wrong."""


SPREAD = {
    "settings.toml": "[default]\na = 1\n",
    ".secrets.toml": "[default]\nb = 1\n",
    "config/c.toml": "[default]\nc = 1\n",
    "in/settings.toml": "[default]\na = 2\n",
    "in/.secrets.toml": "[default]\nb = 2\n",
    "in/ner/settings.toml": "[default]\na = 3\n",
}


@pytest.mark.parametrize("cwd", ["", "in"])
@pytest.mark.parametrize("root_path", [None, "in", "in/ner", "in/ner/code.py"])
@pytest.mark.parametrize("absent", [(), ("in/.secrets.toml",), ("in/settings.toml", "settings.toml")])
def test_files_are_searched_for_from_root_path_up_to_the_projects_root(
    root_path: str | None, cwd: str, absent: tuple[str, ...], stock: Stock, tmp_path: Path
) -> None:
    options = {"settings_files": ["settings.toml", ".secrets.toml", "c.toml"]}
    options |= {"root_path": root_path} if root_path else {}
    files = {name: content for name, content in SPREAD.items() if name not in absent}
    found = Case(files=files, options=options)
    found.write(tmp_path)
    (tmp_path / "in" / "ner").mkdir(parents=True, exist_ok=True)
    (tmp_path / "in" / "ner" / "code.py").touch()
    answer = stock.ask(Question(folder=tmp_path, options={**options, "cwd": cwd}))
    assert answer.values
    assert compare(answer, seen(tree_of(tmp_path, found))) == ""


@pytest.mark.parametrize("corner", CORNERS)
def test_corners_are_those_of_stock(corner: str, stock: Stock) -> None:
    assert not _differs(stock, CORNERS[corner])


@pytest.fixture(scope="module")
def answered(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> Iterable[tuple[Case, Path, Answer]]:
    """What stock says about some projects, each asked once for all mutants, and only when one has come so far."""
    return _Asked(stock, tmp_path_factory)


class _Asked:
    def __init__(self, stock: Stock, folders: pytest.TempPathFactory) -> None:
        self._new = self._ask(stock, folders)
        self._known: list[tuple[Case, Path, Answer]] = []

    def __iter__(self) -> Iterator[tuple[Case, Path, Answer]]:
        yield from self._known
        for asked in self._new:
            self._known.append(asked)
            yield asked

    def _ask(self, stock: Stock, folders: pytest.TempPathFactory) -> Iterator[tuple[Case, Path, Answer]]:
        for found in (*map(case, range(MUTANT_CASES)), *CORNERS.values()):
            folder = folders.mktemp("mutant")
            found.write(folder)
            yield found, folder, stock.ask(Question(folder=folder, options=found.options, environ=found.environ))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_engine_is_caught(
    name: str, answered: Iterable[tuple[Case, Path, Answer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "merge", mutant(name))
    assert any(_is_wrong(*asked) for asked in answered)


def _is_wrong(found: Case, folder: Path, answer: Answer) -> bool:
    try:
        return bool(compare(answer, seen(tree_of(folder, found))))
    except Exception:  # noqa: BLE001 - an engine that breaks is caught too
        return True


def test_a_process_that_ends_without_an_answer_keeps_nobody_waiting(stock: Stock, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text("import os\nos._exit(3)\n")
    with pytest.raises(RuntimeError, match="without an answer"):
        stock.ask(Question(folder=tmp_path, options={"settings_files": ["settings.py"]}))
    (tmp_path / "settings.toml").write_text("[default]\na = 1\n")
    assert stock.ask(Question(folder=tmp_path)).values == {"a": ("int", "1")}
