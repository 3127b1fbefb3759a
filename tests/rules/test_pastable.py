"""What a finding gives to paste, where the file has a layout of its own."""

import io
import sys
from typing import Any

import pytest
from pasting_law import pasted
from projects import MakeProject, ProjectFolder
from told import findings

QUEUE = '[default.queue]\nbroker = "a"\nretries = 3\n'

LAYOUTS = [
    ('[production]\nqueue = { broker = "b" }\n', "in place of line 5, in [production]"),
    ('[production]\nqueue = { broker = "b" } # why\nzone = 1\n', "in place of line 5, in [production]"),
    ('[production]\nqueue.broker = "b"\nzone = 1\n', "below line 5, in [production]"),
    ('[production]\nzone = 1\n[production.queue]\nbroker = "b"\n[staging]\nzone = 2\n', "below line 7"),
    ('[production]\n[production.queue] # why\nbroker = "b"\n[staging]\nqueue.broker = "c"\n', "below line 6"),
    ('[production]\n"queue" = {broker = "b"}\n', "in place of line 5, in [production]"),
]  # fmt: skip


def _edit(made: ProjectFolder, rule: str, environment: str = "production") -> Any:
    (found,) = findings(made, rule, environment)
    return found["edit"]


@pytest.mark.parametrize(("profile", "place"), LAYOUTS)
def test_a_marker_can_be_pasted_into_a_table_of_any_layout(project: MakeProject, profile: str, place: str) -> None:
    made = project({"assay.toml": 'settings_files = ["settings.toml"]\n', "settings.toml": QUEUE + profile})
    edit = _edit(made, "SRC020")
    assert place in edit["text"]
    made.write({"settings.toml": pasted(QUEUE + profile, edit["text"])})
    assert findings(made, "SRC020", "production") == []
    assert findings(made, "SRC002", "production") == []


def test_the_sentence_has_the_line_of_a_table_in_braces(project: MakeProject) -> None:
    made = project({"assay.toml": "", "settings.toml": f"{QUEUE}[production]\nqueue = {{ broker = 'b' }}\n"})
    (found,) = findings(made, "SRC020", "production")
    line = "queue = { broker = 'b', dynaconf_merge = true }"
    assert f"As settings.toml has it, in place of line 5, in [production]: {line}" in found["fix"]
    assert line in made.assay("check").out.replace("\n    ", " ")


def test_a_line_that_holds_a_secret_is_made_by_the_command(project: MakeProject) -> None:
    profile = f"{QUEUE}[production]\nqueue = {{ broker = 'b', password = 'canary-K7vmQ2xZt9' }}\n"
    made = project({"assay.toml": "", "settings.toml": profile})
    edit = _edit(made, "SRC020")
    assert edit["text"] == "assay check production --fix SRC020"
    assert "canary-K7vmQ2xZt9" not in made.assay("check", "--format", "json").out
    made.assay(*edit["text"].split()[1:])
    assert findings(made, "SRC020", "production") == []


def test_a_secret_that_somebody_chooses_beside_another_is_set_by_the_command(
    project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = (
        '[production]\nmail = { host = "m", password = "changeme", token = "canary-K7vmQ2xZt9Lw4pRb8Ys3" }\nzone = 1\n'
    )
    options = 'settings_files = ["settings.toml", ".secrets.toml"]\n'
    made = project({"assay.toml": options, "settings.toml": "", ".secrets.toml": profile})
    edit = _edit(made, "DB002")
    assert edit["text"] == "assay set mail.password - --env production --file .secrets.toml"
    monkeypatch.setattr(sys, "stdin", io.StringIO("Zt9Lw4pRb8Ys3Nd6\n"))
    assert made.assay(*edit["text"].split()[1:]).status == 0
    assert findings(made, "DB002", "production") == []


def test_an_item_of_a_list_of_tables_names_its_line(project: MakeProject) -> None:
    profile = '[[production.hooks]]\nurl = "https://a.example"\n[[production.hooks]]\nurl = "http://b.example.com"\n'
    edit = _edit(project({"assay.toml": "", "settings.toml": profile}), "NET001")
    assert edit["text"].startswith("# settings.toml, in place of line 4, in [[production.hooks]]:\nurl = ")


def test_an_option_is_pasted_where_pyproject_has_its_table(project: MakeProject) -> None:
    pyproject = '[project]\nname = "x"\n[tool.assay]\nsettings_files = ["settings.toml"]\n[tool.other]\na = 1\n'
    made = project({"pyproject.toml": pyproject, "settings.toml": "[default]\na = 1\n", ".secrets.toml": "[default]\n"})
    edit = _edit(made, "SRC024", "default")
    assert edit["text"].startswith("# pyproject.toml, in place of line 4, in [tool.assay]:\nsettings_files = ")
    made.write({"pyproject.toml": pasted(pyproject, edit["text"])})
    assert findings(made, "SRC024", "default") == []


def test_an_option_that_a_source_asks_for_goes_into_the_table_of_pyproject(project: MakeProject) -> None:
    pyproject = '[project]\nname = "x"\n[tool.assay]\nnested_separator = "_"\n'
    made = project({"pyproject.toml": pyproject, "settings.toml": "[default]\na = 1\n"})
    edit = _edit(made, "SRC025", "default")
    assert edit["section"] == "tool.assay"
    made.write({"pyproject.toml": pasted(pyproject, edit["text"])})
    assert findings(made, "SRC025", "default") == []
