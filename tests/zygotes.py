"""Interpreters that start at once, since they are forked from one that has imported what they need (start_zygote.py).

A tenth of a second is saved each time that a project's own model is asked; the project's code, Assay's script and the
two pipes between are the real ones. What the process itself does (its guardian, its end) tests/project/model tries
with the interpreters that users have.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from start_zygote import STAND_IN

from app.project.model import interpreter as interpreters
from app.project.model import runner

RUNNER = Path(runner.__file__)


class Zygote:
    """What starts applications.

    Args:
        address: where it listens.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def start(self, folder: Path, options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
        """Why the application does not start; empty where it does."""
        asked = {"environ": environ, "options": options}
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
            connection.connect(self.address)
            raw = "\0".join(["start", str(folder), json.dumps(asked)]).encode()
            connection.sendall(len(raw).to_bytes(4, "big") + raw)
            with connection.makefile("rb") as stream:
                answer: str = json.loads(stream.read())
        return answer


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    address = str(tmp_path_factory.mktemp("zygote") / "socket")
    command = [sys.executable, "-I", str(Path(__file__).with_name("start_zygote.py")), address, str(RUNNER)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={"PATH": os.defpath})
    assert process.stdout
    assert process.stdout.readline() == b"ready\n"
    yield Zygote(address)
    process.kill()
    process.communicate()


@pytest.fixture(scope="session")
def interpreter(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment whose Python starts at once."""
    folder = tmp_path_factory.mktemp("interpreter")
    (folder / "bin").mkdir()
    (folder / "pyvenv.cfg").write_text(f"version = {sys.version_info[0]}.{sys.version_info[1]}.0\n")
    program = folder / "bin" / "python"
    program.write_text(STAND_IN.format(python=sys.executable, address=zygote.address))
    program.chmod(0o755)
    return folder


@pytest.fixture
def quick_models(interpreter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Projects without a virtual environment have their models asked by an interpreter that starts at once."""
    monkeypatch.setattr(interpreters, "sys", SimpleNamespace(executable=str(interpreter / "bin" / "python")))
