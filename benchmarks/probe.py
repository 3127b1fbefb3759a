"""The probe of a healthy server nearby, against the least that any program must do to know that it answers."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from app.database.embedded import start
from app.database.target import Target
from app.history.store.revisions import VERSION_TABLE, revision_ids
from app.probing.stages import Schema, probe
from benchmarks.paired import Row, paired


async def _probe(target: Target) -> None:
    answer = await probe(target, schema=Schema(table=VERSION_TABLE, revisions=revision_ids()))
    if not answer.ok:
        raise RuntimeError(answer.failure)


async def _bare(target: Target) -> None:
    session = await asyncpg.connect(**target.arguments())
    await session.fetchval("SELECT 1")
    await session.close()


def _run(runner: asyncio.Runner, call: Callable[[Target], Coroutine[Any, Any, None]], target: Target) -> None:
    runner.run(call(target))


def measure() -> Iterator[Row]:
    """All seven stages, with and without the round trip that asks for TLS."""
    with tempfile.TemporaryDirectory(prefix="assay-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        with start(Path(folder), durable=False) as server, asyncio.Runner() as runner:
            for mode in ("disable", "prefer"):
                target = replace(server.target, tls=replace(server.target.tls, mode=mode))
                seconds, ratio = paired(
                    partial(_run, runner, _probe, target),
                    partial(_run, runner, _bare, target),
                    pairs=51,
                )
                against = "asyncpg.connect() and SELECT 1"
                yield Row(name=f"probe, tls {mode}", against=against, seconds=seconds, ratio=ratio, aim=2.5)
