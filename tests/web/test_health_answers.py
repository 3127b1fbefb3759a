"""/health: how the service is, whatever its database does."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from patience import PATIENCE_SECONDS
from services import new_home, running

from app.database.embedded.disk_space import free_bytes
from app.service.health import disk

MEGABYTE = 1_000_000
QUIET = "[default.history]\nenabled = false\n"


class Silent:
    """Somebody who takes connections and never says a word."""

    def __init__(self) -> None:
        self.callers = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers += 1
        await reader.read()
        writer.close()


def settings(port: int, *, needed: str) -> dict[str, str]:
    database = f'[default.database]\nhost = "127.0.0.1"\nport = {port}\npassword = "canary-5d1"\n'
    return {"settings.toml": f"{database}[default.diagnostics]\nreadiness_needs_database = {needed}\n{QUIET}"}


async def test_whether_readiness_needs_the_database_follows_the_profiles(own: Any, ask: Any, unused_port: int) -> None:
    home = own(settings(unused_port, needed="true"))
    async with ask(home.root) as client:
        needed = await client.get("/health/ready")
        home.write(settings(unused_port, needed="false"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (ready := await client.get("/health/ready")).status_code != 200:
                pass
    assert (needed.status_code, needed.json()["status"]) == (503, "failed")
    assert ready.json()["status"] == ready.json()["checks"]["database"]["status"] == "degraded"


async def test_those_who_ask_at_once_share_one_look_at_the_database(own: Any, ask: Any) -> None:
    silent = Silent()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with ask(own(settings(port, needed="true")).root) as client:
            await client.service.delivery.__aexit__()  # it calls, too
            before = silent.callers
            async with asyncio.timeout(PATIENCE_SECONDS):
                answers = await asyncio.gather(*(client.get("/config/database/status") for _ in range(20)))
            assert silent.callers == before + 1
    assert {answer.json()["connected"] for answer in answers} == {False}
    assert len({answer.content for answer in answers}) == 1


async def test_health_does_not_wait_as_long_as_the_database_may_take(own: Any, ask: Any) -> None:
    async with await asyncio.start_server(Silent(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with ask(own(settings(port, needed="true")).root) as client:
            status = asyncio.create_task(client.get("/config/database/status"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                health = await client.get("/health")
                assert not status.done()
                await status
    assert health.json()["checks"]["database"] == {
        "status": "failed",
        "message": "The database does not answer in time.",
    }


def test_the_disk_of_an_embedded_database_is_told_and_that_of_another_is_not(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[production]\nport = 1\n")
    with new_home() as home, running(home) as service:
        embedded = httpx.get(f"{service.url}/health", timeout=PATIENCE_SECONDS).json()["checks"]
    with running(tmp_path) as service:
        none = httpx.get(f"{service.url}/health", timeout=PATIENCE_SECONDS).json()["checks"]
    assert embedded["disk"].keys() == {"status", "message"}
    assert "disk" not in none


@pytest.mark.parametrize(
    ("free", "status", "message"),
    [
        (256 * MEGABYTE, "ok", None),
        (256 * MEGABYTE - 1, "degraded", "The embedded database has 255 MB of disk space left."),
        (1, "degraded", "The embedded database has 0 MB of disk space left."),
        (0, "failed", "The embedded database has 0 MB of disk space left."),
    ],
)
def test_little_space_is_told_before_there_is_none(free: int, status: str, message: str | None) -> None:
    check = disk(free)
    assert (check.status, check.message) == (status, message)


def test_the_space_is_looked_for_where_the_data_is(tmp_path: Path) -> None:
    state, elsewhere = tmp_path / ".assay", tmp_path / "elsewhere"
    state.mkdir()
    assert free_bytes(tmp_path) is None
    (state / "postgres.location").write_text(f"{elsewhere}\n")
    assert free_bytes(tmp_path) is None
    elsewhere.mkdir()
    found = free_bytes(tmp_path)
    assert found is not None
    assert 0 <= found <= shutil.disk_usage(elsewhere).total
