"""USE002 in Flask and Django projects: what they and what extends them give is not missed, and all else is."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from projects import MakeProject, ProjectFolder
from told import findings, told

from app.core.usage.frameworks import gives

PROFILE = """\
[default]
secret_key = "@format {env[KEY]}"
[development]
page_size = 10
session_cookie_name = "x"
jwt_location = "headers"
static_root = "x"
compress_level = 2
[production]
allowed_hosts = ["shop.example"]
[default.queue]
name = "orders"
[development.queue]
dynaconf_merge = true
retries = 3
[production.queue]
dynaconf_merge = true
"""
FACTORY = """\
from flask import Flask
from dynaconf import FlaskDynaconf


def create_app(test_config=None, **config):
    app = Flask(__name__, instance_relative_config=True)
    app.config.from_mapping(DATABASE="x")
    FlaskDynaconf(app, settings_files=["settings.toml"])
    if test_config is not None:
        app.config.update(test_config)
    app.config.update(config)

    @app.route("/")
    def home():
        return {home}

    return app
"""
VIEW = "from flask import Blueprint, current_app\n\nbp = Blueprint('x', __name__)\n\n\n@bp.route('/')\ndef view():\n"


def _flask(project: MakeProject, view: str = "1", home: str = "1", **more: str) -> ProjectFolder:
    code = {"shop/__init__.py": FACTORY.replace("{home}", home), "shop/views.py": f"{VIEW}    return {view}\n"}
    return project({"settings.toml": PROFILE, **code, **more})


@pytest.mark.parametrize(
    ("view", "home", "expected"),
    [
        ("current_app.config['PAGE_SIZE']", "1", ["error production page_size shop/views.py:8:5"]),
        ("current_app.config.PAGE_SIZE", "1", ["error production page_size shop/views.py:8:5"]),
        ("1", "app.config['PAGE_SIZE']", ["error production page_size shop/__init__.py:15:9"]),
        ("1", "app.config.queue.retries", ["error production queue.retries shop/__init__.py:15:9"]),
    ],
    ids=["the current application's", "an attribute", "the application's", "in a table, which Flask does not give"],
)
def test_flask_misses_what_one_environment_has(project: MakeProject, view: str, home: str, expected: list[str]) -> None:
    assert told(_flask(project, view, home), "USE002") == expected


MISSPELLED = {
    "flask": ({"shop/__init__.py": FACTORY.replace("{home}", "app.config['CURRENCY']")}, "currency", "CURENCY = 'EUR'"),
    "a framework's own name": (
        {"shop/__init__.py": FACTORY.replace("{home}", "app.config['TESTINGS']")},
        None,
        "TESTING = true",
    ),
    "an extension's name": (
        {"shop/__init__.py": FACTORY.replace("{home}", "app.config['MAILS_SENDER']")},
        None,
        "MAIL_SENDER = 'x'",
    ),
    "a key that others have": (
        {"shop/__init__.py": FACTORY.replace("{home}", "app.config['PAGE_SIZE']")},
        None,
        "[production]\npage_sise = 3",
    ),
}


@pytest.mark.parametrize(("code", "key", "line"), MISSPELLED.values(), ids=MISSPELLED)
def test_a_misspelled_setting_is_told_though_the_framework_might_read_it(
    project: MakeProject, code: Mapping[str, str], key: str | None, line: str
) -> None:
    profile = f"[default]\n{line}\n[development]\npage_size = 10\n"
    profile += "" if "[production]" in line else "[production]\nx = 1\n"
    made = project({"settings.toml": profile, **code})
    wrong = [f"{found['environment']} {found['key']}" for found in findings(made, "USE003")]
    assert wrong == ([f"{one} curency" for one in ("development", "production")] if key else [])
    if key:
        assert "looks like CURRENCY" in findings(made, "USE003")[0]["message"]


GIVEN = {
    "Flask's own": "current_app.config['SESSION_COOKIE_NAME']",
    "an extension's": "current_app.config['JWT_LOCATION']",
    "a default": "current_app.config.get('PAGE_SIZE', 1)",
    "somebody else's config": "bp.config['PAGE_SIZE']",
}
SETTING = {
    "a key": "app.config['PAGE_SIZE'] = 5\n",
    "by keyword": "app.config.update(PAGE_SIZE=5)\n",
    "by a table": "app.config.from_mapping({'PAGE_SIZE': 5})\n",
    "a default": "app.config.setdefault('PAGE_SIZE', 5)\n",
    "a file": "app.config.from_pyfile('x.cfg')\n",
    "more": "app.config.update(more)\n",
    "a table of unknown keys": "app.config.update({**more})\n",
}
CALLING = {
    "a table": "create_app({'PAGE_SIZE': 1})\n",
    "more names": "create_app(PAGE_SIZE=1)\n",
    "what it is handed": "def start(more):\n    create_app(more)\n",
}


@pytest.mark.parametrize("view", GIVEN.values(), ids=GIVEN)
def test_what_flask_gives_is_not_missed(project: MakeProject, view: str) -> None:
    assert told(_flask(project, view), "USE002") == []


@pytest.mark.parametrize("line", SETTING.values(), ids=SETTING)
def test_what_code_may_set_is_not_missed_in_flask(project: MakeProject, line: str) -> None:
    more = {"more.py": f"from shop import create_app\n\napp = create_app()\n{line}"}
    assert told(_flask(project, "current_app.config['PAGE_SIZE']", **more), "USE002") == []


@pytest.mark.parametrize("line", CALLING.values(), ids=CALLING)
def test_what_a_factory_is_handed_may_be_any_setting(project: MakeProject, line: str) -> None:
    view = "current_app.config['PAGE_SIZE']"
    code = f"from shop import create_app\n\n{line}"
    assert told(_flask(project, view, **{"tests/test_it.py": code}), "USE002") != [], "tests have their own"
    assert told(_flask(project, view, **{"serve.py": code}), "USE002") == []


MODULE = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
{0}
import dynaconf

settings = dynaconf.DjangoDynaconf(__name__, settings_files=["settings.toml"])
"""


