"""Globs find what Python's own find, and end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from app.core.opening import within
from app.sources.globbing import DEEPEST, Globbing

NAMES = ("a", "b.toml", ".c", "settings", "x.toml", "[z]", "é.toml")
PARTS = ("*", "**", "*.toml", "settings", "a", "?", "[ax]*", "..", ".", ".c", "[[]z]", "b.toml", "*.*")


def planted(root: Path, random: Random, depth: int = 3) -> None:
    """A random tree of files, folders and links that lead to files or to nothing."""
    for name in random.sample(NAMES, random.randint(0, 4)):
        kind = random.choice(("folder", "folder", "file", "link", "dangling"))
        if kind == "folder" and depth:
            (root / name).mkdir()
            planted(root / name, random, depth - 1)
        elif kind == "link":
            (root / name).symlink_to(random.choice(NAMES))
        elif kind == "dangling":
            (root / name).symlink_to("nowhere")
        else:
            (root / name).write_text("")


def is_file(root: Path, name: str) -> bool:
    return not name.endswith("/") and not (root / name).is_dir()


def circled(root: Path) -> bool:
    """Whether a link leads to a folder: Python's globs go round and round in a circle of such."""
    return any((Path(folder) / name).is_symlink() for folder, names, _ in os.walk(root) for name in names)


def test_they_find_what_pythons_own_find() -> None:
    cases = 0
    for seed in range(int(os.environ.get("ASSAY_GLOBS", "60"))):
        random = Random(seed)  # noqa: S311 - nothing secret comes of it
        with TemporaryDirectory() as place:
            above = Path(place).resolve()
            root = above / "root"
            root.mkdir()
            planted(root, random)
            if circled(root):
                continue
            for _ in range(8):
                pattern = "/".join(random.choices(PARTS, k=random.randint(1, 4)))
                if not any(mark in pattern for mark in "*?[") or pattern.endswith("/.") or pattern.count("..") > 1:
                    continue
                globs = Globbing(within(above))
                mine = [name for name in globs.matches(pattern, root) if is_file(root, name)]
                own = glob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207 - what is compared
                assert mine == sorted(name for name in set(own) if is_file(root, name)), (seed, pattern)
                assert not globs.obstacles
                cases += bool(mine)
    assert cases > 20


def test_a_pattern_from_the_root_of_the_machine_is_none_of_a_projects(tmp_path: Path) -> None:
    globs = Globbing(within(tmp_path))
    assert globs.matches("/**/*.toml", tmp_path) == []
    assert [(met.kind, str(met.path)) for met in globs.obstacles] == [("outside", "/")]


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "machine").symlink_to("/")
    (tmp_path / "a.toml").write_text("")
    globs = Globbing(within(tmp_path))
    assert globs.matches("**/*.toml", tmp_path) == ["a.toml"]
    assert [(met.kind, met.path.name) for met in globs.obstacles] == [("outside", "machine")]


def test_a_circle_of_links_is_gone_round_once_and_told(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.toml").write_text("")
    (tmp_path / "deep" / "one").symlink_to("..")
    (tmp_path / "deep" / "two").symlink_to("..")
    globs = Globbing(within(tmp_path))
    assert globs.matches("**/*.toml", tmp_path) == ["deep/a.toml"]
    assert {(met.kind, met.path.name) for met in globs.obstacles} == {("circle", "one"), ("circle", "two")}


def test_there_is_a_most_that_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sources.globbing.MOST_NAMES", 10)
    for number in range(11):
        (tmp_path / f"{number:02}.toml").write_text("")
    globs = Globbing(within(tmp_path))
    assert len(globs.matches("*.toml", tmp_path)) == 10
    assert [met.kind for met in globs.obstacles] == ["endless"]


def test_there_is_a_depth_that_is_looked_into(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * (DEEPEST + 1))
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text("")
    globs = Globbing(within(tmp_path))
    assert globs.matches("**/*.toml", tmp_path) == []
    assert [met.kind for met in globs.obstacles] == ["endless"]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Who may read everything becomes somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_listed_is_told() -> None:
    with TemporaryDirectory() as place:
        root = Path(place)
        root.chmod(0o755)
        (root / "conf").mkdir(mode=0o700)
        with unprivileged():
            if os.geteuid() != 65534:
                (root / "conf").chmod(0)
            globs = Globbing(within(root))
            assert globs.matches("conf/*.toml", root) == []
            assert [(met.kind, met.path.name, met.reason) for met in globs.obstacles] == [
                ("unlisted", "conf", "permission denied")
            ]
