"""The processes of a service: one that holds what dies with it, and workers that never outlive it.

Graceful shutdown: told to stop, the parent first tells its workers, which drain their connections; then it ends them.
"""

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from multiprocessing.connection import Connection, wait
from pkgutil import resolve_name
from tempfile import TemporaryDirectory
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from app.cli.capacity import BACKLOG, connections
from app.cli.garbage_collection import ShortCollections
from app.cli.socket_filter import shut
from app.core.errors import ArgumentError
from app.database.embedded import SupervisedServer
from app.database.target import Target
from app.service.plan import Plan

_APPLICATION = "app.web.asgi:application"
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_STOP_SECONDS = 5
_KILL_SECONDS = 1
_FAREWELL_SECONDS = 0.5
"""So long a connection that was told to end has time to do so; a busy one needs a moment."""

_ANNOUNCE_SECONDS = 60
_POLL_SECONDS = 0.02
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}
_LOGS = {
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"},
        "access": {"class": "logging.StreamHandler", "formatter": "access", "stream": "ext://sys.stderr"},
    }
}


@contextmanager
def reserved(host: str, port: int) -> Iterator[tuple[str, int]]:
    """The numeric address, kept from every other service for so long.

    Workers share a port by SO_REUSEPORT, which would also let a second service of the same user share it.

    Raises:
        ArgumentError: the address is none of this machine's, or somebody uses it.
    """
    family, address = _look_up(host, port)
    for shared in (0, 1):
        holder = socket.socket(family)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
        try:
            holder.bind((address, port))
        except OSError as error:
            holder.close()
            raise _unusable(host, port, error) from None
        if not shared:
            holder.close()
    with holder:
        yield address, port


def _look_up(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        message = f"The host {host!r} is no address of this machine."
        raise ArgumentError(message, fix="Name another with --host, or set server.host.") from None
    family, _, _, _, address = found[0]
    return family, str(address[0])


def _unusable(host: str, port: int, error: OSError) -> ArgumentError:
    message = f"Nothing can listen on {host}, port {port}: {(error.strerror or 'it is refused').lower()}."
    return ArgumentError(message, fix="End what uses it, or take another: --port, make run PORT=…, or server.port.")


def serve(
    planned: Plan, target: Target | None, address: tuple[str, int], workers: int, embedded: SupervisedServer | None
) -> None:
    """Serves until SIGTERM or SIGINT; the workers then have so many seconds to end what they do.

    Args:
        planned: what the service is to be.
        target: its database, ready to use.
        address: the numeric address to listen on.
        workers: how many processes serve.
        embedded: is supervised meanwhile.
    """
    host, port = address
    with _counting(workers) as shared:
        application = resolve_name(_APPLICATION)  # imported once here, not once a worker
        leaving, leave = multiprocessing.Pipe(duplex=False)
        server = _Announced(
            leave,
            embedded,
            _APPLICATION,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,  # a third of an open stream's memory is for finding out whether it speaks HTTP/2
            workers=workers,
            backlog=BACKLOG,
            backpressure=connections(),
            websockets=False,
            log_level=LogLevels.warning,
            log_dictconfig=_LOGS,
            respawn_failed_workers=True,
            workers_kill_timeout=_KILL_SECONDS,
        )
        restarts = embedded.restarts if embedded else None
        made = partial(application, planned, target, shared, restarts)
        worker = partial(_worker, made, planned, _Signs(leaving=leaving, port=port))
        server.serve(target_loader=worker, wrap_loader=False)


@contextmanager
def _counting(workers: int) -> Iterator[str | None]:
    """A folder in which several workers count together; one alone needs none.

    The library reads its name from the environment when it is imported, and nowhere else.
    """
    if workers == 1:
        yield None
        return
    with TemporaryDirectory(prefix="assay-metrics-") as folder:
        os.environ[_SHARED] = folder
        yield folder


class _Announced(MPServer):
    """A server that says where it is when it answers, and good-bye when it stops.

    Args:
        leave: what is written there reaches every worker.
        embedded: is supervised once the workers run.
        arguments: the library's own.
    """

    def __init__(self, leave: Connection, embedded: SupervisedServer | None, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._leave = leave
        self._embedded = embedded

    def shutdown(self, exit_code: int = 0) -> None:
        """Stops the workers when they have said good-bye."""
        self._leave.send_bytes(b".")
        time.sleep(_FAREWELL_SECONDS)
        self._end_workers()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]  # granian types it not

    def _end_workers(self) -> None:
        """Waits for their end; the library's own way takes a worker that has just ended for one that refuses to."""
        for worker in self.wrks:
            worker.terminate()  # type: ignore[no-untyped-call]  # granian types it not
        processes = [worker.inner for worker in self.wrks]
        deadline = time.monotonic() + _STOP_SECONDS
        while any(process.is_alive() for process in processes) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)

    def signal_handler_interrupt(self, *_: Any, **__: Any) -> None:
        """Stops; a worker that has no handler of its own yet has inherited this one, and just ends."""
        if os.getpid() != self.pid:
            os._exit(0)
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]  # granian types it not

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Starts the workers, then waits for their first answer without keeping anybody waiting."""
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian types it not
        # Begun behind the workers: they are forked, and a fork copies no thread but its own.
        threading.Thread(target=self._announce, daemon=True).start()
        if self._embedded:
            self._embedded.supervise()

    def _announce(self) -> None:
        host, port = self.bind_addr or "", self.bind_port
        for _ in range(int(_ANNOUNCE_SECONDS / _POLL_SECONDS)):
            if _answers(_ANY.get(host, host), port):
                click.echo(f"Assay serves on http://{f'[{host}]' if ':' in host else host}:{port}")
                return
            if self.main_loop_interrupt.wait(_POLL_SECONDS):
                return


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return bool(connection.getresponse().status)
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What a worker watches.

    Attributes:
        leaving: becomes readable when the service is about to stop, and stays so: it is said to all the workers.
        port: where the worker listens.
    """

    leaving: Connection
    port: int


def _worker(application: Callable[[], Any], planned: Plan, signs: _Signs) -> Any:
    """A worker's application; Ctrl-C, which a terminal sends to a whole group, is the parent's to hear."""
    os.setpgid(0, 0)
    import_module("app.web.logs").configure(planned.settings, planned.digest_key)
    made = application()
    ShortCollections().begin()
    threading.Thread(target=_follow, args=(signs, made.leave), name="assay-follow", daemon=True).start()
    return made


def _follow(signs: _Signs, leave: Callable[[], None]) -> None:
    """Says good-bye when the parent is about to stop; ends as soon as it has ended, however that came about."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        if signs.leaving in wait([signs.leaving, parent.sentinel]):
            shut(signs.port)
            leave()
        parent.join()
        os._exit(1)
