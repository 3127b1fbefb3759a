"""Starting an embedded server, or joining the one that another process of this home folder runs."""

import os
import subprocess
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from app.database.embedded import binaries as programs
from app.database.embedded import process as processes
from app.database.embedded.account import server_account
from app.database.embedded.folder import Folder, cannot_write, locate, state_folder, try_lock
from app.database.target import Target, Tls
from app.errors import EmbeddedServerError

_POLL_SECONDS = 0.02
_PORT_ATTEMPTS = 3
_FAREWELL_SECONDS = 10.0


class EmbeddedServer:
    """A running PostgreSQL.

    Attributes:
        target: how to connect to it as its superuser.
        log: what it wrote since its start.
        owned: whether it stops with us; False where another process runs it.
    """

    def __init__(
        self,
        *,
        target: Target,
        log: Path,
        process: subprocess.Popen[bytes] | None = None,
        lock: int | None = None,
    ) -> None:
        self.target = target
        self.log = log
        self._process = process
        self._lock = lock
        _let_go_in_children(self)

    @property
    def owned(self) -> bool:
        """Whether it stops with us."""
        return self._process is not None

    @property
    def alive(self) -> bool:
        """False where our own server has ended; of another process's, a connection finds out."""
        return self._process is None or self._process.poll() is None

    def stop(self, seconds: float = _FAREWELL_SECONDS) -> None:
        """Stops our own server, harder after so many seconds; never another process's. Safe to repeat."""
        if self._process is not None:
            processes.stop(self._process, seconds)
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def let_go(self) -> None:
        """In a forked child: closes what keeps the server alive, which is the parent's business alone."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _let_go_in_children(server: EmbeddedServer) -> None:
    """A child forked without exec inherits the pipe and the lock, and would outlive us with them."""
    reference = weakref.ref(server)

    def let_go() -> None:
        if (found := reference()) is not None:
            found.let_go()

    os.register_at_fork(after_in_child=let_go)


def start(
    home: Path,
    *,
    durable: bool = True,
    binaries: Path | None = None,
    options: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> EmbeddedServer:
    """The embedded server of this home folder: started, or joined where another process runs it.

    Args:
        home: its data is below `.assay` in this folder.
        durable: whether data survives a crash of the machine; tests do not need that.
        binaries: a folder with PostgreSQL's programs, instead of looking for them.
        options: further server settings.
        seconds: how long all of it may take.

    Raises:
        EmbeddedServerError: it cannot run here; says why, and what to do.
    """
    deadline = time.monotonic() + seconds
    home = home.resolve()
    if not home.is_dir():
        message = f"There is no folder {home}."
        raise EmbeddedServerError(message, fix="Make it, or name another.")
    account = server_account(home)
    state = state_folder(home, account)
    while (lock := try_lock(state, account)) is None:
        if (joined := _join(locate(state, account))) is not None:
            return joined
        if time.monotonic() > deadline:
            message = "Another process is starting the embedded PostgreSQL, and does not get ready."
            raise EmbeddedServerError(message, fix=f"End the process that holds {state / 'postgres.lock'}.")
        time.sleep(_POLL_SECONDS)
    try:
        folder = locate(state, account)
        _wait_gone(folder, deadline)
        process, port = _start(folder, binaries, durable=durable, options=options or {}, deadline=deadline)
    except BaseException as error:
        os.close(lock)
        if isinstance(error, OSError):
            raise cannot_write(state, error) from error
        raise
    return EmbeddedServer(target=_target(folder, port), log=folder.log, process=process, lock=lock)


def _target(folder: Folder, port: int) -> Target:
    return Target(
        host=processes.ADDRESS,
        port=port,
        name=processes.DATABASE,
        username=processes.USERNAME,
        password=folder.password(),
        tls=Tls(mode="disable"),
    )


def _join(folder: Folder) -> EmbeddedServer | None:
    found = processes.running(folder.data)
    return EmbeddedServer(target=_target(folder, found.port), log=folder.log) if found and found.ready else None


def _wait_gone(folder: Folder, deadline: float) -> None:
    """Waits for the server of a process that has just died; its watcher is stopping it."""
    while (found := processes.running(folder.data)) is not None:
        if time.monotonic() > deadline:
            message = f"Process {found.pid} still uses {folder.data}."
            raise EmbeddedServerError(message, fix=f"End process {found.pid}.")
        time.sleep(_POLL_SECONDS)


def _start(
    folder: Folder, explicit: Path | None, *, durable: bool, options: Mapping[str, str], deadline: float
) -> tuple[subprocess.Popen[bytes], int]:
    found = programs.reachable(programs.find(explicit, folder.major), folder.account, folder.place)
    if folder.major is None:
        processes.initialise(folder, found, durable=durable)
    for _ in range(_PORT_ATTEMPTS):
        port = processes.free_port()
        process = processes.launch(folder, found, port=port, durable=durable, options=options)
        if processes.wait_ready(process, folder, port, deadline):
            return process, port
        processes.stop(process, seconds=1)
        if not processes.is_taken(port):
            break
    raise processes.start_failed(folder)