def _django(project: MakeProject, view: str, before: str = "", more: Mapping[str, str] | None = None) -> ProjectFolder:
    code = f"from django.conf import settings\n\n\ndef view(request):\n    return {view}\n"
    files = {"manage.py": "", "mysite/settings.py": MODULE.replace("{0}", before), "shop/views.py": code}
    return project({"mysite/settings.toml": PROFILE, **files, **(more or {})})


@pytest.mark.parametrize(
    ("view", "key"), [("settings.PAGE_SIZE", "page_size"), ("settings.QUEUE['retries']", "queue.retries")]
)
def test_django_misses_what_one_environment_has(project: MakeProject, view: str, key: str) -> None:
    assert told(_django(project, view), "USE002") == [f"error production {key} shop/views.py:5:5"]


DJANGO = {
    "Django's own": ("settings.STATIC_ROOT", "", {}),
    "an extension's": ("settings.COMPRESS_LEVEL", "", {}),
    "the settings module's": ("settings.PAGE_SIZE", "PAGE_SIZE = compute()", {}),
    "where a condition decides": ("settings.PAGE_SIZE", "if DEBUG:\n    PAGE_SIZE = 1", {}),
    "what it imports": ("settings.PAGE_SIZE", "from .base import *", {"mysite/base.py": "PAGE_SIZE = compute()\n"}),
    "what it imports from elsewhere": ("settings.PAGE_SIZE", "from company.base import *", {}),
    "what it puts into its own names": ("settings.PAGE_SIZE", "globals().update(read())", {}),
    "a default": ("getattr(settings, 'PAGE_SIZE', 1)", "", {}),
    "defaults of a class": ("settings.PAGE_SIZE", "", {"shop/conf.py": "from appconf import AppConf\n"}),
}


@pytest.mark.parametrize(("view", "before", "more"), DJANGO.values(), ids=DJANGO)
def test_what_django_gives_is_not_missed(project: MakeProject, view: str, before: str, more: Mapping[str, str]) -> None:
    assert told(_django(project, view, before, more), "USE002") == []


ASKED_OF_FLASK = """\
from dynaconf import FlaskDynaconf
from flask import Flask
import json

app = Flask(__name__)
keys = [*app.config]
FlaskDynaconf(app, load_dotenv=False)
print(json.dumps(keys))
"""
ASKED_OF_DJANGO = """\
from django.conf import global_settings
import json

print(json.dumps([key for key in dir(global_settings) if key.isupper()]))
"""


def _asked(code: str, folder: Path) -> list[str]:
    environ = {"PYTHONPATH": str(Path(sys.prefix) / "frameworks")}
    found = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environ, check=True, capture_output=True)
    return list(json.loads(found.stdout))


def test_what_the_frameworks_have_by_themselves_is_known(tmp_path: Path) -> None:
    flask, django = _asked(ASKED_OF_FLASK, tmp_path), _asked(ASKED_OF_DJANGO, tmp_path)
    assert (len(flask) > 20, len(django) > 100) == (True, True)
    assert [key for key in flask if not gives("Flask", [key])] == []
    assert [key for key in django if not gives("Django", [key])] == []
    assert not any(gives(name, [key]) for name in ("Flask", "Django", "") for key in ("PAGE_SIZE", "QUEUE", "PORT"))


def test_a_path_where_the_code_lies_need_not_change(project: MakeProject) -> None:
    [finding, *_] = findings(_django(project, "1"), "SRC014")
    assert (finding["key"], finding["severity"]) == ("base_dir", "info")
    assert finding["fix"].startswith("Nothing need change: it is known where the code runs.")
