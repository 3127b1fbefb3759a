"""PostgreSQL's processes: making a data folder, starting a server, knowing when it is ready, stopping it."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.core.errors import EmbeddedServerError
from app.database.embedded.binaries import Binaries
from app.database.embedded.folder import Folder

USERNAME = "assay"
DATABASE = "postgres"
ADDRESS = "127.0.0.1"

# Runs the server as its child until nobody holds the writing end of the pipe that is its standard input: that is
# when the last process that uses the server lets go of it, or dies, were it by SIGKILL. A line on the pipe says
# nothing but that it was read. A shell's background child ignores SIGINT until PostgreSQL has set its own handler,
# so the signal is sent until it is obeyed; a server whose sessions do not end is made to end without them. The pipe's
# reading end stays open until then: as long as it is, there may be a server.
_WATCHER = """
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
    while read -r _ <&3; do :; done
    kill -CONT "$server"
    how=INT tries=0
    while kill "-$how" "$server"; do
        sleep 0.1
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || how=QUIT
    done
) </dev/null 2>/dev/null &
watch=$!
exec 3<&- </dev/null
wait "$server"
status=$?
kill "$watch" 2>/dev/null
exit "$status"
"""

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_POLL_SECONDS = 0.005
_NEEDED_MB = 64
_PIDFILE_LINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What `postmaster.pid` says. Source: PostgreSQL's src/include/utils/pidfile.h."""

    pid: int
    port: int
    ready: bool

    @property
    def alive(self) -> bool:
        """True while that process exists, whoever runs it."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def running(data: Path) -> Running | None:
    """The server of this data folder; None where there is none."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        found = Running(pid=int(lines[0]), port=int(lines[3]), ready=lines[_PIDFILE_LINES - 1].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None
    return found if found.alive and _serves(found.pid, data) else None


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a server of this folder; a number is given away again, after a reboot for certain."""
    process = Path(f"/proc/{pid}")
    try:
        return (process / "cwd").samefile(data)  # a server stands in its data folder
    except PermissionError:
        return b"postgres" in (process / "cmdline").read_bytes()
    except OSError:  # not Linux
        return True


def forget_the_dead(data: Path) -> None:
    """Removes what a killed server has left behind, where there surely is none: a new one may believe that it lives.

    Sessions of it that are busy have not noticed yet, and no other server starts beside them.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").samefile(data) and (process / "comm").read_bytes() == b"postgres\n":
                os.kill(int(process.name), signal.SIGQUIT)
    (data / "postmaster.pid").unlink(missing_ok=True)


def initialise(folder: Folder, binaries: Binaries, *, durable: bool) -> None:
    """Makes the data folder, whole or not at all.

    Raises:
        EmbeddedServerError: there is no space for it, or `initdb` failed; with its last line.
    """
    # An interrupted start may have left one, and its orphaned initdb may still be at work in it.
    for abandoned in folder.place.glob("data.partial-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    _require_space(folder.place)
    partial = Path(tempfile.mkdtemp(prefix="data.partial-", dir=folder.place))
    folder.account.own(partial)
    folder.new_password()
    pwfile = folder.place / "password.initdb"
    arguments = [
        f"--pgdata={partial}",
        f"--username={USERNAME}",
        f"--pwfile={pwfile}",
        "--auth=scram-sha-256",
    ]
    arguments += ["--encoding=UTF8", "--locale=C", "--no-instructions", *([] if durable else ["--no-sync"])]
    try:
        made = _run([str(binaries.initdb), *arguments], folder)
    finally:
        pwfile.unlink()
    if made.returncode != 0:
        message = f"initdb failed: {_telling_line(made.stdout)}"
        raise EmbeddedServerError(message, fix=f"See to that; {folder.place} must be writable.")
    partial.rename(folder.data)


def _require_space(place: Path) -> None:
    free = shutil.disk_usage(place).free // 1_000_000
    if free < _NEEDED_MB:
        message = f"{place} has {free} MB free; a new PostgreSQL needs {_NEEDED_MB}."
        raise EmbeddedServerError(message, fix="Free some space, or set database.url to a server.")


def _run(command: list[str], folder: Folder) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a program found where programs are
        command,
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **folder.account.process,
    )


def _environment() -> dict[str, str]:
    """Nothing of ours but the PATH: PG* and locale variables would change what the server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def launch(
    folder: Folder, binaries: Binaries, *, pipe: int, port: int, durable: bool, options: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Starts the server below its watcher; when nobody holds the pipe's writing end any more, both end.

    Args:
        folder: where its files are.
        binaries: its programs.
        pipe: the reading end of the holders' pipe; the watcher inherits it.
        port: where it listens.
        durable: whether its data survives a crash of the machine.
        options: further settings.
    """
    settings = {
        "listen_addresses": ADDRESS,
        "port": str(port),
        "unix_socket_directories": "",
        "shared_buffers": "32MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **({} if durable else _FAST),
        **options,
    }
    server = [str(binaries.postgres), "-D", str(folder.data)]
    server += [text for key, value in settings.items() for text in ("-c", f"{key}={value}")]
    with folder.log.open("wb") as log:
        folder.account.settle(folder.log)
        return _watched(server, folder, pipe, log)


def _watched(server: list[str], folder: Folder, pipe: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our script, and a program found where programs are
        ["/bin/sh", "-c", _WATCHER, "assay-embedded", *server],
        cwd="/",
        env=_environment(),
        stdin=pipe,
        stdout=log,
        stderr=subprocess.STDOUT,
        # A terminal's Ctrl-C is for us; the server follows when we have said good-bye to it.
        start_new_session=True,
        **folder.account.process,
    )


def wait_ready(process: subprocess.Popen[bytes], folder: Folder, port: int, deadline: float) -> bool:
    """True when the server answers on the port; False where it ended. `deadline` is of the monotonic clock.

    Raises:
        EmbeddedServerError: it is not ready in time.
    """
    while process.poll() is None:
        found = running(folder.data)
        if found and found.port == port and found.ready:
            return True
        if time.monotonic() > deadline:
            message = "The embedded PostgreSQL was not ready in time."
            raise EmbeddedServerError(message, fix=f"See {folder.log}.")
        time.sleep(_POLL_SECONDS)
    return False


def start_failed(folder: Folder) -> EmbeddedServerError:
    """The error of a server that ended instead of answering, with the last line that it wrote."""
    line = _telling_line(folder.log.read_text(encoding="utf-8", errors="replace"))
    return EmbeddedServerError(f"The embedded PostgreSQL did not start: {line}", fix=f"See {folder.log}.")


def finish(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Waits for the end of a server that nobody holds, and after this many seconds makes an end of it."""
    for harder in (signal.SIGQUIT, signal.SIGKILL):
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, harder)
    process.wait()


def wait_gone(data: Path, deadline: float) -> bool:
    """Waits for the end of the server of this data folder, whoever started it; False where it does not end."""
    while running(data) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def free_port() -> int:
    """A TCP port that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind((ADDRESS, 0))
        port: int = listener.getsockname()[1]
    return port


def is_taken(port: int) -> bool:
    """True where somebody listens on the port."""
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((ADDRESS, port)) == 0


def _telling_line(text: str) -> str:
    """The last line that says why, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (fatal or lines or ["it said nothing"])[-1]
