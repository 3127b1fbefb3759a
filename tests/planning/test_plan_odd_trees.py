"""Trees that no checkout can have whole."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from histories import git, history
from test_plan_repositories import BASE, ENVIRON, changes, planned

from app.checking.check import validate
from app.core.errors import RepositoryError
from app.core.limits import NESTED
from app.project.workspace import open_workspace

PORT = b"[default]\nport = 2\n[production]\nworkers = 2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "orders"
    history(root, BASE)
    return root


def tree(root: Path, *entries: tuple[str, str, bytes]) -> str:
    """A tree made by hand: of each entry its mode, its object and its name."""
    kinds = {"040000": "tree", "100644": "blob"}
    lines = (f"{mode} {kinds[mode]} {made}\t".encode() + name + b"\0" for mode, made, name in entries)
    return git(root, "mktree", "-z", given=b"".join(lines))


def strange(root: Path, name: bytes, folders: Sequence[bytes] = ()) -> None:
    """A commit on `main` in which `port` is another, and that has a file of such a name in such folders."""
    blob = git(root, "hash-object", "-w", "--stdin", given=PORT)
    made = tree(root, ("100644", blob, name))
    for folder in folders:
        made = tree(root, ("040000", made, folder))
    made = tree(root, ("040000", made, b"odd"), ("100644", blob, b"settings.toml"))
    commit = git(root, "commit-tree", made, "-p", "main", "-m", "odd")
    git(root, "update-ref", "refs/heads/main", commit)


@pytest.mark.parametrize(("name", "folders"), [(b"n" * 300, []), (b"x.toml", [b"d" * 200] * 30)])
def test_what_no_file_system_takes_is_left_out(root: Path, name: bytes, folders: list[bytes]) -> None:
    strange(root, name, folders)
    assert changes(planned(root, "main~1..main")) == {"port": (1, 2)}
    assert changes(planned(root, "main..main~1")) == {"port": (2, 1)}


def test_folders_nested_by_thousands_are_told_and_leave_nothing_behind(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "laid").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "laid"))
    strange(root, b"x.toml", [b"d"] * NESTED.figure)
    with pytest.raises(RepositoryError, match="nested deeper than 256 folders"):
        planned(root, "main~1..main")
    assert not list((tmp_path / "laid").iterdir())


def test_folders_as_deep_as_may_be_are_read(root: Path) -> None:
    strange(root, b"x.toml", [b"d"] * (NESTED.figure - 2))
    assert changes(planned(root, "main~1..main")) == {"port": (1, 2)}


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo])
def test_what_stands_in_the_place_of_a_file_and_is_none_is_told_as_by_a_check(
    root: Path, put: Callable[[Path], None]
) -> None:
    (root / "settings.toml").unlink()
    put(root / "settings.toml")
    found, report = planned(root, "HEAD"), validate(open_workspace(root, ENVIRON))
    assert {one.judged for one in found.environments} == {one.judged for one in report.environments} == {False}
    assert [one.message for one in found.findings.new] == [one.message for one in report.findings]
