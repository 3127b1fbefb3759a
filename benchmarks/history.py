"""The history of a busy year: how fast it answers, how much room it takes, and what its retention costs others.

`python -m benchmarks.history` measures it alone; all is recorded as a service records it, which takes minutes.
"""

import asyncio
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

from sqlalchemy import text

from app.database.embedded import start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import queries, schema
from app.history.store.drafts import LeafDraft, SnapshotDraft
from app.history.store.models import Base
from app.history.store.recording import record
from app.history.store.retention import prune
from app.reports import wire

SNAPSHOTS = 10_000
LEAVES = 300
_KEPT = 1_000
_ROUNDS = 100
_PROJECT, _ENVIRONMENT = "orders", "production"
_BEGIN, _EVERY = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=50)
_NAMES = ("host", "port", "name", "username", "timeout", "url", "retries", "region", "log_level", "label")
_HEAD = "| 10,000 snapshots of 300 leaves | median ms | p99 ms | max ms | aim |\n|---|---:|---:|---:|---|"


class Past:
    """What a project was: each snapshot changes one to three leaves, each tenth one the findings too."""

    def __init__(self) -> None:
        self._random = random.Random(7)  # noqa: S311 - the same past each time
        self._leaves = [self._leaf(place) for place in range(LEAVES)]
        self.changed = LEAVES

    def _leaf(self, place: int) -> LeafDraft:
        line = place + 2
        origin = wire.FileOrigin(file="settings/production.toml", line=line, column=1, end_line=line, end_column=44,
                                 section="production")  # fmt: skip
        key = f"service{place // 10}.{_NAMES[place % 10]}"
        return LeafDraft(key=key, value=f"{self._random.randrange(16**12):x}.{key}.example.com", origin=origin)

    def drafts(self, count: int) -> Iterator[SnapshotDraft]:
        """One snapshot after another."""
        for number in range(count):
            if number:
                places = self._random.sample(range(LEAVES), self._random.randint(1, 3))
                self.changed += len(places)
                for place in places:
                    self._leaves[place] = self._leaf(place)
            yield self._draft(number)

    def _draft(self, number: int) -> SnapshotDraft:
        findings = tuple(_finding(place, number // 10) for place in range(8))
        return SnapshotDraft(
            project=_PROJECT,
            environment=_ENVIRONMENT,
            active=True,
            fingerprint=wire.digest(number),
            at=_BEGIN + number * _EVERY,
            host="web-1",
            assay="0.1.0",
            leaves=tuple(self._leaves),
            valid=True,
            counts=wire.FindingCounts(warning=8),
            findings=findings,
            elapsed_ms=2.5,
        )


def _finding(place: int, number: int) -> wire.ReportedFinding:
    message = f"The host of service {place} has been the same since change {number}, and may be no longer in use."
    return wire.ReportedFinding(
        rule="XENV005",
        name="inherits-default",
        severity="warning",
        environment=_ENVIRONMENT,
        key=f"service{place}.host",
        message=message,
        fix="Set it in [production].",
        origin=None,
        related=[],
    )


def tables() -> Iterator[str]:
    """How long questions take, how much room a changed leaf takes, and both while, and after, retention works."""
    with _server() as target:
        yield asyncio.run(_measured(target))


@contextmanager
def _server() -> Iterator[Target]:
    with tempfile.TemporaryDirectory(prefix="assay-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        with start(Path(folder), durable=False) as server:
            yield server.target


async def _measured(target: Target) -> str:
    manager = ConnectionManager(target)
    try:
        await schema.upgrade(manager)
        past = Past()
        recorded = [await _seconds(partial(_record, manager, draft)) for draft in past.drafts(SNAPSHOTS)]
        lines = [_HEAD, _row("record a snapshot", recorded, "")]
        lines += [_row(name, await _repeated(ask, manager), "median < 50 ms") for name, ask in _QUESTIONS.items()]
        full = await _size(manager)
        pruning, pruned = await _while_pruning(manager)
        lines.append(_row(f"list, while {SNAPSHOTS - _KEPT:,} snapshots are removed in {pruned:.1f} s", pruning, ""))
        left = await _size(manager)
    finally:
        await manager.close()
    room = f"{full / past.changed:,.0f} bytes on disk a changed leaf, of {past.changed:,} (aim: at most 1,500)"
    return "\n".join(lines) + f"\n\n{room}; {full / 1e6:.1f} MB, and {left / 1e6:.1f} MB after retention."


async def _record(manager: ConnectionManager, draft: SnapshotDraft) -> None:
    async with manager.session() as session:
        outcome = await record(session, draft)
    if outcome != "recorded":
        raise RuntimeError(outcome)


async def _list(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        await queries.snapshots(session, _PROJECT, limit=50)


async def _list_old(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        await queries.snapshots(session, _PROJECT, environment=_ENVIRONMENT, limit=50, before=str(SNAPSHOTS // 2))


async def _key(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        await queries.key_changes(session, _PROJECT, _ENVIRONMENT, "Service7.URL", limit=50)


async def _table(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        await queries.key_changes(session, _PROJECT, _ENVIRONMENT, "service7", limit=50)


async def _show_oldest(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        found = await queries.snapshots(session, _PROJECT, limit=1, before="2")
        await queries.snapshot(session, _PROJECT, found.snapshots[0].id)


type Question = Callable[[ConnectionManager], Awaitable[None]]

_QUESTIONS: dict[str, Question] = {
    "list": _list,
    "list, from the middle": _list_old,
    "when did a key change": _key,
    "when did any of a table's ten keys change": _table,
    "show the first": _show_oldest,
}


async def _repeated(ask: Question, manager: ConnectionManager) -> list[float]:
    await ask(manager)
    return [await _seconds(lambda: ask(manager)) for _ in range(_ROUNDS)]


async def _seconds(call: Callable[[], Awaitable[None]]) -> float:
    started = perf_counter()
    await call()
    return perf_counter() - started


async def _while_pruning(manager: ConnectionManager) -> tuple[list[float], float]:
    """How long each of the lists took that were asked for meanwhile, and how long all of it took."""
    started = perf_counter()
    pruning = asyncio.create_task(prune(manager, before=_BEGIN, keep=_KEPT))
    taken = []
    while not pruning.done():
        taken.append(await _seconds(lambda: _list(manager)))
    if (await pruning).snapshots != SNAPSHOTS - _KEPT:
        raise RuntimeError(pruning.result())
    return taken, perf_counter() - started


async def _size(manager: ConnectionManager) -> int:
    """Bytes of all tables with their indexes and what stands beside them."""
    total = 0
    async with manager.connect() as connection:
        for table in Base.metadata.tables:
            total += await connection.scalar(text("SELECT pg_total_relation_size(:name)"), {"name": table}) or 0
    return total


def _row(name: str, seconds: Sequence[float], aim: str) -> str:
    last = statistics.quantiles(seconds, n=100)[98]
    numbers = (statistics.median(seconds), last, max(seconds))
    return f"| {name} | {' | '.join(f'{number * 1000:.1f}' for number in numbers)} | {aim} |"


if __name__ == "__main__":
    print(*tables(), sep="\n\n")
