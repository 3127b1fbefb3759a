"""A default that the application's code computes is there when the application runs, though nobody here knows it."""

import subprocess
import sys
from typing import Any

import pytest
from projects import MakeProject
from told import told

APPLICATION = """
from dynaconf import Dynaconf, Validator

settings = Dynaconf(settings_files=["settings.toml"], environments=True, validators=[{validators}])
if __name__ == "__main__":
    settings.validators.validate()
    print(settings.as_dict())
"""
HOST = 'Validator("HOST", default=lambda settings, validator: "h")'
NEEDING = {
    "a file's @format": (HOST, 'url = "@format {this.host}:1"'),
    "a file's @get": (HOST, 'url = "@get host"'),
    "a file's @get with a cast": (HOST, 'url = "@get host @str"'),
    "a part of a table": ('Validator("DB.HOST", default=lambda *_: "h")', 'url = "@format {this.db.host}"'),
    "the whole table": ('Validator("DB.HOST", default=lambda *_: "h")', 'url = "@format {this.db}"'),
    "below what is computed": ('Validator("DB", default=lambda *_: {"host": 1})', 'url = "@format {this.db.host}"'),
    "a reference to one that needs it": (HOST, 'url = "@format {this.other}"\nother = "@format {this.host}"'),
    "another validator's default": (f'{HOST}, Validator("URL", default="@format {{this.host}}/x")', ""),
    "a condition that is not known": (
        'Validator("HOST", default="h", when=Validator("A", condition=lambda _: 1))', 'url = "@format {this.host}"'),
    "a condition that nobody reads": (
        'Validator("HOST", default="h", condition=len)', 'url = "@format {this.host}"'),
    "an environment that is not known": (
        'Validator("HOST", default="h", env="development".lower())', 'url = "@format {this.host}"'),
}  # fmt: skip


def errors(report: dict[str, Any]) -> list[str]:
    """The rules of all errors."""
    found = [*report["findings"], *(one for each in report["environments"] for one in each["findings"])]
    return [one["rule"] for one in found if one["severity"] == "error"]


@pytest.mark.parametrize("what", NEEDING)
def test_what_needs_a_computed_default_is_not_known_and_no_error(project: MakeProject, what: str) -> None:
    validators, lines = NEEDING[what]
    code = APPLICATION.format(validators=validators)
    made = project({"app.py": code, "settings.toml": f"[default]\na = 1\n{lines}\n[production]\na = 2\n"})
    ran = subprocess.run([sys.executable, "app.py"], cwd=made.root, env={}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    checked = made.assay("check", "development", "--format", "json")
    assert (errors(checked.json), checked.status) == ([], 0)
    shown = {one["key"]: one for one in made.assay("show", "development", "--format", "json").json["values"]}
    assert "unresolved" not in {one.get("state") for one in shown.values()}


def test_what_nobody_sets_is_still_an_error(project: MakeProject) -> None:
    code = APPLICATION.format(validators=HOST)
    made = project({"app.py": code, "settings.toml": '[default]\nurl = "@format {this.hosts}"\n'})
    ran = subprocess.run([sys.executable, "app.py"], cwd=made.root, env={}, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    found = made.assay("check", "development", "--format", "json")
    assert errors(found.json) == ["SRC018"]


def test_what_the_code_itself_sets_is_not_known_and_no_error(project: MakeProject) -> None:
    code = f"""{APPLICATION.format(validators="")}
settings.HERE = "/srv"
settings.set("db.host", "h")
print(settings.data, settings.raw, settings.url)
"""
    lines = 'data = "@format {this.HERE}/data"\nraw = "@format {this.DATA}/raw"\nurl = "@format {this.db.host}:1"'
    made = project({"app.py": code, "settings.toml": f"[default]\n{lines}\n[production]\n"})
    ran = subprocess.run([sys.executable, "-c", "import app"], cwd=made.root, env={}, capture_output=True, text=True,
                         check=False)  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("/srv/data /srv/data/raw h:1\n", "")
    assert sorted(told(made, "SRC018")) == [
        "info development data settings.toml:2:1",
        "info development raw settings.toml:3:1",
        "info development url settings.toml:4:1",
        "info production data settings.toml:2:1",
        "info production raw settings.toml:3:1",
        "info production url settings.toml:4:1",
    ]
    assert made.assay("check").status == 0
