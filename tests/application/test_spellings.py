# ruff: noqa: E501 - code as others write it
"""However an application spells its Dynaconf call, the values are those that it really gets from stock."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.application.arguments import part_of
from app.project.workspace import open_workspace

PROFILE = "[default]\nport = 1\n[production]\nport = 2\nname = 'x'\n"
TOML = {"settings.toml": PROFILE, "conf/base.toml": PROFILE, "conf/more.toml": "[default]\nmore = 3\n"}
HEAD = "import os\nimport os.path as osp\nfrom pathlib import Path\nimport dynaconf\nfrom dynaconf import Dynaconf\n"

SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "plain": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], environments=True)'},
    "an alias": {"config.py": 'from dynaconf import Dynaconf as Conf\nsettings = Conf(settings_file="settings.toml")'},
    "a name for the class": {"config.py": 'Make = dynaconf.LazySettings\nsettings = Make(settings_files=["conf/b*.toml"])'},
    "a module's alias": {"config.py": 'import dynaconf as dc\nsettings = dc.Dynaconf(settings_files="settings.toml")'},
    "a subclass": {"config.py": 'class Own(Dynaconf):\n    """Ours."""\n\nsettings = Own(settings_files=["settings.toml"])'},
    "a subclass elsewhere": {
        "own.py": "from dynaconf import LazySettings\nclass Own(LazySettings):\n    pass\n",
        "config.py": 'from own import Own\nsettings = Own(settings_files=["settings.toml"], debug=True)'},
    "a subclass with an initialiser": {"config.py":
        'class Own(Dynaconf):\n    def __init__(self, files, prefix="OWN", **more):\n'
        "        super().__init__(settings_files=files, envvar_prefix=prefix, environments=True, **more)\n\n"
        'settings = Own(["settings.toml"], region="eu")'},
    "a factory": {"config.py":
        "def make(*, files, debug=False, **more):\n    base = Path(__file__).parent\n"
        "    return Dynaconf(settings_files=[base / one for one in files], debug=debug, **more)\n\n"
        'settings = make(files=["conf/base.toml"], environments=True, level=3)'},
    "a factory without arguments": {"config.py":
        'def make():\n    root = Path(__file__).resolve().parent\n    return Dynaconf(root_path=str(root / "conf"),'
        ' settings_files=["base.toml", "more.toml"], environments=True)\n\nsettings = make()'},
    "a function of names": {"config.py":
        'def here(name, *more, folder="conf"):\n    """Where it is."""\n'
        "    return os.path.join(os.path.dirname(__file__), folder, name, *more)\n\n"
        'settings = Dynaconf(settings_files=[here("base.toml"), here("..", "settings.toml")])'},
    "a function's default": {"config.py":
        'FOLDER = "conf"\ndef here(name, folder=FOLDER):\n    return f"{folder}/{name}"\n\n'
        'def make():\n    FOLDER = "other"\n    return Dynaconf(settings_files=[here("base.toml")], level=FOLDER)\n\n'
        "settings = make()"},
    "constants of another module": {
        "const.py": 'from pathlib import Path\nBASE = Path(__file__).parent\nFILES = [BASE / "conf" / "base.toml"]\nREGION = "eu"\n',
        "config.py": "from const import *\nimport const\nsettings = Dynaconf(settings_files=FILES, region=const.REGION)"},
    "os.path": {"config.py":
        "HERE = osp.dirname(osp.abspath(__file__))\nsettings = Dynaconf(settings_files=[osp.join(HERE, 'conf', 'base.toml'),"
        " os.path.normpath(HERE + '/conf/../settings.toml')])"},
    "formatted": {"config.py":
        "HERE = Path(__file__).parent\nsettings = Dynaconf(settings_files=[f'{HERE}/settings.toml', '{}/more.toml'.format("
        "HERE / 'conf'), '%s/conf/base.toml' % HERE])"},
    "joinpath": {"config.py": "settings = Dynaconf(settings_files=[str(Path(__file__).parent.joinpath('conf', 'base.toml'))])"},
    "whole paths of one name": {"config.py":
        'settings = Dynaconf(settings_files=[Path(__file__).parent / one / "settings.toml" for one in ("conf", ".")])',
        "conf/settings.toml": "port = 5\nlower = true\n"},
    "a spread table": {"config.py":
        'BASE = {"environments": True, "settings_files": ["settings.toml"]}\nOPTS = {**BASE, "env": "production"}\n'
        "settings = Dynaconf(**OPTS, level=1)"},
    "tables put together": {"config.py":
        'BASE = dict(environments=True)\nsettings = Dynaconf(**(BASE | {"settings_files": ["settings.toml"]}))'},
    "a variable with a default": {"config.py":
        'settings = Dynaconf(settings_files=[os.environ.get("FILE", "settings.toml")], environments=os.getenv("E", "y") == "y")'},
    "a variable that selects": {"config.py":
        'settings = Dynaconf(settings_files=["settings.toml"], environments=True, env=os.getenv("APP_ENV", "production"))'},
    "force_env": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], environments=True, force_env="production")'},
    "auto_cast": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], auto_cast=False, n="@int 5")'},
    "dotted_lookup": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], dotted_lookup=False)'},
    "core_loaders": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], core_loaders=["YAML"], a=1)'},
    "skip_files": {"config.py":
        'settings = Dynaconf(settings_files=["settings.toml", "conf/more.toml"], a=1,'
        ' skip_files=[str(Path(__file__).parent / "settings.toml")])'},
    "no variables": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], envvar_prefix=None)'},
    "no loaders": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], loaders=[])'},
    "only the loader of variables": {"config.py":
        'settings = Dynaconf(settings_files=["settings.toml"], loaders=["dynaconf.loaders.env_loader"])'},
    "misspelled": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], enviroments=True)'},
    "older names": {"config.py": 'settings = Dynaconf(SETTINGS_MODULE="settings.toml", PROJECT_ROOT=str(Path(__file__).parent))'},
    "in capitals": {"config.py": 'settings = Dynaconf(SETTINGS_FILES=["settings.toml"], ENVIRONMENTS=True, ENV="production")'},
    "the global object": {"config.py": "from dynaconf import settings"},
    "a conditional expression": {"config.py":
        'FULL = True\nsettings = Dynaconf(settings_files=["settings.toml"] + (["conf/more.toml"] if FULL else []))'},
    "merging": {"config.py":
        'settings = Dynaconf(settings_files=["conf/base.toml", "settings.toml"], merge_enabled=True, default={"x": [1]})'},
    "a secrets file and preload": {"config.py":
        'settings = Dynaconf(settings_files=["settings.toml"], preload=["conf/base.toml"], secrets="conf/more.toml")'},
    "includes": {"config.py": 'settings = Dynaconf(settings_files=["settings.toml"], includes=["conf/*.toml"], environments=True)'},
}  # fmt: skip
VARIABLES = {"DYNACONF_FROM_ENV": "7", "OWN_FROM_ENV": "8"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Each spelling's project, with what stock gave it."""
    made = {name: tmp_path_factory.mktemp("spelling") for name in SPELLINGS}
    for name, files in SPELLINGS.items():
        for file, text in {**TOML, **files, "pyproject.toml": ""}.items():
            path = made[name] / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEAD + text if file == "config.py" else text)
    script = Path(__file__).with_name("run_spellings.py")
    command = [sys.executable, "-I", script, *map(str, made.values())]
    subprocess.run(command, check=True, env=VARIABLES, capture_output=True)
    return made


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_values_are_those_of_stock(folders: Mapping[str, Path], name: str) -> None:
    stock = json.loads((folders[name] / "stock.json").read_text())
    workspace = open_workspace(folders[name], VARIABLES)
    assert workspace.project.application.speaks
    assert workspace.tree(workspace.active).nested() == stock
    unread = [fault.message for fault in workspace.project.application.faults if fault.hides]
    assert unread == []


