"""`assay serve` as its users run it: a process with an embedded PostgreSQL, which leaves nothing behind."""

import asyncio
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from canaries import known
from patience import PATIENCE_SECONDS
from ports import unused_port
from services import announced

from app.database.embedded.process import running as running_server

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable.encode()
ENVIRON = {"PATH": os.environ["PATH"], "PYTHONWARNINGS": "error"}

type Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The shipped profiles, in a folder that the server's user can get to, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="assay-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in ("pyproject.toml", "settings.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "settings", folder / "settings")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    return unused_port()


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts the service; what is left of it at the end of a test is stopped, with its server, or else killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, folder: Path = home, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve", *arguments],
            cwd=folder,
            env={**ENVIRON, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.terminate()
        try:
            process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    below: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        below += [int(child), *descendants(int(child))]
    return below


def wait_gone(pids: list[int], handles: dict[int, int], seconds: float) -> list[int]:
    """Those that are still there after so many seconds; a handle becomes readable when its process ends."""
    deadline = time.monotonic() + seconds
    left = []
    for pid in pids:
        ended, _, _ = select.select([handles[pid]], [], [], max(0.0, deadline - time.monotonic()))
        if not ended:
            left.append(pid)
        os.close(handles[pid])
    return left


def answers(url: str, seconds: float) -> bool:
    """Whether the URL answers with 200 before so many seconds are over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            return httpx.get(url).status_code == 200
    return False


def test_it_says_where_it_is_once_it_serves_and_does_its_work(home: Path, start: Start, port: int) -> None:
    process = start("--port", str(port), "--workers", "2")
    assert f"http://127.0.0.1:{port}\n" in announced(process)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
        ready = client.get("/health/ready")
        status = client.get("/config/database/status").json()
        probe = client.post("/config/database/test", content="{}").json()
        report = client.get("/config/validate?environment=all")
        key = client.get("/config/explain/database.pool.size").json()
    command = [sys.executable, "-m", "app", "check", "--format", "json"]
    told = subprocess.run(command, cwd=home, env=ENVIRON, capture_output=True, check=False)
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert (status["connected"], status["migrations"]["pending"], status["failure"]) == (True, 0, None)
    assert probe["ok"]
    assert probe["target"] == status["target"]
    assert report.content == told.stdout.removesuffix(b"\n")
    assert key["key"] == "database.pool.size"


@pytest.mark.parametrize(
    ("send", "number"),
    [(os.kill, signal.SIGTERM), (os.kill, signal.SIGINT), (os.killpg, signal.SIGINT)],
    ids=["SIGTERM", "SIGINT", "Ctrl-C"],
)
def test_told_to_stop_it_ends_cleanly(
    start: Start, port: int, send: Callable[[int, int], None], number: signal.Signals
) -> None:
    """A terminal sends what Ctrl-C means to every process of its group."""
    process = start("--port", str(port), "--workers", "2")
    announced(process)
    below = descendants(process.pid)
    handles = {pid: os.pidfd_open(pid) for pid in below}
    send(process.pid, number)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert wait_gone(below, handles, PATIENCE_SECONDS) == []
    assert [line for line in process.communicate()[1].splitlines() if "[debug" not in line] == []


def test_killed_it_leaves_neither_a_worker_nor_a_postgresql(start: Start, port: int) -> None:
    process = start("--port", str(port), "--workers", "2")
    announced(process)
    below = descendants(process.pid)
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in below]
    handles = {pid: os.pidfd_open(pid) for pid in below}
    process.kill()
    process.wait()
    assert wait_gone(below, handles, PATIENCE_SECONDS) == []
    assert len([command for command in commands if command.startswith(PYTHON)]) == 2
    assert [command for command in commands if b"/bin/postgres" in command]


def test_a_worker_that_dies_is_replaced(start: Start, port: int) -> None:
    process = start("--port", str(port))
    announced(process)
    workers = [pid for pid in descendants(process.pid) if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(PYTHON)]
    handles = {pid: os.pidfd_open(pid) for pid in workers}
    os.kill(workers[0], signal.SIGKILL)
    assert wait_gone(workers, handles, PATIENCE_SECONDS) == []
    assert answers(f"http://127.0.0.1:{port}/health/ready", PATIENCE_SECONDS)


async def test_every_probe_is_remembered(home: Path, start: Start, port: int) -> None:
    process = start("--port", str(port))
    announced(process)
    asked = ({"environment": "testing"}, {"host": "127.0.0.1", "port": 1, "password": "canary-3"})
    password = known(next(home.glob(".assay/postgres/password")).read_text())  # noqa: ASYNC240 - a short file
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
        target = (await client.get("/config/database/status")).json()["target"]
        session = await asyncpg.connect(
            host=target["host"],
            port=target["port"],
            user=target["username"],
            database=target["name"],
            password=password,
        )
        before = await session.fetchval("SELECT count(*) FROM probe")
        for body in asked:
            await client.post("/config/database/test", json=body)
    rows: list[asyncpg.Record] = []
    async with asyncio.timeout(PATIENCE_SECONDS):  # an answer does not wait for its record
        while len(rows) < len(asked):
            rows = await session.fetch("SELECT * FROM probe ORDER BY position OFFSET $1", before)
    await session.close()
    assert [(row["environment"], row["asked_by"], row["ok"]) for row in rows] == [
        ("testing", "operator", True),
        (None, "operator", False),
    ]
    assert "canary" not in str(rows)


def test_settings_with_errors_are_refused_finding_by_finding(start: Start, port: int) -> None:
    process = start("--port", str(port), ENV_FOR_DYNACONF="production")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (2, "")
    assert "database.password" in err
    assert "Traceback" not in err


def test_an_unknown_environment_is_refused_and_the_nearest_is_named(start: Start, port: int) -> None:
    process = start("--port", str(port), ENV_FOR_DYNACONF="prodution")
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert "'production'" in err


def test_a_production_like_environment_without_tokens_is_refused(start: Start, port: int) -> None:
    secrets = {
        "ASSAY_APP__SECRET_KEY": "canary-k7w2q9" + "z4x8" * 12,
        "ASSAY_DATABASE__PASSWORD": "canary-zR4-long-enough-and-odd",
    }
    process = start("--port", str(port), ENV_FOR_DYNACONF="staging", **secrets)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert "ASSAY_AUTH__TOKENS" in err


def test_a_port_in_use_is_told(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert f"port {port}" in err
    assert "--port" in err


def test_a_strangers_project_is_diagnosed_and_its_database_left_alone(start: Start, port: int, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[default]\nport = 1\n[production]\nport = 2\n")
    url = "postgresql://u:canary-4@db.invalid/x"
    process = start("--port", str(port), folder=tmp_path, DATABASE_URL=url, DYNACONF_X="1")
    announced(process)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
        status = client.get("/config/database/status").json()
        values = client.get("/config/values?environment=production").json()["values"]
    assert (status["configured"], status["target"]) == (False, None)
    assert [(value["key"], value["value"]) for value in values] == [("port", 2)]


def test_a_home_without_the_services_settings_is_refused(start: Start, port: int, tmp_path: Path) -> None:
    process = start("--port", str(port), "--home", str(tmp_path))
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert "app.schema:Settings" in err


def test_an_embedded_server_that_is_killed_is_started_again_and_health_tells_meanwhile(
    home: Path, start: Start, port: int
) -> None:
    url = f"http://127.0.0.1:{port}"
    service = start("--port", str(port))
    announced(service)
    found = running_server(home / ".assay/postgres/data")
    assert found
    with (home / ".assay/postgres.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # nobody starts it meanwhile
        os.kill(found.pid, signal.SIGKILL)
        away = until_health(url, lambda database: database["message"] is not None and "again" in database["message"])
    back = until_health(url, lambda database: database["status"] == "ok")
    counted = httpx.get(f"{url}/metrics", timeout=PATIENCE_SECONDS).text
    assert (away, back["message"]) == (
        {"status": "failed", "message": "The embedded database has ended and is started again."},
        None,
    )
    assert "assay_embedded_restarts_total 1.0" in counted


def until_health(url: str, holds: Callable[[Any], bool]) -> Any:
    """What health says of the database, once it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = httpx.get(f"{url}/health", timeout=PATIENCE_SECONDS).json()["checks"]["database"]
        if holds(found):
            return found
    pytest.fail(f"health still says {found}")
