import json
import stat
from typing import Any

import pytest
import tomli
from projects import MakeProject, ProjectFolder
from repositories import repository

DOTENV = """\
# the old way
DATABASE_URL=postgresql://u:canary-p%40ss@h:6543/d?sslmode=require
CORS_ORIGINS=["https://a.example", "https://b.example"]
SECRET_KEY="canary-9"
DEBUG=true
PORT=8000
RATIO=0.5
VERSION=01
export GREETING='hello # world'
HOME_PAGE=https://${HOST_NAME:-localhost}/x
DB__POOL__SIZE=5
MAIL_TEMPLATE=@format {x}
"""


def effective(made: ProjectFolder) -> dict[str, Any]:
    """What the project runs with, secrets and all; nothing is shown."""
    workspace = made.workspace()
    return {leaf.key: leaf.value for leaf in workspace.tree(workspace.active).leaves}


def test_profiles_from_a_dotenv_file_resolve_to_the_same_values(project: MakeProject) -> None:
    made = project({".env": DOTENV})
    assert made.assay("init", "--from", ".env").status == 0
    assert effective(made) == {
        "cors_origins[0]": "https://a.example",
        "cors_origins[1]": "https://b.example",
        "database_url": "postgresql://u:canary-p%40ss@h:6543/d?sslmode=require",
        "db.pool.size": 5,
        "debug": True,
        "greeting": "hello # world",
        "home_page": "https://localhost/x",
        "mail_template": "@format {x}",
        "port": 8000,
        "ratio": 0.5,
        "secret_key": "canary-9",
        "version": "01",
    }


def test_secrets_go_to_the_secrets_file_alone_which_is_private(project: MakeProject) -> None:
    made = project({".env": DOTENV})
    made.assay("init", "--from", ".env")
    profile = (made.root / "settings.toml").read_text()
    assert "canary-9" not in profile
    assert "canary-p" not in profile
    assert stat.S_IMODE((made.root / ".secrets.toml").stat().st_mode) == 0o600


def test_in_a_project_with_the_services_model_legacy_names_find_their_keys(own: MakeProject) -> None:
    made = own({".env": DOTENV.partition("SECRET_KEY")[0]})
    (made.root / "settings.toml").unlink()
    assert made.assay("init", "--from", ".env").status == 0
    values = effective(made)
    assert values["database.host"] == "h"
    assert values["database.password"] == "canary-p@ss"
    assert values["cors.allow_origins[1]"] == "https://b.example"


def test_secrets_and_profile_share_their_tables(project: MakeProject) -> None:
    made = project({".env": "DB__HOST=db.x\nDB__POOL__SIZE=5\nDB__PASSWORD=canary-9\n"})
    assert made.assay("init", "--from", ".env").status == 0
    assert effective(made) == {"db.host": "db.x", "db.pool.size": 5, "db.password": "canary-9"}


def test_a_project_without_sections_gets_none(project: MakeProject) -> None:
    made = project({".env": "PORT=5\nTOKEN=canary-9\n", "assay.toml": "environments = false\n"})
    assert made.assay("init", "--from", ".env").status == 0
    assert (made.root / "settings.toml").read_text() == "port = 5\n"
    assert effective(made) == {"port": 5, "token": "canary-9"}


@pytest.mark.parametrize("listed", [["settings.toml"], [".secrets.toml"], ["other.toml"]])
def test_no_file_is_written_that_the_project_does_not_load(project: MakeProject, listed: list[str]) -> None:
    made = project({".env": "PORT=5\nTOKEN=canary-9\n", "assay.toml": f"settings_files = {listed}\n"})
    ran = made.assay("init", "--from", ".env")
    assert ran.status == 1
    missing = [name for name in ("settings.toml", ".secrets.toml") if name not in listed]
    assert f"settings_files = {json.dumps([*listed, *missing])}" in ran.err
    assert sorted(path.name for path in made.root.iterdir()) == [".env", "assay.toml"]


def test_a_secrets_file_that_git_would_take_is_told_and_ignored_on_demand(project: MakeProject) -> None:
    made = project({".env": "TOKEN=canary-9\n"})
    repository(made.root)
    ran = made.assay("init", "--from", ".env")
    assert "git does not ignore .secrets.toml" in ran.err
    for name in ("settings.toml", ".secrets.toml"):
        (made.root / name).unlink()
    ran = made.assay("init", "--from", ".env", "--gitignore")
    assert (made.root / ".gitignore").read_text() == "/.secrets.toml\n"
    assert "git does not ignore" not in ran.err


