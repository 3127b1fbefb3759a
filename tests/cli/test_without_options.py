"""A project that states no options: what its application's Dynaconf call says counts, and every command says so."""

from pathlib import Path
from typing import Any

import pytest
import tomli
from projects import MakeProject, ProjectFolder

from app.cli import run

IMPORTS = "import os\nfrom pathlib import Path\nfrom dynaconf import Dynaconf, FlaskDynaconf, DjangoDynaconf\n"
PROFILE = "[default]\nport = 1\n[production]\nport = 2\n"


def show(made: ProjectFolder, *arguments: str, **environ: str) -> dict[str, object]:
    ran = made.assay("show", *arguments, "--format", "json", **environ)
    assert ran.status == 0, ran.err
    return {one["key"]: one["value"] for one in ran.json["values"]}


def below(made: ProjectFolder, folder: str, *arguments: str, **environ: str) -> tuple[int, str, str]:
    made.capture.readouterr()
    status = run(arguments, environ, made.root / folder, lambda: made.now)
    captured = made.capture.readouterr()
    return status, captured.out, captured.err


TUTORIALS = {
    "FastAPI": (
        {
            "main.py": "from fastapi import FastAPI\nfrom config import settings\napp = FastAPI()\n",
            "config.py": IMPORTS + 'settings = Dynaconf(envvar_prefix="APP", environments=True,\n'
            '    settings_files=["settings.toml", ".secrets.toml"])\n',
            "settings.toml": PROFILE,
        },
        {"APP_PORT": "5", "ENV_FOR_DYNACONF": "production"},
    ),
    "Flask": (
        {
            "app.py": "from flask import Flask\nfrom dynaconf import FlaskDynaconf\n\n\ndef create_app():\n"
            "    app = Flask(__name__)\n    FlaskDynaconf(app)\n    return app\n",
            "settings.toml": PROFILE,
        },
        {"FLASK_PORT": "5", "FLASK_ENV": "production"},
    ),
    "Django": (
        {
            "manage.py": "",
            "shop/settings.py": "PORT = 0\n\nimport dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)\n",
            "shop/settings.toml": PROFILE,
        },
        {"DJANGO_PORT": "5", "DJANGO_ENV": "production"},
    ),
}


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_project_as_tutorials_write_it_has_its_values_at_once(project: MakeProject, name: str) -> None:
    files, environ = TUTORIALS[name]
    made = project({".git/HEAD": "ref: refs/heads/main\n", **files})
    assert show(made, "production")["port"] == 2
    assert show(made, **environ)["port"] == 5


