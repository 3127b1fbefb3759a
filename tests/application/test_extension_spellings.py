"""However Dynaconf and its extensions for Flask and Django are called, the options in effect are those of stock."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.project.workspace import open_workspace

FRAMEWORKS = Path(sys.prefix) / "frameworks"
"""Flask and Django, which `make test` puts apart from everything else."""

MADE = {
    "Dynaconf": "from dynaconf import Dynaconf\nsettings = Dynaconf({})\n",
    "Flask": "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\n"
    "settings = FlaskDynaconf(app, {}).settings\n",
    "Flask, later": "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\n"
    "made = FlaskDynaconf({})\nmade.init_app(app)\nsettings = made.settings\n",
    "Flask, applied": "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\n"
    "made = FlaskDynaconf()\nmade.init_app(app, {})\nsettings = made.settings\n",
    "Django": "import dynaconf\nSECRET_KEY = 'x'\nsettings = dynaconf.DjangoDynaconf(__name__, {})\n",
}
ASKED = ("envvar_prefix", "env_switcher", "environments")
PRINTED = (
    "import json, os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop'\nfrom shop import settings\n"
    f"said = [settings.get(name.upper() + '_FOR_DYNACONF') for name in {ASKED}]\n"
    "print(json.dumps([*said, settings.get('FROM_DOTENV') is not None]))\n"
)
DOTENV = "".join(f"{prefix}FROM_DOTENV=1\n" for prefix in ("DYNACONF_", "FLASK_", "DJANGO_", "A_", "B_", ""))
ARGUMENTS = (
    "",
    "envvar_prefix='A'",
    "ENVVAR_PREFIX='A'",
    "ENVVAR_PREFIX_FOR_DYNACONF='A'",
    "GLOBAL_ENV_FOR_DYNACONF='A'",
    "GLOBAL_ENV_FOR_DYNACONF='A', envvar_prefix='B'",
    "envvar_prefix='A', ENVVAR_PREFIX_FOR_DYNACONF='B'",
    "envvar_prefix=False",
    "env_switcher='A'",
    "ENV_SWITCHER='A'",
    "ENV_SWITCHER_FOR_DYNACONF='A'",
    "envvar_prefix='A', env_switcher='B'",
    "environments=False",
    "ENVIRONMENTS=False",
    "environment=False",
    "ENVIRONMENTS_FOR_DYNACONF=False",
    "load_dotenv=False",
    "LOAD_DOTENV=False",
    "LOAD_DOTENV_FOR_DYNACONF=False",
)
CASES = [(callee, arguments) for callee in MADE for arguments in ARGUMENTS]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Path]:
    """A project of each call, with what it printed of the options in effect."""
    if not FRAMEWORKS.is_dir():
        pytest.skip("Flask and Django are not there: make test installs them.")
    made = {case: tmp_path_factory.mktemp("extension") for case in CASES}
    for (callee, arguments), folder in made.items():
        (folder / "shop.py").write_text(MADE[callee].format(arguments).replace(", )", ")"))
        (folder / "main.py").write_text(PRINTED)
        (folder / ".env").write_text(DOTENV)
        (folder / "settings.toml").write_text("[default]\na = 1\n")
    command = [sys.executable, "-I", Path(__file__).with_name("run_tutorials.py"), str(FRAMEWORKS)]
    asked = json.dumps([(str(folder), {}) for folder in made.values()])
    subprocess.run(command, check=True, input=asked.encode(), env={})
    return made


@pytest.mark.parametrize("case", CASES, ids=", ".join)
def test_the_options_are_those_in_effect(folders: Mapping[tuple[str, str], Path], case: tuple[str, str]) -> None:
    stock: list[Any] = json.loads((folders[case] / "stock.json").read_text())
    options = open_workspace(folders[case], {}).project.options
    assert [*(getattr(options, name) for name in ASKED), options.load_dotenv] == stock
