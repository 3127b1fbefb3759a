"""`assay init`: what a project's own code says, however it is written."""

import json
from typing import Any

import pytest
import tomli
from projects import MakeProject, ProjectFolder

BASE = {"base.toml": "[default]\na = 1\n[production]\na = 2\n"}


def adopted(made: ProjectFolder) -> dict[str, Any]:
    ran = made.assay("init")
    assert ran.status == 0, ran.err
    return tomli.loads((made.root / "assay.toml").read_text())


WAYS = {
    "a path": 'HERE = Path(__file__).parent\nMAKE([HERE / "base.toml"])',
    "resolved": 'MAKE([Path(__file__).resolve().parents[0] / "base.toml"])',
    "joined": 'D = path.dirname(path.abspath(__file__))\nMAKE(path.join(D, "base.toml"))',
    "with os": 'MAKE([os.path.join(os.path.dirname(__file__), "base.toml")])',
    "a text of a path": 'MAKE((str(Path(__file__).parent.joinpath("base.toml")),))',
    "an f-string": 'HERE = Path(__file__).parent\nMAKE([f"{HERE}/base.toml"])',
    "put together": 'A = ["base" + ".toml"]\nF: list = [*A]\nE = not False\nDynaconf(environments=E, settings_file=F)',
    "each": 'MAKE([str(Path(__file__).parent / n) for n in ("base.toml",)])',
    "spread out": 'OPTIONS = {"environments": True, "settings_files": ["base.toml"]}\nDynaconf(**OPTIONS)',
    "of another module": 'from paths import HERE\nMAKE([HERE / "base.toml"])',
    "of an imported one": 'import paths\nMAKE([paths.HERE / "base.toml"])',
    "within a function": 'def make():\n    d = Path(__file__).parent\n    return MAKE([d / "base.toml"])',
    "under another name": 'from dynaconf import Dynaconf as D\nD(environments=True, settings_files=["base.toml"])',
    "in capitals": 'Dynaconf(ENVIRONMENTS_FOR_DYNACONF=True, SETTINGS_FILE_FOR_DYNACONF="base.toml")',
    "of the module": 'import dynaconf\ndynaconf.LazySettings(environments=True, settings_file="base.toml")',
    "the working directory": 'MAKE([Path.cwd() / "base.toml"])',
}  # fmt: skip
IMPORTS = "import os\nfrom os import path\nfrom pathlib import Path\nfrom dynaconf import Dynaconf\n"


@pytest.mark.parametrize("code", WAYS.values(), ids=WAYS)
def test_what_an_argument_comes_to_is_read_without_running_it(project: MakeProject, code: str) -> None:
    paths = "from pathlib import Path\nHERE = Path(__file__).parent\nraise SystemExit('this must not run')\n"
    code = code.replace("MAKE(", "Dynaconf(environments=True, settings_files=")
    made = project({"config.py": f"{IMPORTS}{code}\n", "paths.py": paths, **BASE})
    options = adopted(made)
    files = options.pop("settings_files")
    assert (files, options) == (["base.toml"] if isinstance(files, list) else "base.toml", {"environments": True})
    assert made.assay("show", "production", "--format", "json").json["values"][0]["value"] == 2


def test_paths_are_seen_from_the_projects_folder(project: MakeProject) -> None:
    call = 'Dynaconf(settings_files=[ROOT / "etc" / "*.toml", "x.toml"], dotenv_path=ROOT / ".env")'
    code = f"{IMPORTS}from . import ROOT\n{call}\n"
    package = "from pathlib import Path\nROOT = Path(__file__).parent.parent\n"
    made = project({"shop/__init__.py": package, "shop/config.py": code, "etc/a.toml": "a = 1\n", "x.toml": ""})
    assert adopted(made) == {
        "settings_files": ["etc/*.toml", "x.toml"], "dotenv_path": ".env", "environments": False,
    }  # fmt: skip


UNCLEAR = {
    "a variable": 'FILES = os.environ["FILES"]',
    "a choice": 'if os.name == "nt":\n    FILES = ["a.toml"]\nelse:\n    FILES = ["base.toml"]',
    "bound twice": 'FILES = ["a.toml"]\nFILES = ["base.toml"]',
    "grown": 'FILES = ["a.toml"]\nFILES += ["base.toml"]',
    "a call": "FILES = find_files()",
    "itself": "FILES = FILES",
    "another's": "from elsewhere import FILES",
    "endless": "A = ['x' * 100]\nFILES = A + A",
}


@pytest.mark.parametrize("code", UNCLEAR.values(), ids=UNCLEAR)
def test_what_cannot_be_known_is_told_and_no_list_of_files_is_made_up(project: MakeProject, code: str) -> None:
    made = project({"config.py": f"{IMPORTS}{code}\nsettings = Dynaconf(environments=True,\n settings_files=FILES)\n"})
    ran = made.assay("init")
    assert "settings_files is computed there (FILES, line" in ran.err
    text = (made.root / "assay.toml").read_text()
    assert tomli.loads(text) == {"environments": True}
    assert "settings_files is computed there" in text


