"""The service while its database is frozen, stopped and started again, and when it is told to stop, always under load.

`python -m benchmarks.resilience` prints these tables alone.
"""

import asyncio
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.servers import REPOSITORY
from tests.load_client import Answer, Load
from tests.services import OwnDatabase, Running, new_home, own_database, running, tokens

RATE = 1000
CONNECTIONS = 32
PHASE_SECONDS = 5
LIVE_A_SECOND = 100
LIVE_AIM = "max < 50 ms"
STOPS = 10
WORKERS = (1, 2)
_TOKEN = "bench-token"  # noqa: S105 - it opens a service that lives for a minute, on this machine alone
_SERVER_ERROR = 500
_LIVE = "/health/live"
_OFTEN = (
    "/config/validate",
    "/config/validate?environment=all",
    "/config/values?environment=production",
    "/config/environments",
    "/config/matrix",
)
_ELSE = (
    "/config/diff?left=staging&right=production",
    "/config/explain/database.pool.size",
    "/config/rules",
    "/config/rules/DB001",
    "/config/schema",
    "/config/database/status",
    "/health",
    "/health/ready",
    "/metrics",
    "/schema",
)
ROUTES = tuple(route for one in _ELSE for route in (*_OFTEN, one))
"""What is asked for most, five times as often as all the rest together."""


def tables() -> Iterator[str]:
    """The faults, then the stops, as Markdown."""
    with own_database() as database:
        yield "\n".join(asyncio.run(_faults(database)))
    yield "\n".join(_stops())


async def _faults(database: OwnDatabase) -> list[str]:
    waited = ["p50 ms", "p99 ms", "max ms"]
    columns = [f"{RATE} requests/s, all routes, database", "answers", "5xx", "of `/health/ready`", *waited]
    columns += [f"`{_LIVE}` {waited[0]}", *waited[1:], "client late, max ms", "aim"]
    lines = [f"| {' | '.join(columns)} |", f"|---{'|---:' * (len(columns) - 1)}|"]
    environ = {**database.environ, **tokens(viewer=_TOKEN)}
    with new_home() as home, running(home, environ=environ) as service:
        load = Load(url=service.url, routes=ROUTES, token=_TOKEN, connections=CONNECTIONS, rate=RATE)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            await asyncio.sleep(1)
            for name, change in _changes(database):
                await asyncio.to_thread(change)
                lines.append(await _phase(name, service, load))
            load.stop()
    return lines


def _changes(database: OwnDatabase) -> Iterator[tuple[str, Callable[[], None]]]:
    yield "answers", lambda: None
    yield "frozen (SIGSTOP)", database.freeze
    yield "goes on", database.thaw
    yield "stopped", database.stop
    yield "started again", database.start


async def _phase(name: str, service: Running, load: Load) -> str:
    load.answers.clear()
    command = [sys.executable, "-m", __spec__.name, service.url, str(PHASE_SECONDS)]
    done = await asyncio.to_thread(subprocess.run, command, cwd=REPOSITORY, check=True, capture_output=True)
    live, late = json.loads(done.stdout)
    answers = load.answers[:]
    errors = [answer for answer in answers if answer.status >= _SERVER_ERROR or not answer.whole]
    unready = [answer for answer in errors if answer.route == "/health/ready"]
    at_once = [answer for answer in answers if not answer.route.startswith(("/health", "/config/database"))]
    numbers = [*_milliseconds([answer.seconds for answer in at_once]), *_milliseconds(live), f"{max(late) * 1000:.1f}"]
    counts = [len(answers), len(errors) - len(unready), len(unready)]
    return f"| {name} | {' | '.join(map(str, [*counts, *numbers]))} | {LIVE_AIM} |"


def _milliseconds(seconds: Sequence[float]) -> list[str]:
    ordered = sorted(seconds)
    found = [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]]
    return [f"{one * 1000:.1f}" for one in found]


def _stops() -> Iterator[str]:
    yield "| told to stop under load, workers | times | answers | requests lost | seconds to its end, median | max |"
    yield "|---|---:|---:|---:|---:|---:|"
    with new_home() as home:
        for workers in WORKERS:
            stops = [asyncio.run(_stop(home, workers)) for _ in range(STOPS)]
            seconds = sorted(took for took, _ in stops)
            answers = [answer for _, given in stops for answer in given]
            lost = sum(not answer.whole for answer in answers)
            told = f"{seconds[len(seconds) // 2]:.2f} | {seconds[-1]:.2f}"
            yield f"| {workers} | {STOPS} | {len(answers)} | {lost} | {told} |"


async def _stop(home: Path, workers: int) -> tuple[float, list[Answer]]:
    with running(home, "--workers", str(workers)) as service:
        load = Load(url=service.url, routes=ROUTES, connections=CONNECTIONS)
        async with asyncio.TaskGroup() as group:
            group.create_task(load.run())
            await asyncio.sleep(1)
            at = service.told_to_stop()
            await asyncio.to_thread(service.ended, 20)
            took = time.monotonic() - at
            load.stop()
        return took, load.answers


def _ask_alone(url: str, seconds: float) -> None:
    """Asks whether the service lives, at a fixed rate, in a process of its own; prints latencies and own delays."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    latencies, delays, begun = [], [], time.monotonic()
    for number in range(int(seconds * LIVE_A_SECOND)):
        due = begun + number / LIVE_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        sent = time.monotonic()
        connection.request("GET", _LIVE)
        connection.getresponse().read()
        latencies.append(time.monotonic() - sent)
        delays.append(sent - due)
    print(json.dumps([latencies, delays]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _ask_alone(sys.argv[1], float(sys.argv[2]))
    else:
        print("\n\n".join(tables()))