TOLD: Mapping[str, str] = {
    "find()": "settings_files=find()",
    "an attribute": "settings_files=Path.home() / 'x.toml'",
    "a table": "**load()",
    "a variable": "settings_files=os.environ['FILES']",
}


@pytest.mark.parametrize("name", TOLD)
def test_what_cannot_be_known_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.py").write_text(f"{HEAD}settings = Dynaconf({TOLD[name]})\n")
    workspace = open_workspace(tmp_path, {})
    assert [fault.rule for fault in workspace.project.application.faults] == ["SRC023"]
    assert workspace.unjudged("main" if not workspace.project.options.sectioned else "development")


def test_every_option_of_stock_is_an_option_here_or_known_as_machinery() -> None:
    stock = "from dynaconf.base import UPPER_DEFAULT_SETTINGS as U; print(*U)"
    ran = subprocess.run([sys.executable, "-I", "-c", stock], check=True, env={}, capture_output=True, text=True)
    kinds: dict[str, Any] = {name: part_of(name) for name in ran.stdout.split() if name != "RENAMED_VARS"}
    assert {name for name, kind in kinds.items() if kind == "setting"} == set()


GROWN = {
    "appended to": 'FILES = ["settings.toml"]\nFILES.append("x.toml")\n',
    "appended to under a condition": 'FILES = ["settings.toml"]\nif os.name:\n    FILES.extend(["x.toml"])\n',
    "an item of it set": 'FILES = ["settings.toml"]\nFILES[0] = "x.toml"\n',
}


@pytest.mark.parametrize("name", GROWN)
def test_a_list_that_is_changed_in_place_is_not_known(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.py").write_text(f"{HEAD}{GROWN[name]}settings = Dynaconf(settings_files=FILES)\n")
    application = open_workspace(tmp_path, {}).project.application
    assert [fault.hides for fault in application.faults] == ["computes settings_files"]


def test_a_variable_that_the_code_sets_for_dynaconf_is_told(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("a = 1\n")
    code = 'os.environ["ROOT_PATH_FOR_DYNACONF"] = find()\nsettings = Dynaconf(settings_files=["settings.toml"])\n'
    (tmp_path / "config.py").write_text(HEAD + code)
    [fault] = open_workspace(tmp_path, {}).project.application.faults
    assert "the code sets the variable ROOT_PATH_FOR_DYNACONF" in fault.message