def test_one_line_names_the_call(project: MakeProject) -> None:
    made = project({"config.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n', "settings.toml": "a = 1\n"})
    assert made.assay("show").err == "assay: the options are those of the Dynaconf call in config.py:4.\n"


def test_a_copy_of_dynaconf_itself_makes_no_settings_of_the_projects(project: MakeProject) -> None:
    copied = {f"libs/dynaconf/{name}": "" for name in ("default_settings.py", "loaders/__init__.py")}
    files = {"libs/dynaconf/__init__.py": 'from dynaconf.base import LazySettings\nLazySettings(env="x", a=1, b=2)\n'}
    own = {"config.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n', "settings.toml": "a = 1\n"}
    said = project({**copied, **files, **own}).assay("show").err
    assert said == "assay: the options are those of the Dynaconf call in config.py:4.\n"


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", []), ("UTF8", []), ("utf_8", []), ("latin-1", ["SRC023"])])
def test_only_another_encoding_than_ours_is_told(project: MakeProject, encoding: str, told: list[str]) -> None:
    call = f'Dynaconf(settings_files=["settings.toml"], encoding="{encoding}")\n'
    made = project({"config.py": IMPORTS + call, "settings.toml": "a = 1\n"})
    found = made.assay("check", "--format", "json").json["findings"]
    assert [one["rule"] for one in found if one["rule"] == "SRC023"] == told


def test_any_folder_within_will_do(project: MakeProject) -> None:
    call = 'Dynaconf(settings_files=["settings.toml"], environments=True)\n'
    files = {"shop/core/config.py": IMPORTS + call, "settings.toml": PROFILE, "shop/api/x.py": "", "docs/a.md": ""}
    made = project({".git/HEAD": "", **files})
    for folder in ("shop/core", "shop/api", "docs", "."):
        assert "port" in below(made, folder, "show", "production")[1]


def test_profiles_say_where_a_project_is_that_nothing_else_marks(project: MakeProject) -> None:
    code = (
        "settings = Dynaconf(root_path=Path(__file__).resolve().parent.parent, environments=True,\n"
        '    settings_files=["settings.toml"])\n'
    )
    made = project({"shop/config.py": IMPORTS + code, "shop/deep/views.py": "", "settings.toml": PROFILE})
    for folder in (".", "shop", "shop/deep"):
        status, out, err = below(made, folder, "get", "port", "--env", "production")
        assert (status, out) == (0, "2\n"), err


def test_options_are_found_upwards(project: MakeProject) -> None:
    made = project({".git/HEAD": "", "assay.toml": 'settings_files = ["x.toml"]\n', "x.toml": PROFILE, "a/b/c.md": ""})
    assert "port" in below(made, "a/b", "show", "production")[1]


SERVICES = {
    ".git/HEAD": "",
    "services/orders/pyproject.toml": "",
    "services/orders/orders/config.py": IMPORTS + 'settings = Dynaconf(settings_files=["settings.toml"])\n',
    "services/orders/settings.toml": "port = 1\n",
    "services/mail/pyproject.toml": "",
    "services/mail/mail.py": IMPORTS + "HERE = Path(__file__).parent\n"
    'settings = Dynaconf(settings_files=[HERE / "conf" / "mail.toml"])\n',
    "services/mail/conf/mail.toml": "port = 2\n",
}


def test_each_service_of_a_monorepo_has_its_own_values(project: MakeProject) -> None:
    made = project(SERVICES)
    for folder, port in (("services/orders", 1), ("services/orders/orders", 1), ("services/mail", 2)):
        status, out, err = below(made, folder, "show", "--format", "json")
        assert (status, f'"value":{port}' in out) == (0, True), err
    assert show(made, "--project", "services/mail") == {"port": 2}


def test_at_the_top_of_a_monorepo_both_services_are_named_and_one_can_be_chosen(project: MakeProject) -> None:
    made = project(SERVICES)
    ran = made.assay("show")
    assert ran.status == 2
    assert "services/orders/orders/config.py:4" in ran.err
    assert "services/mail/mail.py:5" in ran.err
    assert show(made, "--call", "services/mail/mail.py:5") == {"port": 2}
    assert show(made, "--call", "services/orders/orders/config.py:4") == {"port": 1}


def test_the_application_of_the_folder_itself_wins_over_those_below(project: MakeProject) -> None:
    own = {
        "pyproject.toml": "",
        "app.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n',
        "settings.toml": "port = 9\n",
    }
    assert show(project({**SERVICES, **own, "pyproject.toml": ""})) == {"port": 9}


def test_init_writes_options_for_each_service(project: MakeProject) -> None:
    made = project(SERVICES)
    ran = made.assay("init")
    assert ran.status == 0, ran.err
    written = {
        name: tomli.loads((made.root / f"services/{name}/assay.toml").read_text()) for name in ("orders", "mail")
    }
    assert written["orders"]["settings_files"] == ["settings.toml"]
    assert written["mail"]["settings_files"] == ["conf/mail.toml"]
    assert not (made.root / "assay.toml").exists()
    assert show(made, "--project", "services/mail") == {"port": 2}


def test_two_services_without_any_marker_are_told_apart_by_their_files(project: MakeProject) -> None:
    call = IMPORTS + 'settings = Dynaconf(settings_files=["settings.toml"])\n'
    files = {"a/app.py": call, "a/settings.toml": "x = 1\n", "b/app.py": call, "b/settings.toml": "x = 2\n"}
    made = project({".git/HEAD": "", **files})
    assert '"value":2' in below(made, "b", "show", "--format", "json")[1]
    assert made.assay("init").out.splitlines() == ["wrote a/assay.toml", "wrote b/assay.toml"]


def test_a_call_of_tests_alone_is_no_applications(project: MakeProject) -> None:
    made = project({"tests/test_x.py": IMPORTS + 'Dynaconf(settings_files=["t.toml"])\n', "settings.toml": PROFILE})
    assert made.assay("show").err == ""
    assert "Only tests, documents or examples" in made.assay("init").err
    assert made.assay("init", "--call", "tests/test_x.py:4").status == 0


def test_the_call_whose_files_are_there_wins(project: MakeProject) -> None:
    files = {"old.py": IMPORTS + 'Dynaconf(settings_files=["gone.toml"], environments=True, env="x")\n',
             "new.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n'}  # fmt: skip
    ran = project({**files, "settings.toml": "a = 1\n"}).assay("show")
    assert "new.py:4; not old.py:4 (--call PATH:LINE chooses)" in ran.err


UNTAKEN = {
    "config.py": IMPORTS + 'settings = Dynaconf(settings_files=["settings.toml"])\n',
    "web/app.py": IMPORTS + "def create_app():\n    FlaskDynaconf(object())\n",
    "settings.toml": PROFILE,
}
"""What `dynaconf init` wrote lies beside the call that the application makes."""


@pytest.mark.parametrize("taken", ["", "from web import config\n", "config = object()\napp.config.port\n"])
def test_settings_that_nobody_takes_are_not_the_applications(project: MakeProject, taken: str) -> None:
    ran = project({**UNTAKEN, "web/config.py": "", "web/views.py": taken}).assay("show", "production")
    assert "web/app.py:5; not config.py:4" in ran.err
    assert "port" in ran.out


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        ("web/views.py", "from config import settings\n"),
        ("web/views.py", "import config\n"),
        ("web/views.py", "import os, \\\n    config\n"),
        ("web/views.py", "if True:\n    from elsewhere import (\n        other,\n        config,\n    )\n"),
        ("web/views.py", "from importlib import import_module\nimport_module('config')\n"),
        ("web/views.py", "uvicorn.run('config:settings')\n"),
        ("web/views.py", "from elsewhere.config import settings\n"),
        ("config.py", UNTAKEN["config.py"] + "print(settings.port)\n"),
    ],
)
def test_settings_that_somebody_may_take_are_the_applications(project: MakeProject, file: str, taken: str) -> None:
    ran = project({**UNTAKEN, file: taken}).assay("show")
    assert "config.py:4; not web/app.py:5" in ran.err


def test_settings_that_nobody_takes_are_all_that_there_is_where_no_other_files_are_there(project: MakeProject) -> None:
    config = UNTAKEN["config.py"].replace("settings.toml", "own.toml")
    made = project({"config.py": config, "web/app.py": UNTAKEN["web/app.py"], "own.toml": "port = 3\n"})
    assert show(made) == {"port": 3}


def test_a_call_that_is_not_there_is_an_error_that_names_those_that_are(project: MakeProject) -> None:
    made = project({"new.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n', "settings.toml": "a = 1\n"})
    ran = made.assay("show", "--call", "new.py:1")
    assert ran.status == 2
    assert "new.py:4" in ran.err


def test_files_that_the_code_computes_leave_nothing_judged(project: MakeProject) -> None:
    made = project({"config.py": IMPORTS + "Dynaconf(settings_files=find())\n", "settings.toml": "a = 1\n"})
    report = made.assay("check", "--format", "json").json
    assert [one["rule"] for one in report["findings"]] == ["SRC023"]
    assert report["valid"] is False
    assert report["findings"][0]["origin"] == {"kind": "call", "file": "config.py", "line": 4, "column": 10}


def test_an_empty_list_of_files_is_never_valid_where_profiles_lie(project: MakeProject) -> None:
    made = project({"config.py": IMPORTS + "Dynaconf(environments=True)\n", "settings.toml": "[default]\na = 1\n"})
    report = made.assay("check", "--format", "json").json
    assert "SRC025" in [one["rule"] for one in report["findings"]]
    assert report["valid"] is False


def test_a_misspelled_argument_is_told(project: MakeProject) -> None:
    code = 'Dynaconf(settings_files=["settings.toml"], enviroments=True)\n'
    made = project({"config.py": IMPORTS + code, "settings.toml": "a = 1\n"})
    told = made.assay("check", "--format", "json").json["findings"]
    assert [(one["rule"], one["fix"]) for one in told] == [("SRC023", "Did you mean environments?")]
    assert show(made)["enviroments"] is True


def test_a_misspelled_argument_beside_the_right_one_is_to_be_taken_out(project: MakeProject) -> None:
    code = 'Dynaconf(settings_files=["settings.toml"], enviroments=["qa"], environments=True)\n'
    told = project({"config.py": IMPORTS + code, "settings.toml": PROFILE}).assay("check", "--format", "json").json
    fixes = [one["fix"] for one in told["findings"] if one["rule"] == "SRC023"]
    assert fixes == ["Take it out: the call says environments already."]


def test_the_code_is_never_run(project: MakeProject) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_name('RAN').touch()\nraise SystemExit(3)\n"
    made = project({"conf/__init__.py": trap, "settings.toml": "a = 1\n", "config.py": IMPORTS + trap + "import conf\n"
                    'Dynaconf(settings_files=["settings.toml"], mode=conf.MODE)\n'})  # fmt: skip
    assert show(made)["mode"] == "conf.MODE"
    assert made.assay("init").status == 0
    assert list(made.root.rglob("RAN")) == []


HOSTILE = {
    "deep.py": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "long.py": "ynaconf = " + " + ".join(["1"] * 20000),
    "chain.py": "Dynaconf" + ".a" * 20000,
    "minus.py": "ynaconf = " + "-" * 50000 + "1",
    "null.py": "Dynaconf\0(",
    "latin.py": "# -*- coding: nonsense -*-\nDynaconf()",
    "huge.py": "Dynaconf = '" + "x" * 3_000_000 + "'",
    "escape.py": "Dynaconf = '\\d'\n",
    "blocks.py": "if Dynaconf:\n" + "".join(" " * depth + "if 1:\n" for depth in range(1, 90)) + " " * 95 + "pass\n",
}


@pytest.mark.filterwarnings("error")
def test_hostile_code_ends_with_nothing(project: MakeProject) -> None:
    made = project({**HOSTILE, "config.py": IMPORTS + 'Dynaconf(settings_files=["settings.toml"])\n',
                    "settings.toml": "a = 1\n"})  # fmt: skip
    (made.root / "loop.py").symlink_to("loop.py")
    (made.root / "outside.py").symlink_to("/etc/passwd")
    ran = made.assay("show", "--format", "json")
    assert [one["key"] for one in ran.json["values"]] == ["a"]


def test_a_file_that_the_call_does_not_name_is_named_there_or_nowhere(project: MakeProject) -> None:
    code = 'Dynaconf(settings_files=["settings.toml"], environments=True, envvar_prefix="SHOP")\n'
    made = project({"config.py": IMPORTS + code, "settings.toml": PROFILE, ".secrets.toml": "[default]\nx = 1\n"})
    [told] = [one for one in made.assay("check", "--format", "json").json["findings"] if one["rule"] == "SRC024"]
    assert "settings_files=['settings.toml', '.secrets.toml'] in the Dynaconf call at config.py:4" in told["fix"]
    assert "edit" not in told
    made.assay("check", "--fix", "SRC024")
    assert not (made.root / "assay.toml").exists()


FACTORY = "def create_app(**config):\n    app = object()\n    FlaskDynaconf(app, **config)\n    return app\n"


@pytest.mark.parametrize(
    ("file", "code", "severity"),
    [
        ("main.py", "", "info"),
        ("main.py", "from app import create_app\napp = create_app()\n", "info"),
        ("main.py", "from app import create_app\n\n\ndef make(**kw):\n    return create_app(**kw)\n", "info"),
        ("main.py", "from flask_cors import cors\ncors.create_app(port=3)\n", "info"),
        ("tests/test_app.py", "from app import create_app\ncreate_app(force_env='testing')\n", "info"),
        ("main.py", "from app import create_app\ncreate_app(force_env='testing')\n", "warning"),
        ("main.py", "import app as web\nweb.create_app(**{'port': 3})\n", "warning"),
        ("main.py", "from app import create_app as make\n\n\ndef main():\n    make(port=3)\n", "warning"),
        ("web/__init__.py", "from app import create_app\n", "info"),
        ("main.py", "from web import create_app\ncreate_app(port=3)\n", "warning"),
        ("main.py", "from app import create_app\ndef make(**kw):\n    create_app(**kw)\nmake(a=1)\n", "warning"),
    ],
)  # fmt: skip
def test_what_a_factorys_callers_hand_on_is_told(project: MakeProject, file: str, code: str, severity: str) -> None:
    web = {"web/__init__.py": "from app import create_app\n"}
    made = project({"app.py": IMPORTS + FACTORY, "settings.toml": PROFILE, **web, file: code})
    assert show(made, "production")["port"] == 2
    told = made.assay("check", "--format", "json").json["findings"]
    assert [(one["rule"], one["severity"]) for one in told if "create_app()" in one["message"]] == [
        ("SRC023", severity)
    ]


@pytest.mark.parametrize(
    ("file", "code", "active"),
    [
        ("main.py", "", "production"),
        ("main.py", "from app import create_app\napp = create_app()\n", "production"),
        ("tests/conftest.py", "from app import create_app\napp = create_app('testing')\n", "production"),
        ("main.py", "from app import create_app\napp = create_app('testing')\n", "testing"),
        ("main.py", "from app import create_app\ncreate_app(env='testing')\ncreate_app('testing')\n", "testing"),
        ("main.py", "from app import create_app\ncreate_app(env='testing')\ncreate_app('production')\n", None),
        ("main.py", "from app import create_app\ncreate_app(env='testing')\ncreate_app()\n", None),
        ("main.py", "from app import create_app\napp = create_app(env=object())\n", None),
        ("main.py", "from app import create_app\napp = create_app(*sys.argv)\n", None),
    ],
)
def test_what_all_callers_hand_a_factory_counts_or_its_default(
    project: MakeProject, file: str, code: str, active: str | None
) -> None:
    factory = "def create_app(env='production'):\n    FlaskDynaconf(object(), env=env)\n"
    ran = project({"app.py": IMPORTS + factory, "settings.toml": PROFILE, file: code}).assay(
        "check", "--format", "json"
    )
    judged = {one["name"]: one["judged"] for one in ran.json["environments"]}
    assert (ran.json["active"] if all(judged.values()) else None) == active


def test_the_default_names_count_where_the_call_asks_for_them(project: MakeProject) -> None:
    code = "from dynaconf import LazySettings\nfrom dynaconf.constants import DEFAULT_SETTINGS_FILES\n"
    call = "settings = LazySettings(environments=True, default_settings_paths=DEFAULT_SETTINGS_FILES)\n"
    assert show(project({"config.py": code + call, "settings.toml": PROFILE}), "production")["port"] == 2


SECTIONED = IMPORTS + 'settings = Dynaconf(settings_files=["a.toml"], environments=True, envvar_prefix="SHOP")\n'


def test_options_of_assays_own_leave_the_rest_to_the_call(project: MakeProject) -> None:
    made = project({"config.py": SECTIONED, "a.toml": PROFILE, "assay.toml": 'production = ["live"]\n'})
    assert show(made, "production", "--environ", "all", SHOP_PORT="7") == {"port": 7}
    assert made.assay("show").err == "assay: the options are those of the Dynaconf call in config.py:4.\n"


def test_options_of_dynaconfs_own_stand_for_all_of_them(project: MakeProject) -> None:
    made = project({"config.py": SECTIONED, "a.toml": PROFILE, "b.toml": "port = 3\n"})
    (made.root / "assay.toml").write_text('settings_files = ["b.toml"]\nenvironments = false\n')
    assert show(made, SHOP_PORT="7") == {"port": 3}


def test_no_code_means_no_call(project: MakeProject) -> None:
    made = project({"config.py": SECTIONED, "settings.toml": PROFILE, "assay.toml": "code = []\n"})
    assert made.assay("show").err == ""


@pytest.mark.parametrize("shared", ["", "[project]\nname = 'shop'\n", "[tool.assay]\nproduction = ['production']\n"])
def test_a_fix_never_puts_one_option_in_the_place_of_all_that_the_call_says(project: MakeProject, shared: str) -> None:
    secret = '[default]\n[production]\napi_key = "changeme"\n[development]\n'
    made = project({"config.py": SECTIONED, "a.toml": secret, "pyproject.toml": shared})
    report = made.assay("check", "--format", "json").json
    found = [one for each in report["environments"] for one in each["findings"] if one["rule"].startswith("SEC")]
    assert "once settings_files of the Dynaconf call at config.py:4 names .secrets.toml too" in found[0]["fix"]
    assert [one.get("edit") for one in found] == [None] * len(found)
    made.assay("check", "--fix")
    assert (made.root / "pyproject.toml").read_text() == shared
    assert not (made.root / "assay.toml").exists()


def test_a_secret_that_nothing_would_read_is_refused_with_the_call(project: MakeProject) -> None:
    made = project({"config.py": SECTIONED, "a.toml": PROFILE})
    ran = made.assay("set", "api_key", "k3-Xw7", "--env", "production")
    assert ran.status == 1
    assert "settings_files in the Dynaconf call at config.py:4" in ran.err


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("Dynaconf(core_loaders=[])\n", "config.py:4 makes Dynaconf load nothing"),
        ("Dynaconf(settings_files=find())\n", "config.py:4 computes settings_files"),
        ("Dynaconf(settings_file=find() if find() else None)\n", "config.py:4 computes settings_files"),
    ],
)
def test_the_reason_why_nothing_is_judged_names_the_call(project: MakeProject, code: str, place: str) -> None:
    made = project({"config.py": IMPORTS + code, "pyproject.toml": "", "settings.toml": "a = 1\n"})
    assert [one["reason"] for one in made.assay("check", "--format", "json").json["environments"]] == [place]


def test_validators_of_a_service_have_their_place_from_its_own_folder(project: MakeProject) -> None:
    call = 'Dynaconf(settings_files=["settings.toml"], validators=[Validator("KEY", must_exist=True)])\n'
    code = f"from dynaconf import Dynaconf, Validator\nsettings = {call}"
    service = {"config.py": code, "settings.toml": "a = 1\n", "pyproject.toml": ""}
    made = project({".git/HEAD": "", **{f"services/mail/{name}": text for name, text in service.items()}})
    [report] = made.assay("check", "--format", "json").json["environments"]
    assert [one["file"] for one in report["findings"][0]["related"]] == ["config.py"]


def test_what_the_process_tells_is_known(project: MakeProject) -> None:
    code = 'Dynaconf(settings_files=[os.path.join(os.getenv("CONF"), "a.toml")])\n'
    made = project({"config.py": IMPORTS + code, "conf/a.toml": "a = 1\n"})
    report = made.assay("check", "--format", "json", CONF=str(made.root / "conf")).json
    assert (report["valid"], [one["rule"] for one in report["findings"]]) == (True, [])
    assert made.assay("check", "--format", "json").json["valid"] is False


def test_the_option_outside_alone_opens_the_door_and_the_call_still_counts(project: MakeProject) -> None:
    made = project(
        {"config.py": IMPORTS + 'Dynaconf(settings_files=["../shared.toml", "a.toml"])\n', "a.toml": "a = 1\n"}
    )
    (made.root.parent / "shared.toml").write_text("b = 2\n")
    [told] = [one for one in made.assay("check", "--format", "json").json["findings"] if one["rule"] == "SRC026"]
    (made.root / "assay.toml").write_text('outside = ["../shared.toml"]\n')
    assert 'write outside = ["../shared.toml"] in assay.toml.' in told["fix"]
    assert show(made) == {"a": 1, "b": 2}


def test_the_other_calls_have_their_places_from_the_same_folder_and_can_be_chosen_by_them(project: MakeProject) -> None:
    code = IMPORTS + 'settings = Dynaconf(settings_files=["a.toml"])\nother = Dynaconf(settings_files=["b.toml"])\n'
    service = {"pyproject.toml": "", "config.py": code, "a.toml": "x = 1\n", "b.toml": "x = 2\n"}
    made = project({".git/HEAD": "", **{f"services/mail/{name}": text for name, text in service.items()}})
    assert "config.py:4; not config.py:5 (--call PATH:LINE chooses)" in made.assay("show").err
    assert show(made, "--call", "config.py:5") == {"x": 2}
    assert show(made, "--call", "services/mail/config.py:5") == {"x": 2}


READING = ["check", "show", "explain a", "matrix", "diff a b", "set a 1 --env default", "schema"]


@pytest.mark.parametrize("command", READING)
def test_a_folder_that_holds_no_project_is_told_and_stays_empty(command: str, tmp_path: Path, capsys: Any) -> None:
    made = ProjectFolder(root=tmp_path, capture=capsys)
    ran = made.assay(*command.split())
    assert ran.status == 2
    assert ran.err.startswith("assay: There is no project here:")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_profile_makes_a_project(project: MakeProject) -> None:
    assert project({"settings.toml": ""}).assay("check").status == 0


def test_a_call_that_code_fills_by_hand_is_not_the_projects(project: MakeProject) -> None:
    bare = "from dynaconf import Dynaconf\ncli = Dynaconf(core_loaders=[], envvar_prefix=None)\ncli._store.update({})\n"
    made = project({"shop/hooks.py": bare})
    ran = made.assay("check", "--format", "json")
    assert (ran.status, ran.json["error"]["code"]) == (2, "project-unusable")
    code = IMPORTS + 'settings = Dynaconf(settings_files=["settings.toml"], environments=True)\n'
    made.write({"shop/hooks.py": bare, "config.py": code, "settings.toml": PROFILE})
    assert show(made, "production")["port"] == 2


def test_a_copy_that_a_function_fills_is_not_the_projects(project: MakeProject) -> None:
    copied = "    copy = Dynaconf()\n    copy.update(loaded.to_dict())\n    return copy\n"
    made = project({"hooks.py": f"{IMPORTS}\ndef after(loaded):\n{copied}"})
    assert made.assay("check").status == 2
    made.write({"hooks.py": f"{IMPORTS}\ndef settings():\n    found = Dynaconf()\n    return found\n"})
    assert "hooks.py:6" in made.assay("check").err


def test_where_yaml_is_what_dynaconf_finds_nothing_else_is_missed(project: MakeProject) -> None:
    made = project({"app.py": "from dynaconf import settings\nprint(settings.PORT)\n", "settings.yaml": "default:\n"})
    told = made.assay("check", "--format", "json").json["findings"]
    assert {one["rule"] for one in told if one["severity"] != "info"} == {"SRC021"}


def test_a_variable_that_the_calls_module_sets_is_there_when_the_application_starts(project: MakeProject) -> None:
    sets = 'os.environ["HERE"] = os.getenv("HERE", os.getcwd())\n'
    code = 'settings = Dynaconf(settings_files=["settings.toml"], environments=True)\n'
    profile = '[default]\nlog = "@format {env[HERE]}/log"\nother = "@format {env[ELSEWHERE]}"\n'
    made = project({"config.py": IMPORTS + code + sets, "settings.toml": profile})
    found = made.assay("check", "development", "--format", "json").json["environments"][0]["findings"]
    told = {one["key"]: one["severity"] for one in found if one["rule"] == "SRC018"}
    assert told == {"log": "info", "other": "error"}
    made.write({"config.py": f"{IMPORTS}{code}\n\ndef prepare():\n    {sets}", "settings.toml": profile})
    found = made.assay("check", "development", "--format", "json").json["environments"][0]["findings"]
    assert [one["severity"] for one in found if one["rule"] == "SRC018"] == ["error", "error"]


def test_what_computed_names_leave_out_is_not_known(project: MakeProject) -> None:
    code = (
        'settings = Dynaconf(settings_files=[find() / "settings.toml", find() / ".secrets.toml"], environments=True)\n'
    )
    made = project({"config.py": IMPORTS + code, "settings.toml": PROFILE, ".secrets.toml": "[default]\nx = 1\n"})
    rules = [one["rule"] for one in made.assay("check", "--format", "json").json["findings"]]
    assert rules == ["SRC023"]


def test_files_of_no_name_are_looked_for_below_config_before_they_are_beside_the_code(project: MakeProject) -> None:
    code = "from dynaconf import settings as told\nINSTALLED_APPS = []\n"
    made = project({"manage.py": "", "src/shop/settings.py": code, "config/settings.toml": PROFILE})
    assert show(made, "production")["port"] == 2
    assert "SRC021" not in made.assay("check", "--format", "json").out


def test_no_search_finds_another_file_for_a_whole_path_that_leads_nowhere(project: MakeProject) -> None:
    call = 'Dynaconf(settings_files=[Path.cwd() / "settings.toml", Path.cwd() / "config" / "settings.toml"])\n'
    made = project({"app.py": IMPORTS + call, "config/settings.toml": "port = 1\n"})
    told = made.assay("check", "--format", "json").json["findings"]
    assert [one["message"] for one in told if one["rule"] == "SRC010"] == []
    assert show(made) == {"port": 1}
    gone = project({"app.py": IMPORTS + 'Dynaconf(settings_files=[Path.cwd() / "settings.toml"])\n'})
    assert show(gone) == {}


def test_a_file_beside_the_code_is_found_though_the_root_is_said_to_be_elsewhere(project: MakeProject) -> None:
    call = 'Dynaconf(settings_files=["settings.toml"], environments=True, root_path=Path(__file__).parents[2])'
    files = {"src/config/config.py": f"{IMPORTS}settings = {call}\n", "src/config/settings.toml": PROFILE}
    made = project(files)
    assert show(made, "production")["port"] == 2
    made.write({**files, "config/settings.toml": "[production]\nport = 3\n"})
    assert show(made, "production")["port"] == 3


@pytest.mark.parametrize("start", ["", "a/b"])
def test_options_in_the_home_folder_itself_count_and_none_above_it(project: MakeProject, start: str) -> None:
    options = {"assay.toml": 'settings_files = ["x.toml"]\n', "x.toml": PROFILE}
    made = project({f"home/{name}": text for name, text in options.items()} | {f"home/{start}/c.md": ""})
    status, out, err = below(made, f"home/{start}", "get", "port", HOME=str(made.root / "home"))
    assert (status, out) == (0, "1\n"), err
    above = project(options | {"home/a/b/c.md": ""})
    (above.root / "home/assay.toml").unlink()
    assert below(above, f"home/{start}", "get", "port", HOME=str(above.root / "home"))[0] == 2
