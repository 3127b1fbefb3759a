"""A real service for tests: `assay serve` as its users run it, in a home of its own."""

import hashlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from leaks import hear
from patience import PATIENCE_SECONDS
from ports import unused_port

from app.database.embedded import EmbeddedServer, start
from app.database.target import Target

ROOT = Path(__file__).parents[1]


@contextmanager
def new_home() -> Iterator[Path]:
    """The shipped profiles, in a folder that an embedded server's user can get to, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="assay-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in ("pyproject.toml", "settings.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "settings", folder / "settings")
    yield folder
    shutil.rmtree(folder)


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    below: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        below += [int(child), *descendants(int(child))]
    return below


@dataclass(kw_only=True)
class Running:
    """A service that runs.

    Attributes:
        process: its parent process.
        url: where it answers.
        err: what it printed to standard error, once it has ended.
    """

    process: subprocess.Popen[str]
    url: str
    err: str = ""
    _below: dict[int, int] = field(default_factory=dict)

    def told_to_stop(self) -> float:
        """Sends SIGTERM, and notes which processes must go with it; the time of the monotonic clock."""
        self._below = {pid: os.pidfd_open(pid) for pid in descendants(self.process.pid)}
        at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return at

    def ended(self, seconds: float) -> int:
        """Its exit status, when it has ended within so many seconds."""
        _, self.err = self.process.communicate(timeout=seconds)
        return self.process.returncode

    def orphans(self) -> list[int]:
        """The processes below it that it left behind; a handle becomes readable when its process ends."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        handles, self._below = self._below, {}
        left = []
        for pid, handle in handles.items():
            ended, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
            left += [] if ended else [pid]
            os.close(handle)
        return left


@contextmanager
def running(folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Running]:
    """A service in a folder, from when it says where it is; it is stopped at the end, or else killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(unused_port()), *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "error",
            "ASSAY_LOGGING__LEVEL": "warning",
            **(environ or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process=process, url=announced(process).split()[-1])
    finally:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def announced(process: subprocess.Popen[str]) -> str:
    """The line that says where it serves."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
    assert ready, "it said nothing in time"
    line = process.stdout.readline()
    hear("process", line)
    assert line, process.communicate()[1]
    return line


class OwnDatabase:
    """A PostgreSQL that a test may stop, freeze and start again as it likes, always on the same port.

    Attributes:
        port: where it listens.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._server: EmbeddedServer | None = None
        self._frozen: list[int] = []
        self.port = unused_port()

    def start(self) -> None:
        """Starts it, with the data that it had."""
        self._server = start(self._home, durable=False, port=self.port)

    @property
    def target(self) -> Target:
        """The way to it over TCP."""
        assert self._server
        return replace(self._server.target, host="127.0.0.1", port=self.port)

    @property
    def environ(self) -> dict[str, str]:
        """The variables that make it a service's own."""
        assert self._server
        target = self._server.target
        return {
            "ASSAY_DATABASE__HOST": "127.0.0.1",
            "ASSAY_DATABASE__PORT": str(self.port),
            "ASSAY_DATABASE__NAME": target.name or "",
            "ASSAY_DATABASE__USERNAME": target.username or "",
            "ASSAY_DATABASE__PASSWORD": target.password or "",
            "ASSAY_DATABASE__TLS__MODE": "disable",
        }

    def freeze(self) -> None:
        """Stops every process of it in its tracks: the port is open, connections are taken, and nobody answers."""
        assert self._server
        postmaster = int((self._server.log.parent / "data/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGSTOP)  # from here on it begets no more
        self._frozen = [postmaster, *descendants(postmaster)]
        for pid in self._frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        frozen, self._frozen = self._frozen, []
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """Stops it, with every connection."""
        self.thaw()
        if self._server:
            self._server.stop()
            self._server = None


@contextmanager
def own_database() -> Iterator[OwnDatabase]:
    """A PostgreSQL of one's own, which runs."""
    with new_home() as home:
        database = OwnDatabase(home)
        database.start()
        try:
            yield database
        finally:
            database.stop()


def tokens(**roles: str) -> dict[str, str]:
    """The variable that makes each role's token known."""
    known = [
        f'{{name="{role}", role="{role}", sha256="{hashlib.sha256(token.encode()).hexdigest()}"}}'
        for role, token in roles.items()
    ]
    return {"ASSAY_AUTH__TOKENS": f"[{', '.join(known)}]"}
