"""Projects as tutorials write them, run as their users start them: the values are those, from any folder within."""

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

PROFILE = """\
[default]
port = 1
debug = false
redis = {host = "localhost", ttl = 5}
tags = ["a"]

[development]
debug = true

[production]
port = 2
redis = {host = "redis", dynaconf_merge = true}
tags = ["b", "dynaconf_merge"]
"""
SECRETS = '[default]\ntoken = "x"\n[production]\ntoken = "y"\n'
SHOWN = "import json\nprint(json.dumps({{key.lower(): {0}[key] for key in {1}}}, default=str))\n"

DYNACONF = """\
from dynaconf import Dynaconf

settings = Dynaconf(
    envvar_prefix="DYNACONF",
    settings_files=['settings.toml', '.secrets.toml'],
    environments=True,
)

# `envvar_prefix` = export envvars with `export DYNACONF_FOO=bar`.
# `settings_files` = Load these files in the order.
"""
FASTAPI = """\
from pathlib import Path

from dynaconf import Dynaconf

BASE_DIR = Path(__file__).resolve().parent.parent.parent

settings = Dynaconf(
    envvar_prefix="SHOP",
    root_path=BASE_DIR,
    settings_files=[BASE_DIR / "settings" / name for name in ("settings.toml", ".secrets.toml")],
    environments=True,
    env_switcher="SHOP_ENV",
    load_dotenv=True,
)
"""
DEPENDS = """\
from functools import lru_cache

from fastapi import Depends, FastAPI

from .core.config import settings

app = FastAPI()


@lru_cache
def get_settings():
    return settings


@app.get("/")
def root(config=Depends(get_settings)):
    return {"host": config.redis.host, "port": settings.PORT}
"""
FLASK = "from flask import Flask\nfrom dynaconf import FlaskDynaconf\n\n\ndef create_app(test_config=None):\n"
FLASKR = FLASK + (
    "    app = Flask(__name__, instance_relative_config=True)\n    FlaskDynaconf(app)\n"
    "    if test_config is not None:\n        app.config.update(test_config)\n\n"
    "    @app.route('/hello')\n    def hello():\n        return app.config.REDIS.host\n\n    return app\n"
)
EXTENSION = (
    "from dynaconf import FlaskDynaconf\n\n\ndef init_app(app):\n"
    '    FlaskDynaconf(app, envvar_prefix="SHOP", settings_files=["settings.toml", ".secrets.toml"])\n'
)
INIT_APP = """\
from flask import Flask
from shop.ext import configuration


def create_app():
    app = Flask(__name__)
    configuration.init_app(app)
    return app
"""
LATER = """\
from flask import Flask
from dynaconf import FlaskDynaconf

dynaconf = FlaskDynaconf()


def create_app(**config):
    app = Flask(__name__)
    dynaconf.init_app(app, **config)
    return app
"""
OF_SETTINGS = SHOWN.format("settings", "settings.store")
OF_FLASK = SHOWN.format("app.config", "app.config.store")
DJANGO = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "django-insecure-x"
ALLOWED_HOSTS = []
ROOT_URLCONF = "mysite.urls"

