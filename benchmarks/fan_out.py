"""How soon everybody has a release: three replicas, a primary with a streaming standby, and who listens.

`make bench ROW=fan-out` prints this table alone. The clock runs from the commit on, which waits for the standby.
"""

import asyncio
import json
import os
import resource
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from app.database.engine import ConnectionManager
from app.releases.body import ReleaseBody
from app.releases.store.durability import require_synchronous
from app.releases.store.publishing import publish
from benchmarks.full_worker import live_answers, one_more, resident_mb
from benchmarks.servers import REPOSITORY
from tests.release_histories.database_pair import Pair, servers_home
from tests.release_histories.replica import CLIENT, Replica, variables
from tests.releases_kit import body, release_draft

REPLICAS, RUNS = 3, 3
_KEYS = 250
_START_SECONDS, _RELEASE_SECONDS = 180, 120
_FILES = 200_000
_LIBRARY = REPOSITORY / "tests" / "release_histories" / "client_process.py"
_CROWD = REPOSITORY / "benchmarks" / "fan_out_crowd.py"
_FEW = 30
_OPTIONS = 'name = "orders"\nknown_environments = ["production"]\n'


def tables() -> Iterator[str]:
    """The times of each run, as Markdown."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, most), most))
    yield "\n".join(asyncio.run(measured(_ROWS)))
    yield "\n".join(asyncio.run(_failures()))
    yield "\n".join(asyncio.run(_filled()))


class Row(Struct, frozen=True, kw_only=True):
    """Who listens.

    Attributes:
        who: as the table calls them.
        size: how many they are.
        processes: over how many processes they spread.
        kind: what `fan_out_crowd` calls them; None for the client that applications use, with its two threads.
    """

    who: str
    size: int
    processes: int
    kind: str | None
    aim: str


_FULL = Row(who="", size=10_000, processes=2, kind="listeners", aim="")
_BEAT_SECONDS = 20
"""Every stream has had a sign of life meanwhile."""

_ROWS = (
    Row(who="1,000 clients", size=1000, processes=2, kind="clients", aim="< 1 s"),
    Row(who="5,000 streams", size=5000, processes=2, kind="listeners", aim="< 2 s"),
    Row(who="1,000 of `assay_client`, 20 processes on the same cores", size=1000, processes=20, kind=None, aim=""),
)


async def measured(rows: Sequence[Row], replicas: int = REPLICAS, runs: int = RUNS) -> list[str]:
    """A table of how soon the last of each row has each of so many releases, as Markdown."""
    lines = [f"| commit → the last of | {' | '.join(f'run {one + 1}' for one in range(runs))} | aim |"]
    lines.append(f"|---|{'---:|' * (runs + 1)}")
    for row in rows:
        with servers_home() as folder:
            async with _service(folder, replicas) as service:
                seconds = await service.runs(row, runs)
        lines.append(f"| {row.who} | {' | '.join(f'{one:.2f} s' for one in seconds)} | {row.aim} |")
    return lines


async def _failures() -> list[str]:
    lines = ["| what fails | until a release is made | commit → the last of 30 clients |", "|---|---:|---:|"]
    row = Row(who="", size=_FEW, processes=3, kind=None, aim="")
    for name, fail in _FAULTS.items():
        with servers_home() as folder:
            async with _service(folder) as service:
                processes = await service.library(row)
                number, _ = await service.release()
                await asyncio.gather(*(_arrived(one, number, row) for one in processes))
                began = time.monotonic()
                await fail(service)
                number, at = await service.release()
                last = max(await asyncio.gather(*(_arrived(one, number, row) for one in processes)))
        lines.append(f"| {name} | {at - began:.2f} s | {last - at:.2f} s |")
    return lines


async def _filled() -> list[str]:
    """One worker with as many streams as it may have, and three releases: what it takes, and how soon it answers."""
    with servers_home() as folder:
        async with _service(folder, replicas=1, streams=_FULL.size) as service:
            (worker,) = service.workers
            before = resident_mb(worker)
            processes = await service.crowd(_FULL)
            async with live_answers(service.ports[0]) as answers:
                seconds = [await service.delivered(processes, _FULL) for _ in range(RUNS)]
                await asyncio.sleep(_BEAT_SECONDS)
            held, refused = resident_mb(worker), await asyncio.to_thread(one_more, service.ports[0], CLIENT)
    times = sorted(1000 * one for one in answers)
    live = f"{times[len(times) // 2]:.0f}, {times[len(times) * 99 // 100]:.0f}, {times[-1]:.0f} ms"
    cells = ["10,000 streams", f"{before} MB", f"{held} MB", refused, f"{max(seconds):.2f} s", live]
    return [
        "| one worker | alone | with them | one more | commit → the last of them | live: median, p99, slowest |",
        "|---|---:|---:|---|---:|---:|",
        f"| {' | '.join(cells)} |",
    ]


class _Service:
    """Replicas and a database, and who listens to them.

    Args:
        folder: where everything is kept.
        pair: the databases, which run.
        replicas: which run, too.
        manager: of the primary.
        stack: ends what is started.
    """

    def __init__(
        self, folder: Path, pair: Pair, replicas: list[Replica], manager: ConnectionManager, stack: AsyncExitStack
    ) -> None:
        self._folder, self._pair, self._replicas, self._stack = folder, pair, replicas, stack
        self._manager = manager
        self._newest: int | None = None
        self._waits = True

    @property
    def ports(self) -> list[int]:
        """Where the replicas listen."""
        return [replica.port for replica in self._replicas]

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return [pid for replica in self._replicas for pid in replica.workers]

    async def kill_replica(self) -> None:
        """One replica is gone."""
        await asyncio.to_thread(self._replicas[0].kill)

    async def freeze_replica(self) -> None:
        """One replica stands still, with all its connections."""
        await asyncio.to_thread(self._replicas[0].freeze)

    async def fail_over(self) -> None:
        """The primary is gone, and its standby is promoted; from now on releases wait for none."""
        await self._pair.fail_over()
        self._manager.use(self._pair.primary.target)
        self._waits = False

    async def release(self) -> tuple[int, float]:
        """Releases other values; the id, and when the commit began."""
        async with self._manager.session() as session:
            if self._waits:
                await require_synchronous(session)
            number = (self._newest or 0) + 1
            made = await publish(session, release_draft(self._newest, body=_body(number)))
            at = time.monotonic()
        self._newest = made.id
        return made.id, at

    async def runs(self, row: Row, times: int) -> list[float]:
        """How many seconds it took each time until the last one had a release."""
        processes = await (self.library(row) if row.kind is None else self.crowd(row))
        seconds = [await self.delivered(processes, row) for _ in range(times)]
        for one in processes:
            cast("asyncio.StreamWriter", one.stdin).close()
            await one.wait()
        return seconds

    async def delivered(self, processes: list[Process], row: Row) -> float:
        """How many seconds it takes until the last one has another release."""
        number, at = await self.release()
        async with asyncio.timeout(_RELEASE_SECONDS):
            return max(await asyncio.gather(*(_arrived(one, number, row) for one in processes))) - at

    async def library(self, row: Row) -> list[Process]:
        """Processes of clients, all of which have the newest release."""
        number, _ = await self.release()
        urls = ",".join(f"http://127.0.0.1:{port}" for port in self.ports)
        environments = ",".join(["production"] * (row.size // row.processes))
        started = [
            await self._started(_LIBRARY, urls, CLIENT, environments, str(self._folder), str(one), "1")
            for one in range(row.processes)
        ]
        async with asyncio.timeout(_START_SECONDS):
            await asyncio.gather(*(_arrived(one, number, row) for one in started))
        return started

    async def crowd(self, row: Row) -> list[Process]:
        """Processes of those who listen, when all do."""
        ports = [str(port) for port in self.ports]
        size = str(row.size // row.processes)
        started = [await self._started(_CROWD, str(row.kind), size, CLIENT, *ports) for _ in range(row.processes)]
        async with asyncio.timeout(_START_SECONDS):
            for one in started:
                while (line := await cast("asyncio.StreamReader", one.stdout).readline()) != b"ready\n":
                    if not line:
                        raise RuntimeError("A process has ended before all of it listened.")
        return started

    async def _started(self, program: Path, *arguments: str) -> Process:
        environ = {"PYTHONPATH": str(REPOSITORY / "clients/python/src"), "PATH": os.environ["PATH"]}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(program), *arguments, stdin=PIPE, stdout=PIPE, env=environ
        )
        self._stack.push_async_callback(_ended, process)
        return process


async def _nothing(_: _Service) -> None:
    """All is well."""


_FAULTS: Mapping[str, Callable[[_Service], Awaitable[None]]] = {
    "nothing": _nothing,
    "a replica is killed": _Service.kill_replica,
    "a replica hangs": _Service.freeze_replica,
    "the primary is lost, and its standby promoted at once": _Service.fail_over,
}


async def _ended(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


async def _arrived(process: Process, number: int, row: Row) -> float:
    """When the last of a process had a release."""
    waits = row.size // row.processes
    async for line in cast("asyncio.StreamReader", process.stdout):
        if row.kind is None:
            told: dict[str, Any] = json.loads(line)
            waits -= told.get("id") == number
            if not waits:
                return float(told["at"])
        elif line.split()[0] == str(number).encode():
            return float(line.split()[1])
    raise RuntimeError(f"A process has ended before all of it had release {number}.")


@asynccontextmanager
async def _service(folder: Path, replicas: int = REPLICAS, streams: int = 20_000) -> AsyncIterator[_Service]:
    """Everything that serves, for as long; which has one release."""
    pair = Pair(folder, None)
    root = folder / "orders"
    root.mkdir()
    (root / "assay.toml").write_text(_OPTIONS)
    async with AsyncExitStack() as stack:
        stack.callback(pair.stop)
        await pair.start()
        ports = [node.port for node in pair.nodes]
        environ = {**variables(pair.primary.target, ports), "ASSAY_SERVER__MAX_STREAMS": str(streams)}
        started = [Replica(root, folder / f"replica-{one}.log", environ) for one in range(replicas)]
        for replica in started:
            stack.callback(replica.kill)
        await asyncio.gather(*(asyncio.to_thread(replica.start) for replica in started))
        manager = ConnectionManager(pair.primary.target)
        stack.push_async_callback(manager.close)
        service = _Service(folder, pair, started, manager, stack)
        await service.release()
        yield service


def _body(number: int) -> ReleaseBody:
    """Some 20 kB of values that are as hard to compress as hexadecimal digits are; one of them is another each time."""
    values = {f"key{one}": sha256(str(one).encode()).hexdigest() for one in range(_KEYS)}
    return body(**values, number=number)