def test_a_key_that_two_variables_set_is_told(project: MakeProject) -> None:
    made = project({".env": "PORT=5\nport=6\n"})
    assert "PORT and port set the one key port" in made.assay("init", "--from", ".env").err
    assert effective(made) == {"port": 6}


@pytest.mark.parametrize("lines", ["DB=x\nDB__HOST=y\n", "DB__HOST=y\nDB=x\n"])
def test_what_is_a_value_and_a_table_is_no_profile(project: MakeProject, lines: str) -> None:
    made = project({".env": lines})
    ran = made.assay("init", "--from", ".env")
    assert (ran.status, "both a value and a table" in ran.err) == (2, True)
    assert not (made.root / "settings.toml").exists()


def test_nothing_is_overwritten(project: MakeProject) -> None:
    made = project({".env": DOTENV, "settings.toml": "[default]\nx = 1\n"})
    ran = made.assay("init", "--from", ".env")
    assert ran.status == 2
    assert "exists already" in ran.err
    assert (made.root / "settings.toml").read_text() == "[default]\nx = 1\n"


CODE = """\
import os
from dynaconf import Dynaconf, Validator

settings = Dynaconf(
    envvar_prefix="MYAPP",
    settings_files=["settings.toml", ".secrets.toml"],
    environments=True,
    load_dotenv=True,
    root_path=os.path.dirname(__file__),
    validators=[Validator("X")],
    merge_enabled=os.environ.get("MERGE") == "1",
)
raise SystemExit("this must not run")
"""


def test_options_come_from_the_literal_arguments_of_the_call(project: MakeProject) -> None:
    made = project({"src/config.py": CODE, "src/settings.toml": "[default]\na = 1\n"})
    ran = made.assay("init")
    assert ran.status == 0
    assert tomli.loads((made.root / "assay.toml").read_text()) == {
        "envvar_prefix": "MYAPP",
        "settings_files": ["settings.toml", ".secrets.toml"],
        "environments": True,
        "load_dotenv": True,
        "root_path": "src",
        "merge_enabled": False,
    }
    assert "merge_enabled depends on the variable MERGE" in ran.err
    assert made.assay("show", "--format", "json").json["values"][0]["origin"]["file"] == "src/settings.toml"


def test_arguments_that_are_left_out_mean_what_dynaconf_takes_for_them(project: MakeProject) -> None:
    made = project({"config.py": "import dynaconf\nsettings = dynaconf.Dynaconf(settings_file='a.toml,b.toml')\n"})
    made.assay("init")
    assert tomli.loads((made.root / "assay.toml").read_text()) == {
        "settings_files": "a.toml,b.toml",
        "environments": False,
    }


def test_code_in_a_virtual_environment_is_not_the_projects(project: MakeProject) -> None:
    made = project({"env/pyvenv.cfg": "", "env/lib/config.py": "Dynaconf(settings_file='wrong.toml')\n"})
    ran = made.assay("init")
    assert ran.status == 2
    assert "No Dynaconf(…) call" in ran.err


def test_a_project_that_has_options_keeps_them(project: MakeProject) -> None:
    made = project({"assay.toml": "merge_enabled = true\n", "config.py": "Dynaconf()\n"})
    assert made.assay("init").status == 2
    assert (made.root / "assay.toml").read_text() == "merge_enabled = true\n"


def test_lists_and_tables_of_secrets_go_to_the_secrets_file_and_null_is_left_out(project: MakeProject) -> None:
    text = 'PASSWORDS=["canary1", "canary2"]\nSTORES=["redis://u:canary3@h"]\n'
    text += 'API_KEYS={"a": "canary4"}\nX={"a": null, "b": 1}\n'
    made = project({".env": text})
    assert made.assay("init", "--from", ".env").status == 0
    assert "canary" not in (made.root / "settings.toml").read_text()
    values = effective(made)
    assert (values["passwords[1]"], values["api_keys.a"], values["x.b"]) == ("canary2", "canary4", 1)


def test_switches_of_a_call_may_be_numbers(project: MakeProject) -> None:
    made = project({"config.py": "Dynaconf(environments=1, settings_files=['settings.toml'])\n", "settings.toml": ""})
    assert made.assay("init").status == 0
    assert made.assay("check").status == 0
