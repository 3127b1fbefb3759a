"""What the page gives to paste for a value does what it says, whatever the layout of the file."""

from pathlib import Path
from random import Random

import pytest
import tomli
from faulty_projects import faulty
from pasting_law import pasted
from projects import MakeProject
from relaid import relaid

from app.core.errors import ArgumentError
from app.core.layers import dotted, stem
from app.editing.change_place import change_place
from app.project.workspace import Workspace, open_workspace

_CHUNK = 10


def by_hand(workspace: Workspace, environment: str, key: str) -> Workspace:
    """The project after somebody has pasted what is given for a value."""
    place = change_place(workspace, environment, key)
    file, comma, _ = place.at.partition(", ")
    path = workspace.project.root / file
    text = f"# {place.at}:\n{place.lines}" if comma else place.lines
    path.write_text(pasted(path.read_text() if path.exists() else "", text))
    tomli.loads(path.read_text())
    return open_workspace(workspace.project.root, workspace.environ)


def values(workspace: Workspace, environment: str) -> dict[str, object]:
    return {leaf.key.casefold(): leaf.value for leaf in workspace.tree(environment).leaves}


@pytest.mark.parametrize("first", range(0, 60, _CHUNK))
def test_a_value_that_is_pasted_as_it_is_changes_nothing(first: int, tmp_path: Path) -> None:
    tried = 0
    for seed in range(first, first + _CHUNK):
        project, random, root = faulty(seed), Random(seed), tmp_path / str(seed)  # noqa: S311 - nothing secret comes of it
        root.mkdir()
        for name, text in project.files.items():
            (root / name).write_text(relaid(text, random) if name != "assay.toml" else text)
        workspace = open_workspace(root, project.environ)
        environment = random.choice(workspace.environments)
        leaves = [leaf for leaf in workspace.tree(environment).leaves if leaf.state == "plain"]
        for leaf in random.sample(leaves, min(4, len(leaves))):
            key = dotted(stem(leaf.path))
            try:
                place = change_place(workspace, environment, key)
            except ArgumentError:
                continue
            if place.lines and place.known:
                before = {name: values(workspace, name) for name in workspace.environments}
                workspace = by_hand(workspace, environment, key)
                assert {name: values(workspace, name) for name in workspace.environments} == before, (seed, key)
                tried += 1
    assert tried >= _CHUNK


def test_a_table_that_is_there_is_not_opened_twice(project: MakeProject) -> None:
    made = project({"settings.toml": "[production.server]\nport = 1\n[production]\nother = 2\n"})
    place = change_place(made.workspace(), "production", "server.port")
    assert (place.lines, place.at) == ("port = 1", "settings.toml, in place of line 2, in [production.server]")


def test_where_tables_do_not_merge_no_neighbour_is_lost(project: MakeProject) -> None:
    made = project({"settings.toml": "[default.db]\nhost = 'a'\nport = 1\n[production]\n"})
    place = change_place(made.workspace(), "production", "db.host")
    assert place.lines == 'db__host = "a"'


def test_below_a_variable_no_line_would_do(project: MakeProject) -> None:
    workspace = project({"settings.toml": "[production]\nport = 1\n"}).workspace(
        {"DYNACONF_PORT": "2", "ENV_FOR_DYNACONF": "production"}
    )
    place = change_place(workspace, "production", "port")
    assert (place.lines, place.variable) == ("", "DYNACONF_PORT")
