"""What is asked of a worker that has as many streams as it may have: its memory, and whether it still answers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from http.client import HTTPConnection
from pathlib import Path

_PATIENCE_SECONDS = 10
_EVERY_SECONDS = 0.02


def resident_mb(process: int) -> int:
    """The resident memory of a process, in MB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) // 1024


def one_more(port: int, token: str) -> str:
    """What somebody is answered who asks for another stream."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/releases/production/events", headers={"Authorization": f"Bearer {token}"})
        return str(connection.getresponse().status)


@asynccontextmanager
async def live_answers(port: int) -> AsyncIterator[list[float]]:
    """How many seconds each answer of `/health/live` took, on a connection of its own; asked for all the while."""
    seconds: list[float] = []
    asking = asyncio.create_task(_ask(port, seconds))
    try:
        yield seconds
    finally:
        asking.cancel()


async def _ask(port: int, seconds: list[float]) -> None:
    while True:
        seconds.append(await asyncio.to_thread(_live_seconds, port))
        await asyncio.sleep(_EVERY_SECONDS)


def _live_seconds(port: int) -> float:
    began = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)) as connection:
        connection.request("GET", "/health/live")
        connection.getresponse().read()
    return time.monotonic() - began
