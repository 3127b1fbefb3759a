"""The services that are compared: each in processes of its own, with one worker, on a free port of this machine."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

REPOSITORY = Path(__file__).parent.parent
TOKEN = "bench-token"  # noqa: S105 - it opens a service that lives for a minute, on this machine alone
_KNOWN = {"name": "bench", "role": "viewer", "sha256": hashlib.sha256(TOKEN.encode()).hexdigest()}
_START_SECONDS = 60
_STOP_SECONDS = 20
_POLL_SECONDS = 0.05
_OK = 200
_GRANIAN = ("granian", "--interface", "asgi", "--workers", "1", "--no-ws", "--log-level", "warning")
_UVICORN = ("uvicorn", "--workers", "1", "--no-access-log", "--log-level", "warning")
REFERENCES: Mapping[str, Sequence[str]] = {"uvicorn": _UVICORN, "granian": _GRANIAN}
"""What the reference may run on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One that runs.

    Attributes:
        port: where it listens.
        path: what is asked.
    """

    port: int
    path: str = "/config/validate"

    def ask(self) -> tuple[int, bytes]:
        """Status and body of one answer.

        Raises:
            OSError: it does not listen.
            HTTPException: it answers something else.
        """
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self.path, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def copy_project(folder: Path) -> None:
    """The shipped profiles, where the embedded PostgreSQL's user can get to."""
    folder.chmod(0o755)
    for name in ("pyproject.toml", "settings.toml"):
        shutil.copy(REPOSITORY / name, folder)
    shutil.copytree(REPOSITORY / "settings", folder / "settings")


@contextmanager
def assay(project: Path, *, level: str, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    """`assay serve` on a project, with the database that its settings or variables name and so much logging."""
    server = Server(port=_free_port())
    tokens = f"[{{{', '.join(f'{name} = {json.dumps(value)}' for name, value in _KNOWN.items())}}}]"
    own = {"ASSAY_AUTH__TOKENS": tokens, "ASSAY_LOGGING__LEVEL": level, **(environ or {})}
    command = [_beside("assay"), "serve", "--workers", "1", "--port", str(server.port)]
    with _running(command, project, own, server):
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """A bare route on the server and the loop that `assay serve` runs on."""
    server = Server(port=_free_port(), path="/")
    command = [_beside(_GRANIAN[0]), *_GRANIAN[1:], "--port", str(server.port), "benchmarks.plain:app"]
    with _running(command, REPOSITORY, {}, server):
        yield server


@contextmanager
def reference(project: Path, commands: Path, on: str) -> Iterator[Server]:
    """The reference on a project.

    Args:
        project: its profiles.
        commands: where its own commands are.
        on: what it runs on, one of REFERENCES.
    """
    server, (name, *options) = Server(port=_free_port()), REFERENCES[on]
    environ = {"ASSAY_AUTH__TOKENS": json.dumps([_KNOWN]), "PYTHONPATH": str(REPOSITORY)}
    command = [str(commands / name), *options, "--port", str(server.port), "benchmarks.reference.service:app"]
    with _running(command, project, environ, server):
        yield server


def _beside(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found: int = listener.getsockname()[1]
    return found


@contextmanager
def _running(command: Sequence[str], folder: Path, environ: Mapping[str, str], server: Server) -> Iterator[None]:
    """Runs a server around a block, which begins when it answers; what it logs goes to a file."""
    with TemporaryFile() as log:
        own = {"PATH": os.environ["PATH"], **environ}
        process = subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.DEVNULL, stderr=log)
        try:
            _wait(process, server, log)
            yield
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], server: Server, log: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            break
        with suppress(OSError, HTTPException):
            if server.ask()[0] == _OK:
                return
    log.seek(0)
    raise RuntimeError(f"{process.args!r} does not serve: {log.read()[-2000:].decode(errors='replace')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
