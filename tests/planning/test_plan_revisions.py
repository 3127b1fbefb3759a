"""Which two revisions a plan compares, and what it says where one is not there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from histories import commit, git, history, started, write
from projects import NOW, MakeProject, ProjectFolder

from app.core.errors import RepositoryError, UnknownRevision
from app.planning.git.repository import find_repository
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.planning.sides import sides

ENVIRON = {"PATH": "/usr/bin:/bin"}

type Made = Callable[[], tuple[Path, list[str]]]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Two commits on main, and one more on a branch that is checked out."""
    root = tmp_path / "orders"
    history(root, {"settings.toml": "[default]\nport = 1\n"}, {"settings.toml": "[default]\nport = 2\n"})
    git(root, "checkout", "--quiet", "-b", "feature/a-b")
    commit(root, {"settings.toml": "[default]\nport = 3\n"})
    return root


def named(root: Path, asked: str | None) -> list[tuple[str, str | None]]:
    repository = find_repository(root, ENVIRON)
    subjects = {git(root, "rev-parse", name): name for name in ("main~1", "main", "HEAD")}
    return [(one.rev, subjects[one.commit] if one.commit else None) for one in sides(repository, asked)]


def test_by_default_the_base_is_where_the_branch_parted_and_the_head_is_the_working_tree(clone: Path) -> None:
    git(clone, "checkout", "--quiet", "main")
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "main goes on")
    git(clone, "checkout", "--quiet", "feature/a-b")
    repository = find_repository(clone, ENVIRON)
    base, head = sides(repository, None)
    assert (base.rev, base.commit) == ("main", git(clone, "rev-parse", "main~1"))
    assert (head.rev, head.commit) == ("working tree", None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("main", [("main", "main"), ("working tree", None)]),
        ("main~1..main", [("main~1", "main~1"), ("main", "main")]),
        ("main..HEAD", [("main", "main"), ("HEAD", "HEAD")]),
        ("..HEAD", [("main", "main"), ("HEAD", "HEAD")]),
        ("main~1..", [("main~1", "main~1"), ("working tree", None)]),
        ("main...feature/a-b", [("main", "main"), ("feature/a-b", "HEAD")]),
    ],
)
def test_a_range_names_both(clone: Path, asked: str, expected: list[tuple[str, str | None]]) -> None:
    assert named(clone, asked) == expected


@pytest.mark.parametrize(
    "asked",
    ["nothing", "--output=x", "-x..main", "main..-x", "--", "main..nothing", "a\0b", "^main", "main..^HEAD"],
)
def test_what_is_no_revision_is_told(clone: Path, asked: str) -> None:
    with pytest.raises(UnknownRevision, match="There is no revision"):
        sides(find_repository(clone, ENVIRON), asked)
    assert not (clone / "x").exists()


def test_a_branch_that_only_the_remote_has_is_suggested(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(clone), "copy")
    git(tmp_path / "copy", "checkout", "--quiet", "--detach")
    git(tmp_path / "copy", "branch", "--quiet", "-D", "feature/a-b")
    with pytest.raises(UnknownRevision) as told:
        sides(find_repository(tmp_path / "copy", ENVIRON), "feature/a-b")
    assert told.value.fix == "Did you mean 'origin/feature/a-b'?"


