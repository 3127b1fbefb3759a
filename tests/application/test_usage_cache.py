"""What was read of code is kept, and nobody but the user can put anything in its place."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import app
from app.application.usage.cache import UsageCache
from app.core.usage.reads import Read, Usage
from app.project.workspace import open_workspace

DIGEST = b"d" * 32
FOUND = Usage(known=True, file="config.py", line=2, reads=(Read(path=("a", "b"), file="use.py", line=3),))
CALL = 'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"])\n'


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def _kept(root: Path) -> Path:
    return root / ".assay" / "usage.cache"


def test_what_is_kept_is_found_again_for_the_same_code_alone(root: Path, home: Mapping[str, str]) -> None:
    UsageCache(root, home).store(DIGEST, FOUND)
    assert UsageCache(root, home).load(DIGEST) == FOUND
    assert UsageCache(root, home).load(b"e" * 32) is None
    assert (root / ".assay" / ".gitignore").read_text() == "*\n"
    assert [path.stat().st_mode & 0o777 for path in Path(home["HOME"]).rglob("usage.key")] == [0o600]


def test_what_somebody_else_has_written_is_not_believed(root: Path, home: Mapping[str, str], tmp_path: Path) -> None:
    cache = UsageCache(root, home)
    cache.store(DIGEST, FOUND)
    body = _kept(root).read_bytes()[32:]
    forged = [b"", b"x" * 5, hashlib.blake2b(body, digest_size=32).digest() + body, body, os.urandom(9 << 20)]
    for raw in forged:
        _kept(root).write_bytes(raw)
        assert cache.load(DIGEST) is None
    (tmp_path / "other").mkdir()
    UsageCache(root, {"HOME": str(tmp_path / "other")}).store(DIGEST, FOUND)
    assert cache.load(DIGEST) is None  # another user's


def test_a_key_that_others_may_know_is_none(root: Path, home: Mapping[str, str]) -> None:
    cache = UsageCache(root, home)
    cache.store(DIGEST, FOUND)
    [key] = Path(home["HOME"]).rglob("usage.key")
    key.chmod(0o644)
    assert cache.load(DIGEST) is None


def test_links_are_not_followed(root: Path, home: Mapping[str, str], tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / ".assay").symlink_to(elsewhere)
    UsageCache(root, home).store(DIGEST, FOUND)
    assert list(elsewhere.iterdir()) == []
    (root / ".assay").unlink()
    (root / ".assay").mkdir()
    target = tmp_path / "target"
    target.write_text("precious")
    _kept(root).symlink_to(target)
    UsageCache(root, home).store(DIGEST, FOUND)
    assert target.read_text() == "precious"
    assert UsageCache(root, home).load(DIGEST) == FOUND
    assert not _kept(root).is_symlink()


def test_what_cannot_be_written_is_not_kept(root: Path, home: Mapping[str, str]) -> None:
    (root / ".assay").write_text("a file")
    UsageCache(root, home).store(DIGEST, FOUND)
    assert UsageCache(root, home).load(DIGEST) is None
    UsageCache(root, {}).store(DIGEST, FOUND)
    assert UsageCache(root, {}).load(DIGEST) is None


@pytest.mark.parametrize(("files", "is_kept"), [(60, True), (3, False)])
def test_a_large_project_is_read_once(root: Path, home: Mapping[str, str], files: int, *, is_kept: bool) -> None:
    (root / "config.py").write_text(CALL)
    (root / "settings.toml").write_text("a = 1\n")
    for number in range(files):
        (root / f"use{number}.py").write_text("from config import settings\nprint(settings.a)\n")
    first = open_workspace(root, home).usage
    assert _kept(root).exists() is is_kept
    assert open_workspace(root, home).usage == first
    (root / "use0.py").write_text("")
    assert len(open_workspace(root, home).usage.reads) == files - 1
    assert open_workspace(root, {}).usage == open_workspace(root, home).usage


def test_what_another_version_of_the_reader_found_is_not_kept(tmp_path: Path) -> None:
    copytree(Path(app.__path__[0]), tmp_path / "app", ignore=ignore_patterns("__pycache__"))
    asked = "from app.application.usage.cache import digest_of; print(digest_of((), {}).hex())"
    ask = partial(subprocess.run, [sys.executable, "-c", asked], cwd=tmp_path, check=True, capture_output=True)
    before = ask().stdout
    assert ask().stdout == before
    with (tmp_path / "app/application/usage/tracing.py").open("a") as tracing:
        tracing.write("# mended\n")
    assert ask().stdout != before
