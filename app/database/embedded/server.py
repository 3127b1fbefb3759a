"""Starting an embedded server, or joining the one that other processes of this home folder use."""

import os
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from app.core.errors import EmbeddedServerError
from app.database.embedded import binaries as programs
from app.database.embedded import leases
from app.database.embedded import process as processes
from app.database.embedded.account import Account, server_account
from app.database.embedded.folder import Folder, cannot_write, locate, locked, state_folder
from app.database.target import Target, Tls

if TYPE_CHECKING:
    import subprocess

_POLL_SECONDS = 0.02
_PORT_ATTEMPTS = 3
_FAREWELL_SECONDS = 10.0


class EmbeddedServer:
    """A running PostgreSQL, held: it runs for as long as anybody holds it.

    Attributes:
        target: how to connect to it as its superuser.
        log: what it wrote since its start.
        started: whether this process started it; False where it joined.
    """

    def __init__(
        self,
        home: "_Home",
        folder: Folder,
        port: int,
        holder: leases.Holder,
        process: "subprocess.Popen[bytes] | None",
    ) -> None:
        self.target = _target(folder, port)
        self.log = folder.log
        self.started = process is not None
        self._home = home
        self._data = folder.data
        self._holder = holder
        self._process = process
        _let_go_in_children(self)

    @property
    def alive(self) -> bool:
        """False where it has ended, or we have let go of it."""
        return self._holder.kept

    def wait(self, waking: int) -> bool:
        """Waits for its end: True when it has ended, False when something can be read from `waking` first."""
        return self._holder.wait(waking)

    def stop(self, seconds: float = _FAREWELL_SECONDS) -> None:
        """Lets go of the server. It stops where nobody else holds it, harder after so many seconds. Safe to repeat."""
        process, self._process = self._process, None
        try:
            with locked(self._home.state, self._home.account, time.monotonic() + seconds):
                self._holder.let_go()
                if not leases.is_held(self._home.pipe):
                    self._wait(process, seconds)
                    return
        except EmbeddedServerError:  # who starts it anew will wait for its end
            self._holder.let_go()
        if process is not None:
            # It ends when the others let go; a process that has ended by then is nobody's child of ours.
            threading.Thread(target=process.wait, name="assay-embedded", daemon=True).start()

    def _wait(self, process: "subprocess.Popen[bytes] | None", seconds: float) -> None:
        if process is not None:
            processes.finish(process, seconds)
        else:
            processes.wait_gone(self._data, time.monotonic() + seconds)

    def let_go(self) -> None:
        """In a forked child: closes what keeps the server alive, which is the parent's business alone."""
        self._holder.let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _let_go_in_children(server: EmbeddedServer) -> None:
    """A child forked without exec inherits the hold, and may outlive us with it."""
    reference = weakref.ref(server)

    def let_go() -> None:
        if (found := reference()) is not None:
            found.let_go()

    os.register_at_fork(after_in_child=let_go)


class _Home:
    """Where the home folder keeps what its processes agree about."""

    def __init__(self, home: Path) -> None:
        self.account: Account = server_account(home)
        self.state = state_folder(home, self.account)
        self.pipe = self.state / "postgres.holders"


def start(
    home: Path,
    *,
    durable: bool = True,
    binaries: Path | None = None,
    port: int | None = None,
    options: Mapping[str, str] | None = None,
    seconds: float = 60.0,
) -> EmbeddedServer:
    """The embedded server of this home folder: started, or joined where another process uses it.

    Args:
        home: its data is below `.assay` in this folder.
        durable: whether data survives a crash of the machine; tests do not need that.
        binaries: a folder with PostgreSQL's programs, instead of looking for them.
        port: where it listens, instead of on a free port.
        options: further server settings; one that is joined keeps those that it has.
        seconds: how long all of it may take.

    Raises:
        EmbeddedServerError: it cannot run here; says why, and what to do.
    """
    deadline = time.monotonic() + seconds
    home = home.resolve()
    if not home.is_dir():
        message = f"There is no folder {home}."
        raise EmbeddedServerError(message, fix="Make it, or name another.")
    place = _Home(home)
    wanted = _Wanted(durable=durable, binaries=binaries, port=port, options=options or {}, deadline=deadline)
    try:
        with locked(place.state, place.account, deadline):
            folder = locate(place.state, place.account)
            return _join(place, folder, deadline) or _start(place, folder, wanted)
    except OSError as error:
        raise cannot_write(place.state, error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What `start` was asked for; the deadline is of the monotonic clock."""

    durable: bool
    binaries: Path | None
    port: int | None
    options: Mapping[str, str]
    deadline: float


def _target(folder: Folder, port: int) -> Target:
    return Target(
        host=processes.ADDRESS,
        port=port,
        name=processes.DATABASE,
        username=processes.USERNAME,
        password=folder.password(),
        tls=Tls(mode="disable"),
    )


def _join(home: _Home, folder: Folder, deadline: float) -> EmbeddedServer | None:
    """The running server, held; None where there is none. One that is ending is waited for."""
    while True:
        found = processes.running(folder.data)
        if found and found.ready and (holder := leases.hold(home.pipe)) is not None:
            return EmbeddedServer(home, folder, found.port, holder, None)
        if found is None and not leases.is_watched(home.pipe):
            return None
        if time.monotonic() > deadline:
            raise _in_use(folder, found)
        time.sleep(_POLL_SECONDS)


def _in_use(folder: Folder, found: processes.Running | None) -> EmbeddedServerError:
    if found:
        message = f"Process {found.pid} still uses {folder.data}."
        return EmbeddedServerError(message, fix=f"End process {found.pid}.")
    message = f"A process that cannot be seen from here, as in another container, uses {folder.data}."
    return EmbeddedServerError(message, fix="End it, or give each its own home folder.")


def _start(home: _Home, folder: Folder, wanted: _Wanted) -> EmbeddedServer:
    found = programs.reachable(programs.find(wanted.binaries, folder.major), folder.account, folder.place)
    if folder.major is None:
        processes.initialise(folder, found, durable=wanted.durable)
    processes.forget_the_dead(folder.data)
    for _ in range(_PORT_ATTEMPTS):
        port = wanted.port or processes.free_port()
        started = _launch(home, folder, found, wanted, port)
        if started is not None:
            return started
        if wanted.port or not processes.is_taken(port):
            break
    raise processes.start_failed(folder)


def _launch(home: _Home, folder: Folder, found: programs.Binaries, wanted: _Wanted, port: int) -> EmbeddedServer | None:
    """The server on this port; None where it ended instead of answering."""
    with leases.new_pipe(home.pipe, home.account) as (pipe, holder):
        process = processes.launch(folder, found, pipe=pipe, port=port, durable=wanted.durable, options=wanted.options)
    try:
        if processes.wait_ready(process, folder, port, wanted.deadline):
            return EmbeddedServer(home, folder, port, holder, process)
    except BaseException:
        holder.let_go()
        processes.finish(process, seconds=1)
        raise
    holder.let_go()
    processes.finish(process, seconds=1)
    return None