# HERE STARTS DYNACONF EXTENSION LOAD (Keep at the very bottom of settings.py)
# Read more at https://www.dynaconf.com/django/
import dynaconf  # noqa
settings = dynaconf.DjangoDynaconf(__name__{0})  # noqa
# HERE ENDS DYNACONF EXTENSION LOAD (No more code below this line)
"""
OWN_NAMES = ', ENVVAR_PREFIX_FOR_DYNACONF="MYSITE", ENV_SWITCHER_FOR_DYNACONF="MYSITE_ENV"'
OF_DJANGO = (
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n"
    "import django\ndjango.setup()\nfrom django.conf import settings\n" + SHOWN.format("settings", "settings.to_dict()")
)

TUTORIALS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "Dynaconf": (
        {
            "config.py": DYNACONF,
            "main.py": f"from config import settings\n{OF_SETTINGS}",
        },
        "DYNACONF",
    ),
    "FastAPI": (
        {
            "app/__init__.py": "",
            "app/main.py": DEPENDS,
            "app/core/__init__.py": "",
            "app/core/config.py": FASTAPI,
            "settings/settings.toml": PROFILE,
            "settings/.secrets.toml": SECRETS,
            "main.py": f"from app.core.config import settings\n{OF_SETTINGS}",
        },
        "SHOP",
    ),
    "Flask": (
        {
            "flaskr/__init__.py": FLASKR,
            "main.py": "from flaskr import create_app\napp = create_app()\n" + OF_FLASK,
        },
        "FLASK",
    ),
    "Flask with an extension": (
        {
            "shop/__init__.py": "",
            "shop/ext/__init__.py": "",
            "shop/ext/configuration.py": EXTENSION,
            "shop/app.py": INIT_APP,
            "main.py": "from shop.app import create_app\napp = create_app()\n" + OF_FLASK,
        },
        "SHOP",
    ),
    "Flask with init_app": (
        {
            "shop/__init__.py": "",
            "shop/app.py": LATER,
            "main.py": "from shop.app import create_app\napp = create_app()\n" + OF_FLASK,
        },
        "FLASK",
    ),
    "Django": (
        {
            "manage.py": "",
            "mysite/__init__.py": "",
            "mysite/settings.py": DJANGO.format(""),
            "main.py": OF_DJANGO,
        },
        "DJANGO",
    ),
    "Django with options": (
        {
            "manage.py": "",
            "mysite/__init__.py": "",
            "mysite/settings.py": DJANGO.format(OWN_NAMES),
            "main.py": OF_DJANGO,
        },
        "MYSITE",
    ),
}
SWITCHERS = {"Dynaconf": "ENV_FOR_DYNACONF", "Flask with an extension": "SHOP_ENV"}
SELECTED = ("development", "production")


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def _environ(name: str, environment: str) -> dict[str, str]:
    prefix = TUTORIALS[name][1]
    switcher = SWITCHERS.get(name, f"{prefix}_ENV")
    return {switcher: environment, f"{prefix}_FROM_ENV": "7", f"{prefix}_REDIS__TTL": "9"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], Path]:
    """Each tutorial's project in each environment, with what it printed of its settings."""
    made = {(name, environment): tmp_path_factory.mktemp("tutorial") for name in TUTORIALS for environment in SELECTED}
    for (name, _), folder in made.items():
        _write(folder, {".git/HEAD": "ref: refs/heads/main\n", **_files(name)})
    _run(made)
    return made


def _files(name: str) -> dict[str, str]:
    profiles = {} if name == "FastAPI" else {"settings.toml": PROFILE, ".secrets.toml": SECRETS}
    return {**profiles, **TUTORIALS[name][0]}


def _run(folders: Mapping[tuple[str, str], Path]) -> None:
    if not FRAMEWORKS.is_dir():
        pytest.skip("Flask and Django are not there: make test installs them.")
    asked = [(str(folder), _environ(*key)) for key, folder in folders.items()]
    command = [sys.executable, "-I", Path(__file__).with_name("run_tutorials.py"), str(FRAMEWORKS)]
    subprocess.run(command, check=True, input=json.dumps(asked).encode(), env={})


def _values(folder: Path, environ: Mapping[str, str]) -> Any:
    """The values but for paths of the machine, which have another spelling here."""
    workspace = open_workspace(folder, environ)
    tree = workspace.tree(workspace.active)
    opaque = {str(leaf.path[0]) for leaf in tree.leaves if leaf.state == "opaque"}
    return {key: json.loads(json.dumps(value)) for key, value in tree.nested().items() if key not in opaque}


@pytest.mark.parametrize("environment", SELECTED)
@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorials_project_has_the_values_with_which_it_runs(
    folders: Mapping[tuple[str, str], Path], name: str, environment: str
) -> None:
    _agree(folders[name, environment], _environ(name, environment))


def test_each_service_of_a_monorepo_has_its_own(tmp_path: Path) -> None:
    services = {
        ("FastAPI", "production"): tmp_path / "services/api",
        ("Flask", "development"): tmp_path / "services/web",
        ("Django", "production"): tmp_path / "services/admin",
    }
    _write(tmp_path, {".git/HEAD": "ref: refs/heads/main\n", "README.md": ""})
    for (name, _), folder in services.items():
        _write(folder, _files(name))
    _run(services)
    for (name, environment), folder in services.items():
        _agree(folder, _environ(name, environment))


def _agree(folder: Path, environ: Mapping[str, str]) -> None:
    """What the application had when it ran is what is found, in every folder within."""
    stock = json.loads((folder / "stock.json").read_text())
    found = _values(folder, environ)
    assert {*found} >= {"port", "debug", "redis", "tags", "token", "from_env"}
    assert {key: stock[key] for key in found} == found
    within = {path.parent for path in folder.rglob("*.py")}
    assert [_values(one, environ) for one in within] == [found] * len(within)
