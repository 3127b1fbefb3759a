"""Where a plan is asked for, and where the project is: each has the same answer, and files are named from the clone."""

import os
from pathlib import Path

import pytest
from histories import commit, git, history, write
from projects import MakeProject, ProjectFolder
from test_plan_repositories import BASE, changes, planned

from app.core.errors import RepositoryError

CODE = """\
from dynaconf import Dynaconf
settings = Dynaconf(settings_files=["settings.toml"], environments=True)
settings.PORT, settings.WORKERS
"""
DEBUG = "[default]\nport = 2\n[production]\nworkers = 2\ndebug = true\n"


@pytest.fixture
def orders(project: MakeProject) -> ProjectFolder:
    """A project without options, whose code is around a folder that no commit has."""
    made = project({})
    history(made.root, {**BASE, "config.py": CODE, "requirements.txt": "dynaconf\n"})
    write(made.root, {"settings.toml": DEBUG, "notes/today.txt": ""})
    return made


def test_in_a_folder_of_it_a_project_is_the_same(orders: ProjectFolder) -> None:
    found = planned(orders.root / "notes")
    assert {one.name: one.status for one in found.environments} == {"production": "changed", "development": "changed"}
    assert (changes(found), found.folder) == ({"debug": (None, True), "port": (1, 2)}, ".")


def test_so_it_is_where_no_side_has_the_folder(orders: ProjectFolder) -> None:
    commit(orders.root, {"settings.toml": DEBUG, "notes/today.txt": None})
    (orders.root / "notes").mkdir(exist_ok=True)
    found = planned(orders.root / "notes", "HEAD~1..HEAD")
    assert changes(found) == {"debug": (None, True), "port": (1, 2)}


def test_where_no_side_has_a_project_there_is_no_plan(project: MakeProject) -> None:
    made = project({})
    history(made.root, {"settings.toml": "[default]\nport = 1\n", "docs/a.txt": ""}, {"docs/a.txt": "x"})
    ran = made.assay("plan", "HEAD~1..HEAD", "--project", "docs")
    assert (ran.status, ran.out) == (2, "")
    assert "Neither side has a project in this folder" in ran.err
    assert made.assay("check", "--project", "docs").status == 2


@pytest.mark.parametrize("answer", ["github", "sarif"])
@pytest.mark.parametrize("folder", [".", "notes"])
def test_files_are_named_from_the_clone_wherever_the_plan_is_asked_for(
    orders: ProjectFolder, answer: str, folder: str
) -> None:
    ran = orders.assay("plan", "--project", folder, "--format", answer, PATH=os.environ["PATH"])
    assert "settings.toml" in ran.out
    assert "notes" not in ran.out


def test_a_project_below_the_folder_is_named_too(project: MakeProject) -> None:
    made = project({})
    files = {f"billing/{name}": text for name, text in {**BASE, "config.py": CODE, "requirements.txt": ""}.items()}
    history(made.root, files)
    write(made.root, {"billing/settings.toml": DEBUG})
    assert planned(made.root).folder == planned(made.root / "billing").folder == "billing"
    told = made.assay("plan", "--format", "github", PATH=os.environ["PATH"]).out
    assert "file=billing/settings.toml" in told
    assert "<code>billing</code>" in made.assay("plan", "--format", "markdown", PATH=os.environ["PATH"]).out


@pytest.mark.parametrize("name", ["assay.toml", "config.py"])
def test_what_lays_a_project_out_and_is_not_tracked_is_told(project: MakeProject, name: str) -> None:
    made = project({})
    history(made.root, BASE)
    lays_out = {"assay.toml": 'settings_files = ["settings.toml", "other.toml"]\n', "config.py": CODE}
    write(made.root, {name: lays_out[name]})
    assert planned(made.root).untracked == [name]
    assert planned(made.root, with_untracked=True).untracked == []


def test_untracked_options_belong_to_the_working_tree(project: MakeProject) -> None:
    made = project({})
    history(made.root, {**BASE, "other.toml": "[default]\nport = 9\n"})
    write(made.root, {"assay.toml": 'settings_files = ["settings.toml", "other.toml"]\n'})
    assert changes(planned(made.root)) == {}
    assert changes(planned(made.root, with_untracked=True)) == {"port": (1, 9)}


def test_a_file_of_a_kind_that_is_passed_over_is_not_told_as_untracked(project: MakeProject) -> None:
    made = project({})
    history(made.root, {**BASE, "notes.md": "", "assay.toml": 'settings_files = ["settings.toml", "notes.md"]\n'})
    assert planned(made.root).untracked == []


def test_beside_the_worktrees_of_a_bare_clone_head_stands_in(project: MakeProject) -> None:
    made = project({})
    history(made.root, BASE, {"settings.toml": DEBUG})
    clone = made.root.parent / "clone"
    clone.mkdir()
    git(made.root, "clone", "--quiet", "--bare", ".", str(clone / ".bare"))
    write(clone, {".git": "gitdir: ./.bare\n"})
    git(clone, "worktree", "add", "--quiet", "main", "main")
    for place in (clone, clone / ".bare", clone / ".bare/refs", clone / "main"):
        assert changes(planned(place, "HEAD~1")) == {"debug": (None, True), "port": (1, 2)}


def test_what_the_index_leaves_out_and_the_disk_has_is_read_from_the_disk(project: MakeProject) -> None:
    made = project({})
    history(made.root, BASE)
    git(made.root, "update-index", "--skip-worktree", "settings.toml")
    write(made.root, {"settings.toml": DEBUG})
    assert changes(planned(made.root)) == {"debug": (None, True), "port": (1, 2)}


def test_no_project_is_around_a_folder_of_git_s_own(tmp_path: Path) -> None:
    root = tmp_path / "orders"
    history(root, BASE)
    commit(root, {"settings.toml": DEBUG})
    with pytest.raises(RepositoryError, match="does not take this folder"):
        planned(root / ".git")


@pytest.mark.parametrize("options", ["root_path = 'gone'\n", "no = option\n", "settings_files = 1\n"])
def test_a_working_tree_that_cannot_be_used_keeps_no_two_commits_from_being_compared(
    orders: ProjectFolder, options: str
) -> None:
    commit(orders.root, {"settings.toml": DEBUG})
    write(orders.root, {"assay.toml": options})
    assert changes(planned(orders.root, "HEAD~1..HEAD")) == {"debug": (None, True), "port": (1, 2)}
