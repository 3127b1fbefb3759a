"""The service under mixed load for a long time: what grows in it, and how fast.

`python -m benchmarks.soak [MINUTES [FILE]]` prints a table; the first quarter of the time is warm-up, and is left out
of it. The file gets every sample, as comma-separated values.
"""

import asyncio
import hashlib
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from statistics import linear_regression, median

import httpx

from tests.load_client import Listener, Load
from tests.services import OwnDatabase, Running, descendants, new_home, own_database, running

MINUTES = 30
AIM = "under 1 MB in ten minutes"
_RATE, _CONNECTIONS, _STREAMS = 40, 8, 10
_SAMPLE_SECONDS = 5
_TEN_MINUTES = 600
_MB = 1_000_000
_SHOWN = 5
_ROUTES = (
    "/config/validate", "/config/validate?environment=all", "/config/values?environment=production", "/config/matrix",
    "/config/explain/database.pool.size?environment=staging", "/config/explain/database.pool.sise", "/config/history",
    "/config/environments", "/config/database/status", "/config/diff?left=staging&right=production", "/health",
    "/config/history/key/server.port?environment=staging", "/", "/?view=matrix", "/?view=findings",
    "/metrics", "/nowhere",
)  # fmt: skip
_OPERATOR, _GUEST = "soak-operator", "soak-guest"
_PROBED = {"environment": "development"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One process at one moment.

    Attributes:
        process: which one.
        at: seconds since the start.
        memory: resident, in bytes.
        descriptors: how many are open.
        threads: how many run.
    """

    process: str
    at: float
    memory: int
    descriptors: int
    threads: int


@dataclass(kw_only=True)
class Soak:
    """What goes on with a service, and what was seen of it."""

    log: Path | None
    home: Path
    service: Running
    database: OwnDatabase
    ends: float
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - nobody is to guess it
    begun: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    tasks: list[tuple[float, int]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Everything at once, until its end."""
        load = Load(url=self.service.url, routes=_ROUTES, token=_OPERATOR, connections=_CONNECTIONS, rate=_RATE)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            for _ in range(_STREAMS):
                group.create_task(self._often("event streams", 2, self._listen))
            for name, seconds, act in (
                ("edits", 2, self._edit), ("probes", 3, self._probe), ("tokens given and taken back", 7, self._token),
                ("sessions", 5, self._session), ("database stopped and started", 120, self._restart),
                ("database frozen", 170, self._freeze),
            ):  # fmt: skip
                group.create_task(self._often(name, seconds, act))
            group.create_task(self._often("samples", _SAMPLE_SECONDS, self._sample))
            while time.monotonic() < self.ends:
                await asyncio.sleep(1)
                self._count(load)
            load.stop()

    async def _often(self, name: str, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
        """Does something about so often."""
        while (left := self.ends - time.monotonic()) > 0:
            await asyncio.sleep(min(left, seconds * self.chance.uniform(0.5, 1.5)))
            try:
                await act()
                self.done[name] += 1
            except httpx.HTTPError:
                self.done[f"{name}, failed"] += 1

    def _count(self, load: Load) -> None:
        for answer in load.answers:
            self.done[f"answers {answer.status // 100}xx" if answer.whole else "answers broken off"] += 1
        load.answers.clear()

    def _client(self, token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.service.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    async def _listen(self) -> None:
        """Listens for a while and leaves without a word."""
        listener = Listener(url=self.service.url, route="/events?also=recorded", token=_OPERATOR)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.chance.uniform(0.1, 20)):
                await listener.run()

    async def _edit(self) -> None:
        """Another value; now and then a broken file, or one more section."""
        name = self.chance.choice(["testing", "staging"])
        number, is_broken = self.chance.randrange(1024, 60_000), self.chance.random() < 0.1  # noqa: PLR2004 - one in ten
        text = f"[{name}.server]\nport = {number}\n\n[{name}.logging]\nlevel = 'info'\n"
        (self.home / "settings" / f"{name}.toml").write_text(text + ("[broken\n" if is_broken else ""))

    async def _probe(self) -> None:
        async with self._client(_OPERATOR) as client:
            await client.post("/config/database/test", json=_PROBED)

    async def _token(self) -> None:
        """Gives the guest a token, or takes it back."""
        names = [_OPERATOR, *([_GUEST] if self.chance.random() < 0.5 else [])]  # noqa: PLR2004 - every other time
        (self.home / ".secrets.toml").write_text(secrets(*names))

    async def _session(self) -> None:
        async with self._client(_OPERATOR) as client:
            signed = await client.post("/session", json={"token": _OPERATOR})
            if signed.is_success:
                await client.delete("/session", headers={"X-CSRF-Token": signed.json()["csrf"] or ""})

    async def _restart(self) -> None:
        async with self.turn:
            await asyncio.to_thread(self.database.stop)
            await asyncio.sleep(self.chance.uniform(0.5, 10))
            await asyncio.to_thread(self.database.start)

    async def _freeze(self) -> None:
        async with self.turn:
            self.database.freeze()
            await asyncio.sleep(self.chance.uniform(0.5, 10))
            self.database.thaw()

    async def _sample(self) -> None:
        at = time.monotonic() - self.begun
        parent = self.service.process.pid
        for number, pid in enumerate([parent, *descendants(parent)]):
            self.samples.append(_sample(f"worker {number}" if number else "parent", pid, at))
            self._note(self.samples[-1])
        async with self._client(_OPERATOR) as client:
            told = (await client.get("/metrics")).text
        self.tasks += [
            (at, int(float(line.split()[1]))) for line in told.splitlines() if line.startswith("assay_tasks")
        ]

    def _note(self, sample: Sample) -> None:
        if self.log:
            with self.log.open("a") as file:
                file.write(",".join(map(str, astuple(sample))) + "\n")

    def table(self) -> Iterator[str]:
        """The figures as Markdown, then what was done."""
        yield "| process | RSS MB, warm | at the end | MB in ten minutes | descriptors | threads | tasks | aim |"
        yield "|---|---:|---:|---:|---:|---:|---:|---|"
        warm = (self.ends - self.begun) / 4
        for process in dict.fromkeys(sample.process for sample in self.samples):
            seen = [sample for sample in self.samples if sample.process == process and sample.at >= warm]
            tasks = [number for at, number in self.tasks if at >= warm] if process != "parent" else []
            yield _row(process, seen, tasks)
        yield f"\nDone: {', '.join(f'{number} {name}' for name, number in sorted(self.done.items()))}."


def _sample(process: str, pid: int, at: float) -> Sample:
    folder = Path(f"/proc/{pid}")
    said = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    return Sample(
        process=process,
        at=at,
        memory=int(said["VmRSS"].split()[0]) * 1024,
        descriptors=len(list((folder / "fd").iterdir())),
        threads=int(said["Threads"]),
    )


def _row(process: str, seen: Sequence[Sample], tasks: Sequence[int]) -> str:
    slope = linear_regression([one.at for one in seen], [one.memory for one in seen]).slope * _TEN_MINUTES / _MB
    first, last = (median(one.memory for one in part) / _MB for part in (seen[:_SHOWN], seen[-_SHOWN:]))
    ranges = (_range([one.descriptors for one in seen]), _range([one.threads for one in seen]), _range(tasks))
    return f"| {process} | {first:.1f} | {last:.1f} | {slope:+.2f} | {' | '.join(ranges)} | {AIM} |"


def _range(numbers: Sequence[int]) -> str:
    """What they were in the first and in the last third: from, median, to."""
    thirds = [part for part in (numbers[: len(numbers) // 3], numbers[-(len(numbers) // 3) :]) if part]
    return " → ".join(f"{min(part)}/{median(part):.0f}/{max(part)}" for part in thirds) or "-"


def secrets(*names: str) -> str:
    """A profile that makes these tokens known."""
    listed = (
        f'{{name = "{name}", role = "{"operator" if name == _OPERATOR else "viewer"}", '
        f'sha256 = "{hashlib.sha256(name.encode()).hexdigest()}"}}'
        for name in names
    )
    return f"[default.auth]\ntokens = [{', '.join(listed)}]\n"


def soaked(minutes: float, log: Path | None = None) -> Soak:
    """A service after so many minutes; each sample goes to the log."""
    with own_database() as database, new_home() as home:
        (home / ".secrets.toml").write_text(secrets(_OPERATOR))
        environ = {**database.environ, "ASSAY_HISTORY__MIGRATE_ON_START": "true", "ASSAY_LOGGING__LEVEL": "error"}
        with running(home, environ=environ) as service:
            ends = time.monotonic() + minutes * 60
            soak = Soak(log=log, home=home, service=service, database=database, ends=ends)
            asyncio.run(soak.run())
    return soak


if __name__ == "__main__":
    minutes, *rest = *sys.argv[1:], str(MINUTES)
    print("\n".join(soaked(float(minutes), *(Path(file) for file in rest[:-1])).table()))
