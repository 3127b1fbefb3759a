"""The folder of a plan goes with it, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from histories import history
from patience import PATIENCE_SECONDS, eventually

MODEL = "from pathlib import Path\n\nPath({begun!r}).touch()\nPath({waited_for!r}).read_text()\n"
"""A model that says when it is imported, and then waits for somebody to write into a pipe."""

type Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose first commit has such a model, and whose later ones have none."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "tmp").mkdir()
    model = MODEL.format(begun=str(tmp_path / "begun"), waited_for=str(tmp_path / "pipe"))
    profile = {"settings.toml": "[default]\nport = 80\n"}
    orders = tmp_path / "orders"
    history(orders, {"assay.toml": 'schema = "shop:Model"\n', "shop.py": model, **profile}, {"assay.toml": ""}, {})
    return orders


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    """Starts plans; at the end none of them runs."""
    running: list[subprocess.Popen[bytes]] = []

    def run(revisions: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "app", "plan", revisions]
        environ = {"PATH": os.environ["PATH"], "TMPDIR": str(root.parent / "tmp")}
        running.append(subprocess.Popen(command, cwd=root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def waiting(root: Path, start: Start) -> subprocess.Popen[bytes]:
    """A plan that is in the middle of its work."""
    process = start("main~2..main")
    assert eventually((root.parent / "begun").exists), process.communicate()
    return process


def folders(root: Path) -> list[Path]:
    return list((root.parent / "tmp").glob("assay-plan-*"))


def ended(process: subprocess.Popen[bytes]) -> int:
    process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode


def test_a_plan_that_is_told_to_end_takes_its_folder_with_it(root: Path, waiting: subprocess.Popen[bytes]) -> None:
    assert len(folders(root)) == 1
    waiting.terminate()
    assert ended(waiting) == 128 + signal.SIGTERM
    assert folders(root) == []


def test_what_a_killed_plan_has_left_goes_with_the_next(
    root: Path, start: Start, waiting: subprocess.Popen[bytes]
) -> None:
    waiting.kill()
    ended(waiting)
    assert len(folders(root)) == 1
    assert ended(start("main~1..main")) == 0
    assert folders(root) == []


def test_the_folder_of_a_plan_that_goes_on_stays(root: Path, start: Start, waiting: subprocess.Popen[bytes]) -> None:
    (own,) = folders(root)
    assert ended(start("main~1..main")) == 0
    assert waiting.poll() is None
    assert (own / "base").is_dir()
