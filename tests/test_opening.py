"""The one way to a file that is read."""

import os
import socket
from pathlib import Path

import pytest

from app.core.opening import LIMIT, Bounds, OutsideError, UnfitFileError, read_file, within


def refusal(path: Path | str, bounds: Bounds | None = None) -> str:
    with pytest.raises(UnfitFileError) as raised:
        read_file(path, bounds)
    assert raised.value.fix
    return str(raised.value.strerror)


def test_a_regular_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\0text\r\n")
    (tmp_path / "b").symlink_to("a")
    assert read_file(tmp_path / "a") == read_file(tmp_path / "b", within(tmp_path)) == b"\xff\0text\r\n"


def test_what_would_make_the_reader_wait_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        told = {refusal(tmp_path / "pipe"), refusal(tmp_path / "socket"), refusal("/dev/zero"), refusal("/dev/tty")}
    assert told == {"it is no file but a pipe, a socket or a device"}


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(LIMIT)
        assert len(read_file(tmp_path / "sparse")) == LIMIT
        file.truncate(LIMIT + 1)
        assert refusal(tmp_path / "sparse") == "it holds more than 8 MB"


def test_a_link_is_followed_within_the_bounds_alone(tmp_path: Path) -> None:
    root, other = tmp_path / "root", tmp_path / "root-2"
    root.mkdir()
    other.mkdir()
    (other / "file").write_text("a")
    (root / "link").symlink_to("../root-2/file")
    (root / "folder").symlink_to(other)
    for name in ("link", "folder/file", "../root-2/file"):
        with pytest.raises(OutsideError):
            read_file(root / name, within(root))
        assert read_file(root / name, within(root, ["../root-2"])) == b"a"
        assert read_file(root / name, within(root, ["link"])) == b"a"


def test_the_root_itself_may_be_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "release" / "file").write_text("a")
    (tmp_path / "current").symlink_to("release")
    assert read_file(tmp_path / "current" / "file", within(tmp_path / "current")) == b"a"


def test_what_the_system_makes_up_is_read_by_nobody(tmp_path: Path) -> None:
    (tmp_path / "variables").symlink_to("/proc/self/environ")
    for bounds in (None, within(tmp_path), within(tmp_path, ["/"])):
        assert refusal(tmp_path / "variables", bounds) == "it leads to what the system makes up"


def test_a_broken_link_is_told_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "nothing").symlink_to("elsewhere")
    (tmp_path / "itself").symlink_to("itself")
    assert refusal(tmp_path / "nothing") == "it is a link to nothing"
    assert refusal(tmp_path / "itself") == "its links lead round in a circle"


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_what_is_no_name_is_an_error_like_any_other(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name, within(tmp_path)) == "that is no file's name"


def test_a_file_that_is_swapped_for_a_link_meanwhile_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "file").write_text("a")
    (tmp_path / "file").write_text("outside")
    really_open = os.open

    def swapped(path: str, flags: int) -> int:
        (root / "folder").rename(root / "old")
        (root / "folder").symlink_to(tmp_path)
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(OutsideError):
        read_file(root / "folder" / "file", within(root))
