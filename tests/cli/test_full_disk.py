"""A disk that takes no more: what was there stays whole, and the cause is told."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from histories import history
from projects import MakeProject

PROFILE = "[default]\nport = 1\n" + "".join(f"# line {number}\n" for number in range(20))


@contextmanager
def full() -> Iterator[None]:
    """No file may grow beyond a few bytes; the system refuses the write, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


WRITERS = [
    ("set", "port", "2", "--env", "default"),
    ("unset", "port", "--env", "default"),
    ("set", "api_token", "canary-0123456789", "--env", "default"),
    ("init", "--project", "code"),
    ("init", "--project", "code", "--from", "code/.env"),
    ("check", "--write-baseline", "known.json"),
    ("check", "--fix"),
]


@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_no_file_is_left_half_written(project: MakeProject, arguments: tuple[str, ...]) -> None:
    made = project({
        "assay.toml": 'settings_files = ["settings.toml", ".secrets.toml"]\n',
        "settings.toml": PROFILE + "[production]\ndebug = true\n",
        ".secrets.toml": '[default]\nother_token = "0123456789-canary"\n',
        "known.json": '{"version": 1, "findings": []}',
        "code/config.py": 'from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=["settings.toml"])\n',
        "code/.env": "PORT=5\nTOKEN=0123456789\n",
    })  # fmt: skip
    before = {path: path.read_bytes() for path in made.root.rglob("*") if path.is_file()}
    with full():
        ran = made.assay(*arguments)
    assert {path: path.read_bytes() for path in made.root.rglob("*") if path.is_file()} == before
    assert ran.status in {1, 2}
    assert "too large" in ran.err or arguments == ("check", "--fix")


def test_a_plan_that_has_no_room_for_the_revisions_says_what_to_do(project: MakeProject) -> None:
    made = project({})
    history(made.root, {"settings.toml": PROFILE})
    with full():
        ran = made.assay("plan", PATH=os.environ["PATH"])
    assert (ran.status, "file too large" in ran.err, "TMPDIR=FOLDER" in ran.err) == (2, True, True)


@pytest.mark.parametrize("arguments", [["check"], ["check", "--format", "json"], ["rules"], ["--help"]], ids=" ".join)
def test_an_answer_that_cannot_be_written_is_told(project: MakeProject, arguments: list[str]) -> None:
    made = project({"settings.toml": PROFILE})
    with Path("/dev/full").open("wb") as disk:
        ran = subprocess.run(
            [sys.executable, "-m", "assay", *arguments],
            cwd=made.root, stdout=disk, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (
        2,
        "assay: the answer cannot be written: no space left on device.\n  fix: make room for it.\n",
    )


def test_a_value_that_no_file_can_hold_is_told_and_not_written(project: MakeProject) -> None:
    made = project({"config.py": "from dynaconf import Dynaconf\nsettings = Dynaconf(env='\\ud800')\n"})
    made.write({".env": 'PORT=5\nEXTRA={"a": "\\ud800"}\nTOKEN=0123456789\n'})
    assert made.assay("init", "--from", ".env").status == 2
    assert sorted(path.name for path in made.root.iterdir()) == [".env", "config.py"]
    ran = made.assay("init")
    assert "env is computed there" in ran.err
    assert "\nenv =" not in (made.root / "assay.toml").read_text()


def test_a_key_that_no_file_can_hold_is_no_key(project: MakeProject) -> None:
    made = project({"settings.toml": PROFILE})
    for command in (("set", "a\udcff", "1"), ("set", "a", "\udcff"), ("unset", "a\udcff")):
        assert made.assay(*command, "--env", "default").status in {1, 2}
    assert (made.root / "settings.toml").read_text() == PROFILE