def test_a_shallow_clone_says_what_to_fetch(clone: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{clone}", "copy")
    repository = find_repository(tmp_path / "copy", ENVIRON)
    for asked in ("main", "main...HEAD", "HEAD~1"):
        with pytest.raises(UnknownRevision) as told:
            sides(repository, asked)
        assert "git fetch --unshallow" in told.value.fix
        assert "fetch-depth: 0" in told.value.fix


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    write(started(tmp_path / "orders"), {"settings.toml": "[default]\nport = 1\n"})
    repository = find_repository(tmp_path / "orders", ENVIRON)
    for asked in (None, "main", "HEAD", "main..HEAD", "main...HEAD"):
        with pytest.raises(UnknownRevision, match="Nothing is committed here yet") as told:
            sides(repository, asked)
        assert told.value.fix == "Commit the project as it is: then there is something to compare it with."


def test_a_branch_without_a_commit_is_compared_with_what_is_named(clone: Path) -> None:
    git(clone, "checkout", "--quiet", "--orphan", "fresh")
    repository = find_repository(clone, ENVIRON)
    base, head = sides(repository, "main")
    assert (base.commit, head.commit) == (git(clone, "rev-parse", "main"), None)
    for asked in (None, "HEAD", "main..HEAD", "main..."):
        with pytest.raises(UnknownRevision, match="The branch of HEAD has no commit yet") as told:
            sides(repository, asked)
        assert told.value.fix == "Commit, or name what to compare the working tree with: assay plan BASE."
    with pytest.raises(UnknownRevision, match="There is no revision 'nothing'"):
        sides(repository, "nothing")


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_partial_clone_says_what_to_fetch(clone: Path, tmp_path: Path, left_out: str) -> None:
    git(clone, "config", "uploadpack.allowFilter", "true")
    git(clone, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", f"--filter={left_out}", f"file://{clone}", "copy")
    copy = tmp_path / "copy"
    asked = PlanRequest(root=copy, environ=ENVIRON, clock=lambda: NOW, revisions="HEAD~1", blame=False)
    with pytest.raises(RepositoryError, match="This partial clone lacks objects") as told:
        plan(asked)
    command = re.search("git fetch [-a-z ]+", told.value.fix)
    assert command is not None
    git(copy, *command[0].split()[1:])
    assert [len(one.changes) for one in plan(asked).environments] == [1]


@pytest.mark.parametrize("lost", ["HEAD~1:settings.toml", "HEAD~1^{tree}"])
def test_a_damaged_repository_is_no_partial_clone(clone: Path, lost: str) -> None:
    found = git(clone, "rev-parse", lost)
    (clone / ".git/objects" / found[:2] / found[2:]).unlink()
    asked = PlanRequest(root=clone, environ=ENVIRON, clock=lambda: NOW, revisions="HEAD~1", blame=False)
    with pytest.raises(RepositoryError, match="The repository lacks objects") as told:
        plan(asked)
    assert told.value.fix == "`git fsck` lists what is missing; fetch it anew: git fetch --refetch."


def test_a_commit_that_is_gone_is_told_as_that(clone: Path) -> None:
    (clone / ".git/refs/heads/feature/a-b").write_text(f"{'1' * 40}\n")
    with pytest.raises(UnknownRevision, match="The commit of HEAD is not there") as told:
        sides(find_repository(clone, ENVIRON), "main..HEAD")
    assert "git fsck" in told.value.fix


def test_a_folder_without_a_repository_and_a_machine_without_git_are_told(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(RepositoryError, match="lies in no git repository"):
        find_repository(tmp_path / "plain", ENVIRON)
    with pytest.raises(RepositoryError, match="git cannot be run"):
        find_repository(clone, {"PATH": str(tmp_path)})


def test_the_exit_status_says_what_came_of_it(project: MakeProject) -> None:
    orders = project({})
    history(orders.root, {"settings.toml": "[default]\nport = 1\n[production]\ndebug = false\n"})
    path = ENVIRON["PATH"]
    assert orders.assay("plan", "--exit-code", PATH=path).status == 0
    write(orders.root, {"settings.toml": "[default]\nport = 2\n[production]\ndebug = false\n"})
    assert orders.assay("plan", PATH=path).status == 0
    assert orders.assay("plan", "--exit-code", PATH=path).status == 1
    write(orders.root, {"settings.toml": "[default]\nport = 2\n[production]\ndebug = true\n"})
    assert _status(orders, "plan") == 1
    assert _status(orders, "plan", "nothing") == 2
    assert _status(orders, "plan", "--only", "prodution") == 2
    assert orders.assay("plan", "nothing", "--format", "json", PATH=path).json["error"]["code"] == "revision-unknown"


def _status(orders: ProjectFolder, *arguments: str) -> int:
    return orders.assay(*arguments, PATH=ENVIRON["PATH"]).status
