"""Flask under gunicorn and Litestar under granian, with several workers: the real servers, as they are run."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from patience import PATIENCE_SECONDS, eventually
from ports import unused_port
from release_server import ReleaseServer
from scripts import environ
from services import descendants

SETTINGS = """
import os
import assay_client
from dynaconf import Dynaconf

settings = Dynaconf(environments=True, settings_files=["settings.toml"], loaders=["assay_client.loader"])

settings.one  # Dynaconf loads at the first access, and each worker is to follow from the start

def state():
    return {"pid": os.getpid(), "one": settings.one, "other": settings.other}

def wait():
    with open("go") as pipe:
        pipe.read()
"""
FLASK = """
from flask import Flask, Response
from shared import assay_client, settings, state, wait

app = Flask(__name__)
app.wsgi_app = assay_client.WsgiSnapshots(app.wsgi_app)
app.get("/")(state)

@app.get("/long")
def long():
    def pieces():
        yield f"{settings.one}\\n"
        wait()
        yield f"{settings.other}\\n"
    return Response(pieces())
"""
LITESTAR = """
import anyio
from litestar import Litestar, get
from litestar.response import Stream
from shared import assay_client, settings, state, wait

@get("/", sync_to_thread=True)
def short() -> dict[str, int]:
    return state()

@get("/long")
async def long() -> Stream:
    async def pieces():
        yield f"{settings.one}\\n"
        await anyio.to_thread.run_sync(wait)
        yield f"{settings.other}\\n"
    return Stream(pieces)

app = Litestar([short, long], middleware=[assay_client.AsgiSnapshots])
"""
GUNICORN = ["gunicorn", "--workers", "4", "--threads", "4", "--no-control-socket", "--bind", "127.0.0.1:{port}",
            "--timeout", str(int(PATIENCE_SECONDS)), "--keep-alive", str(int(PATIENCE_SECONDS))]  # fmt: skip
"""A pause of a busy machine is no idle connection that is closed just as the next request comes."""

GRANIAN = ["granian", "--interface", "asgi", "--workers", "2", "--host", "127.0.0.1", "--port", "{port}"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How an application is served."""

    code: str
    command: list[str]
    workers: int
    packages: tuple[Path, ...] = ()


FRAMEWORKS = Path(sys.prefix) / "frameworks"
"""Flask and gunicorn, which `make test` puts apart from everything else."""

KINDS = {
    "Flask under gunicorn": Kind(code=FLASK, command=GUNICORN, workers=4, packages=(FRAMEWORKS,)),
    "Flask under gunicorn, loaded before it forks": Kind(
        code=FLASK, command=[*GUNICORN, "--preload"], workers=4, packages=(FRAMEWORKS,)
    ),
    "Litestar under granian": Kind(code=LITESTAR, command=GRANIAN, workers=2),
}


@contextmanager
def served(kind: Kind, folder: Path, service: ReleaseServer) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The application's server and its address, from when it answers."""
    (folder / "shared.py").write_text(SETTINGS)
    (folder / "application.py").write_text(kind.code)
    os.mkfifo(folder / "go")
    port = unused_port()
    module, *arguments = [part.format(port=port) for part in kind.command]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments, "application:app"],
        cwd=folder,
        env=environ({"ASSAY_SERVICE_URLS": service.url, "ASSAY_LAST_GOOD": str(folder / "good.json")}, kind.packages),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        assert eventually(lambda: process.poll() is None and answers(url)), process.communicate()[0]
        yield process, url
    finally:
        process.terminate()  # its workers, which hold the other end of its output, end with it
        process.communicate(timeout=PATIENCE_SECONDS)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=PATIENCE_SECONDS).is_success
    except httpx.TransportError:
        return False


def running(service: ReleaseServer, number: int) -> set[int]:
    """The processes that say that they run with a release."""
    names = [str(report["name"]) for report in service.reports if report["release"] == number]
    return {int(name.rpartition(":")[2]) for name in names}


@pytest.mark.parametrize("name", KINDS)
def test_every_worker_switches_and_a_request_that_is_under_way_keeps_its_snapshot(
    tmp_path: Path, service: ReleaseServer, name: str
) -> None:
    kind = KINDS[name]

    def every_worker_runs(number: int) -> bool:
        return len(running(service, number) & set(descendants(process.pid))) >= kind.workers

    service.release(7, {"one": 7, "other": 7})
    with served(kind, tmp_path, service) as (process, url):
        with httpx.stream("GET", f"{url}/long", timeout=PATIENCE_SECONDS) as answer:
            pieces = answer.iter_lines()
            assert next(pieces) == "7"
            service.release(8, {"one": 8, "other": 8})
            with service.changed:
                assert service.changed.wait_for(lambda: every_worker_runs(8), PATIENCE_SECONDS)
            assert {httpx.get(url, timeout=PATIENCE_SECONDS).json()["one"] for _ in range(20)} == {8}
            (tmp_path / "go").write_text("now")
            assert next(pieces) == "7"
        process.send_signal(signal.SIGTERM)
        below = descendants(process.pid)
        process.wait(PATIENCE_SECONDS)
        assert eventually(lambda: not [pid for pid in below if Path(f"/proc/{pid}").exists()])
        assert eventually(lambda: service.open_streams == 0)


@pytest.mark.parametrize("name", KINDS)
def test_no_request_sees_two_releases_while_many_come(tmp_path: Path, service: ReleaseServer, name: str) -> None:
    service.release(1, {"one": 1, "other": 1})
    mixed: list[object] = []
    seen: set[int] = set()
    changed, done = threading.Condition(), threading.Event()

    def ask(url: str) -> None:
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            while not done.is_set():
                state = client.get(url).json()
                with changed:
                    seen.add(state["one"])
                    mixed.extend([state] if state["one"] != state["other"] else [])
                    changed.notify_all()

    with served(KINDS[name], tmp_path, service) as (_, url):
        asking = [threading.Thread(target=ask, args=(url,)) for _ in range(3)]
        for thread in asking:
            thread.start()
        for number in range(2, 8):
            service.release(number, {"one": number, "other": number})
            with changed:
                assert changed.wait_for(lambda number=number: number in seen, PATIENCE_SECONDS)
        done.set()
        for thread in asking:
            thread.join()
    assert mixed == []
