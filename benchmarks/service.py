"""The service under load: against what its framework costs anyway, and against a service written by hand."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import constant_rate, load
from benchmarks.reference.environment import NotInstalledError, installed
from benchmarks.servers import REFERENCES, REPOSITORY, TOKEN, Server, assay, bare, copy_project, reference

_ROUNDS = 5
_TRIAL_ROUNDS = 1
_LATENCY_AIM = "p95 < 10 ms"
_LATENCY_SECONDS = 60
_OURS = {"info": "GET /config/validate", "debug": "the same, each request logged (logging.level debug)"}
_BARE = "a bare Litestar route on the same server"
_BY_HAND = "FastAPI and pydantic-settings by hand"
_AIMS = {_BARE: 0.6, _BY_HAND: 5}
_NO_WRK = "Requests a second are measured with wrk, which is not here: apt-get install wrk"


def tables() -> Iterator[str]:
    """Requests a second, then latencies, as Markdown; in the place of what cannot be measured here, why."""
    with ExitStack() as stack:
        ours = {level: stack.enter_context(_assay(level)) for level in _OURS}
        yield "\n".join(_throughput(ours)) if load.is_here() else _NO_WRK
        yield "\n".join(_latency(ours))


@contextmanager
def _project() -> Iterator[Path]:
    with TemporaryDirectory(prefix="assay-bench-", dir="/var/tmp") as folder:
        copy_project(Path(folder))
        yield Path(folder)


@contextmanager
def _assay(level: str) -> Iterator[Server]:
    with _project() as project, assay(project, level=level) as server:
        yield server


def _throughput(ours: Mapping[str, Server]) -> Iterator[str]:
    yield "| what | requests/s | against | requests/s | ratio | aim |"
    yield "|---|---:|---|---:|---:|---:|"
    with ExitStack() as stack:
        peers, told = {_BARE: stack.enter_context(bare())}, {_BARE: _BARE}
        try:
            on, peers[_BY_HAND] = stack.enter_context(_by_hand(ours["info"]))
            told[_BY_HAND] = f"{_BY_HAND}, on {on}, which loads and validates at each request"
        except NotInstalledError as error:
            told[_BY_HAND] = f"{_BY_HAND}: it could not be installed: {error}"
        measured = load.rates({**ours, **peers}, rounds=_ROUNDS)
    for level in ours:
        yield from (_row(measured, level, peer, told[peer]) for peer in told)


def _row(measured: load.Rates, level: str, peer: str, told: str) -> str:
    rate, theirs, ratio = f"{statistics.median(measured[level]):.0f}", "", ""
    if peer in measured:
        theirs, ratio = f"{statistics.median(measured[peer]):.0f}", f"{load.ratio(measured, level, peer):.2f}"
    return f"| {_OURS[level]} | {rate} | {told} | {theirs} | {ratio} | ≥ {_AIMS[peer]} |"


@contextmanager
def _by_hand(ours: Server) -> Iterator[tuple[str, Server]]:
    """The reference on whatever makes it fastest, and what that is.

    Raises:
        NotInstalledError: it cannot be installed here.
        RuntimeError: it does not answer what we answer.
    """
    commands = installed()
    with _project() as project:
        with ExitStack() as stack:
            trial = {on: stack.enter_context(reference(project, commands, on)) for on in REFERENCES}
            measured = load.rates(trial, rounds=_TRIAL_ROUNDS)
        fastest = max(measured, key=lambda on: statistics.median(measured[on]))
        with reference(project, commands, fastest) as server:
            if _content(server) != _content(ours):
                raise RuntimeError(f"The reference answers {server.ask()}, Assay {ours.ask()}.")
            yield fastest, server


def _content(server: Server) -> Any:
    """An answer without what two projects, and two ways to reckon a fingerprint, cannot share."""
    document = json.loads(server.ask()[1])
    del document["project"]
    for environment in document["environments"]:
        del environment["fingerprint"]
    return document


def _latency(ours: Mapping[str, Server]) -> Iterator[str]:
    yield f"| {constant_rate.RATE} requests/s | p50 ms | p95 ms | p99 ms | max ms | client late, p99 ms | aim |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    rounds = [{level: _percentiles(server) for level, server in ours.items()} for _ in range(_ROUNDS)]
    for level in ours:
        measured = [one[level] for one in rounds]
        numbers = {name: statistics.median(one[name] for one in measured) for name in measured[0]}
        numbers["max"] = max(one["max"] for one in measured)
        yield f"| {_OURS[level]} | {' | '.join(f'{value:.1f}' for value in numbers.values())} | {_LATENCY_AIM} |"


def _percentiles(server: Server) -> Mapping[str, float]:
    """What the client tells of one run, in its own order."""
    command = [sys.executable, "-m", constant_rate.__name__, str(server.port), server.path, TOKEN]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=_LATENCY_SECONDS)
    found: Mapping[str, float] = json.loads(done.stdout)
    return found