def test_a_call_that_names_no_file_is_told(project: MakeProject) -> None:
    ran = project({"config.py": "from dynaconf import Dynaconf\nDynaconf()\n"}).assay("init")
    assert "names no settings_files" in ran.err


FLASK = "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("FlaskDynaconf(app)", {"envvar_prefix": "FLASK", "env_switcher": "FLASK_ENV"}),
        ('FlaskDynaconf(app, envvar_prefix="SHOP")', {"envvar_prefix": "SHOP", "env_switcher": "SHOP_ENV"}),
    ],
)
def test_flasks_extension_has_defaults_of_its_own(project: MakeProject, call: str, said: dict[str, str]) -> None:
    made = project({"app.py": f"{FLASK}{call}\n", "settings.toml": "[default]\na = 1\n"})
    files = ["settings.toml", ".secrets.toml"]
    assert adopted(made) == {**said, "environments": True, "load_dotenv": True, "settings_files": files}


def test_the_settings_that_flasks_extension_is_given_count(project: MakeProject) -> None:
    code = 'own = Dynaconf(settings_files=["base.toml"], environments=True)\nFlaskDynaconf(app, dynaconf_instance=own)'
    made = project({"app.py": f"{FLASK}from dynaconf import Dynaconf\n{code}\n", **BASE})
    assert adopted(made) == {"settings_files": ["base.toml"], "environments": True}


def test_djangos_extension_looks_beside_its_module(project: MakeProject) -> None:
    code = "DEBUG = True\nimport dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)\n"
    made = project({"shop/settings.py": code, "shop/settings.toml": "[default]\na = 1\n"})
    assert adopted(made) == {
        "envvar_prefix": "DJANGO", "env_switcher": "DJANGO_ENV", "environments": True, "load_dotenv": True,
        "settings_files": ["settings.toml", ".secrets.toml"], "root_path": "shop",
    }  # fmt: skip


def test_dynaconfs_global_object_has_its_defaults(project: MakeProject) -> None:
    files = {"main.py": "from dynaconf import settings\nprint(settings.A)\n", "settings.toml": "[default]\na = 1\n"}
    made = project({**files, "settings.yaml": "default:\n  a: 2\n"})
    found = ["settings.toml", "settings.yaml", ".secrets.toml"]
    assert adopted(made) == {"environments": True, "load_dotenv": True, "settings_files": found}


@pytest.mark.parametrize("aside", ["tests/conftest.py", "test_it.py", "docs/conf.py", "shop/tests/settings.py"])
def test_the_applications_call_wins_over_those_of_tests(project: MakeProject, aside: str) -> None:
    other = 'from dynaconf import Dynaconf\nDynaconf(environments=True, settings_files=["t.toml"], env="x")\n'
    made = project(
        {aside: other, "zoo/config.py": 'from dynaconf import Dynaconf\nDynaconf(settings_files=["base.toml"])\n'}
    )
    ran = made.assay("init")
    assert tomli.loads((made.root / "assay.toml").read_text())["settings_files"] == ["base.toml"]
    assert f"not read: {aside}:2" in ran.err


def test_a_setting_that_stands_in_the_call_is_told(project: MakeProject) -> None:
    ran = project({"config.py": "Dynaconf(settings_files=['a.toml'], debug=True, validators=[1])\n"}).assay("init")
    assert "debug is set in the call, below every profile" in ran.err


def test_a_dry_run_shows_the_options_and_writes_nothing(project: MakeProject) -> None:
    made = project({"app.py": "from dynaconf import Dynaconf\nsettings = Dynaconf(envvar_prefix='SHOP')\n"})
    ran = made.assay("init", "--dry-run")
    assert (ran.status, (made.root / "assay.toml").exists()) == (0, False)
    first, *options = ran.out.rstrip("\n").split("\n")
    assert first == "not written: assay.toml"
    assert json.loads(made.assay("init", "--dry-run", "--format", "json").out)["written"] is False
    assert made.assay("init").out == "wrote assay.toml\n"
    assert (made.root / "assay.toml").read_text().rstrip("\n").split("\n") == options


def test_a_dry_run_shows_no_value_of_a_dotenv_file(project: MakeProject) -> None:
    made = project({".env": "DYNACONF_PASSWORD=hunter2-canary\nDYNACONF_NOTE=canary-too\n"})
    ran = made.assay("init", "--from", ".env", "--gitignore", "--dry-run")
    assert ran.out == "not written: settings.toml\n\nnot written: .secrets.toml\n"
    assert "canary" not in ran.out + ran.err
    assert sorted(path.name for path in made.root.iterdir()) == [".env"]
