"""Much code is read by several processes: what they answer is what one finds, and none of them is left."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.application.usage.processes import shared
from app.project.workspace import open_workspace

FILES = 60
FUNCTIONS = 200
USE = "def f{0}(a, b=settings.db.port):\n    table = s.get('db')\n    return table['x{0}'], a\n"
CALL = "from dynaconf import Dynaconf\n\nsettings = Dynaconf(settings_files=['settings.toml'])\n"
IMPORT = "from config import settings as s, settings\n"
ODD = {
    "m7.py": IMPORT + "def broken(:\n",
    "m8.py": IMPORT + "(" * 150 + "settings.db" + ")" * 150 + "\n",
    "m9.py": IMPORT + "x = settings" + ".a" * 50_000 + "\n",
}


def _ran(*folders: Path) -> list[str]:
    command = [sys.executable, str(Path(__file__).with_name("run_processes.py")), *map(str, folders)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core")
def test_what_fails_elsewhere_is_not_answered_and_nobody_is_left() -> None:
    said = json.loads(_ran()[0])
    left = {*said["own"], *(number for answer in said["answers"] for number in answer)}
    assert 0 in said["own"]
    assert [] in said["answers"]
    assert 5 not in left
    assert said["clean"]


def test_a_process_with_threads_is_not_copied() -> None:
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with shared(range(10), bytes) as (own, others):
            assert (list(own), list(others)) == (list(range(10)), [])
    finally:
        done.set()
        other.join()


def test_the_code_says_the_same_to_one_and_to_several(tmp_path: Path) -> None:
    uses = {f"m{number}.py": IMPORT + "".join(map(USE.format, range(FUNCTIONS))) for number in range(FILES)}
    (tmp_path / "settings.toml").write_text("[db]\nhost = 'a'\nport = 1\n")
    for name, text in {"config.py": CALL, **uses, **ODD}.items():
        (tmp_path / name).write_text(text)
    said: list[str] = []
    alone = threading.Thread(target=lambda: said.append(repr(open_workspace(tmp_path, {}).project.usage({}))))
    alone.start()
    alone.join()
    assert said == _ran(tmp_path)[1:]
    assert said[0].count("Read(") > FILES
    assert "file='m7.py'" in said[0]
