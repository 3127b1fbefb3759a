"""What `FlaskDynaconf` is handed when it is made and applied, and what `.env` says to it, counts as in stock."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.project.workspace import open_workspace

FRAMEWORKS = Path(sys.prefix) / "frameworks"
PROFILE = "[default]\nname = 'base'\nport = 1\n[development]\nport = 2\n[production]\nport = 3\n"
OTHER = "[default]\nname = 'other'\nsize = 'small'\n"
MAIN = (
    "import json\nfrom shop import settings\n"
    "print(json.dumps({key: settings.get(key) for key in ('name', 'port', 'size', 'one', 'two')}))\n"
)
FLASK = "from flask import Flask\nfrom dynaconf import FlaskDynaconf\napp = Flask(__name__)\n"
LATE = "made = FlaskDynaconf({})\nmade.init_app(app, {})\nsettings = made.settings\n"
SHOPS = {
    "files, applied": FLASK + LATE.format("", "settings_files=['other.toml']"),
    "files, when made and applied": FLASK
    + LATE.format("settings_files=['settings.toml']", "SETTINGS_FILE='other.toml'"),
    "prefix, applied": FLASK + LATE.format("", "envvar_prefix='SHOP'"),
    "prefix, when made": FLASK + LATE.format("envvar_prefix='SHOP'", ""),
    "settings, applied": FLASK + LATE.format("size='big', name='code'", "size='huge'"),
    "applied at once": FLASK + "made = FlaskDynaconf()\nmade.init_app(app, size='big')\nsettings = made.settings\n",
    "another .env": FLASK + "settings = FlaskDynaconf(app, dotenv_path='two.env').settings\n",
    "another .env, early": FLASK + "settings = FlaskDynaconf(app, dotenv_path='two.env', load_dotenv=True).settings\n",
    "applied, early": FLASK + LATE.format("", "load_dotenv=True, dotenv_path='two.env'"),
    "plain": FLASK + "settings = FlaskDynaconf(app).settings\n",
}
DOTENVS = {
    "usual switch": "ENV_FOR_DYNACONF=production\n",
    "Flask's switch": "FLASK_ENV=production\n",
    "the prefix's switch": "SHOP_ENV=production\nSHOP_SIZE=9\n",
    "an older name": "GLOBAL_ENV_FOR_DYNACONF=SHOP\nNAMESPACE_FOR_DYNACONF=production\nSHOP_SIZE=9\n",
    "another switch": "ENV_SWITCHER_FOR_DYNACONF=SHOP_ENV\nSHOP_ENV=production\n",
    "files": "SETTINGS_FILE_FOR_DYNACONF=other.toml\n",
}
CASES = [(shop, said) for shop in SHOPS for said in DOTENVS]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Path]:
    """A project of each case, with what its settings hold."""
    if not FRAMEWORKS.is_dir():
        pytest.skip("Flask and Django are not there: make test installs them.")
    made = {case: tmp_path_factory.mktemp("flask") for case in CASES}
    for (shop, said), folder in made.items():
        files = {"shop.py": SHOPS[shop], "main.py": MAIN, "settings.toml": PROFILE, "other.toml": OTHER,
                 ".env": DOTENVS[said] + "FLASK_ONE=1\n", "two.env": "FLASK_TWO=2\nSHOP_TWO=3\n"}  # fmt: skip
        for name, text in files.items():
            (folder / name).write_text(text)
    command = [sys.executable, "-I", Path(__file__).with_name("run_tutorials.py"), str(FRAMEWORKS)]
    subprocess.run(command, check=True, input=json.dumps([(str(one), {}) for one in made.values()]).encode(), env={})
    return made


@pytest.mark.parametrize("case", CASES, ids=", ".join)
def test_the_values_are_those_of_stock(folders: Mapping[tuple[str, str], Path], case: tuple[str, str]) -> None:
    stock = json.loads((folders[case] / "stock.json").read_text())
    workspace = open_workspace(folders[case], {})
    found = {leaf.path[0]: leaf.value for leaf in workspace.tree(workspace.active).leaves}
    assert {key: found.get(key) for key in stock} == stock


def test_what_another_module_applies_it_with_counts(tmp_path: Path) -> None:
    texts = {
        "extensions.py": "from dynaconf import FlaskDynaconf\n\nconfig = FlaskDynaconf()\n",
        "shop.py": "from extensions import config\n\nconfig.init_app(app, settings_files=['other.toml'])\n",
        "settings.toml": PROFILE,
        "other.toml": OTHER,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert open_workspace(tmp_path, {}).project.options.settings_files == ["other.toml"]
