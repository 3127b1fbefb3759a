import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest

from app.core.errors import ArgumentError, EditConflict
from app.toml_edit import writing
from app.toml_edit.writing import hold, locked, replace_file

KILLER = Path(__file__).with_name("killed_writers.py")
UNPRIVILEGED = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "profiles" / "settings.toml"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


@pytest.fixture
def locked_up() -> Iterator[Path]:
    """A folder that this process may read and not write; root becomes a user for that: it is refused nothing."""
    user = os.geteuid()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings.toml").write_bytes(b"old")
        folder.chmod(0o555)
        os.seteuid(UNPRIVILEGED if user == 0 else user)
        yield folder
        os.seteuid(user)
        folder.chmod(0o700)


def test_200_writers_that_are_killed_leave_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, str(KILLER), str(tmp_path), "200"], capture_output=True, check=True)
    seen = json.loads(told.stdout)
    assert seen["whole"] == 200
    assert "torn" not in seen
    assert seen["half-way"] > 10, "hardly a kill fell into a write"
    assert (seen["matched"], seen["left"]) == (0, 0)


def test_mode_and_owner_are_kept(file: Path) -> None:
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 1234, 2345)
    before = file.stat()
    replace_file(hold(file, file.parent), b"new")
    after = file.stat()
    assert file.read_bytes() == b"new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


def test_a_new_file_has_the_mode_that_it_is_given_whatever_the_mask(file: Path) -> None:
    new = file.with_name(".secrets.toml")
    replace_file(hold(new, new.parent), b"secret", mode=0o600)
    assert new.stat().st_mode & 0o777 == 0o600
    assert new.read_bytes() == b"secret"


def test_a_link_stays_and_its_target_is_written(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "settings.toml"
    link.symlink_to(file)
    replace_file(hold(link, link.parent), b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profiles", "settings.toml"]


def test_a_file_that_changed_meanwhile_is_never_overwritten(file: Path) -> None:
    held = hold(file, file.parent)
    file.write_bytes(b"by hand")
    with pytest.raises(EditConflict, match="changed while it was edited"):
        replace_file(held, b"new")
    assert file.read_bytes() == b"by hand"
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]


def test_a_file_that_was_replaced_by_its_twin_changed_too(file: Path) -> None:
    held = hold(file, file.parent)
    twin = file.with_name("twin")
    twin.write_bytes(b"old")
    twin.replace(file)
    with pytest.raises(EditConflict):
        replace_file(held, b"new")


def test_a_file_that_somebody_made_meanwhile_is_never_overwritten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other editor comes at the worst moment: behind the last look."""
    new = file.with_name("new.toml")
    held, link = hold(new, new.parent), os.link

    def late(source: str, target: str, **folders: int) -> None:
        new.write_bytes(b"by hand")
        link(source, target, **folders)

    monkeypatch.setattr(writing.os, "link", late)
    with pytest.raises(EditConflict):
        replace_file(held, b"new")
    assert new.read_bytes() == b"by hand"


@pytest.mark.parametrize("swapped", ["the folder", "a folder above"])
def test_nothing_is_written_where_a_link_took_a_folders_place(tmp_path: Path, swapped: str) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    for place in (root, elsewhere):
        (place / "a" / "b").mkdir(parents=True)
        (place / "a" / "b" / "settings.toml").write_bytes(b"old")
    held, new = hold(root / "a/b/settings.toml", root), hold(root / "a/b/new.toml", root)
    folder, target = ("a/b", "a/b") if swapped == "the folder" else ("a", "a")
    (root / folder).rename(root / "away")
    (root / folder).symlink_to(elsewhere / target)
    for what in (held, new):
        with pytest.raises((ArgumentError, EditConflict)):
            replace_file(what, b"new")
    assert [path.name for path in (elsewhere / "a/b").iterdir()] == ["settings.toml"]
    assert (elsewhere / "a/b/settings.toml").read_bytes() == b"old"


def test_nothing_is_written_where_a_link_takes_a_folders_place_in_midst_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, elsewhere, replace = tmp_path / "root", tmp_path / "elsewhere", os.replace
    for place in (root / "a", elsewhere):
        place.mkdir(parents=True)
        (place / "settings.toml").write_bytes(b"old")
    held = hold(root / "a/settings.toml", root)

    def late(source: str, target: str, **folders: int) -> None:
        (root / "a").rename(root / "away")
        (root / "a").symlink_to(elsewhere)
        replace(source, target, **folders)

    monkeypatch.setattr(writing.os, "replace", late)
    replace_file(held, b"new")
    assert (elsewhere / "settings.toml").read_bytes() == b"old"
    assert (root / "away/settings.toml").read_bytes() == b"new"


def test_a_file_that_became_a_link_changed(file: Path, tmp_path: Path) -> None:
    held, other = hold(file, file.parent), tmp_path / "other"
    other.write_bytes(b"old")
    file.unlink()
    file.symlink_to(other)
    with pytest.raises(EditConflict):
        replace_file(held, b"new")
    assert (file.is_symlink(), other.read_bytes()) == (True, b"old")


def test_a_second_editor_waits_for_the_first(file: Path) -> None:
    entered, done = Event(), []

    def second() -> None:
        entered.set()
        with locked([file.parent]):
            done.append(file.read_bytes())

    with locked([file.parent, file.parent]):
        waiting = Thread(target=second)
        waiting.start()
        entered.wait()
        replace_file(hold(file, file.parent), b"new")
        assert done == []
    waiting.join()
    assert done == [b"new"]


def test_what_a_killed_editor_left_is_swept_and_nothing_else(file: Path) -> None:
    stale, other = file.with_name(".settings.toml.17.assay-edit"), file.with_name(".settings.toml.swp")
    stale.write_bytes(b"half")
    other.write_bytes(b"an editor's own")
    replace_file(hold(file, file.parent), b"new")
    assert sorted(path.name for path in file.parent.iterdir()) == [".settings.toml.swp", "settings.toml"]


def test_a_folder_that_cannot_be_written_is_told(locked_up: Path) -> None:
    held = hold(locked_up / "settings.toml", locked_up)
    with (
        pytest.raises(ArgumentError, match=r"settings\.toml cannot be written: permission denied\.") as told,
        locked([locked_up]),
    ):
        replace_file(held, b"new")
    assert "folder writable" in told.value.fix
    assert held == hold(locked_up / "settings.toml", locked_up)


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    with pytest.raises(ArgumentError, match="profiles cannot be read: is a directory"):
        hold(file.parent, file.parent.parent)


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot be locked"), locked([tmp_path / "absent"]):
        pass
