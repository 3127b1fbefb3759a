"""More callers with an open stream than the service takes: they are turned away, and everybody else is answered."""

import asyncio
import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from patience import PATIENCE_SECONDS
from services import new_home, running

STREAMS = 1300
ANSWERED = 550
"""By each worker, so that two of them hold more than the 1,024 at which the server's own default stops accepting."""

WORKERS = 2
AT_ONCE = 100
LIMITS = {
    "ASSAY_SERVER__MAX_STREAMS": str(ANSWERED),
    "ASSAY_SERVER__MAX_STREAMS_PER_CALLER": "10000",
    "ASSAY_DATABASE__EMBEDDED": "false",
}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with new_home() as folder:
        yield folder


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many open files as the test needs, where the system allows them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * STREAMS)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def asked(port: int, path: str, kept: AsyncExitStack) -> int:
    """The status that a new connection gets; the connection stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    kept.callback(writer.close)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return int((await reader.readline()).split()[1])


@pytest.mark.usefixtures("many_files")
async def test_beyond_the_open_streams_callers_are_told_so_and_the_sign_of_life_answers(home: Path) -> None:
    with running(home, "--workers", str(WORKERS), environ=LIMITS) as service:
        port = urlsplit(service.url).port or 0
        async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as kept:
            statuses: Counter[int] = Counter()
            for _ in range(STREAMS // AT_ONCE):
                statuses.update(await asyncio.gather(*(asked(port, "/events", kept) for _ in range(AT_ONCE))))
            live = [await asked(port, "/health/live", kept) for _ in range(20)]
    assert set(statuses) == {200, 503}
    assert ANSWERED <= statuses[200] <= WORKERS * ANSWERED
    assert live == [200] * 20
