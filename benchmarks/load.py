"""How many requests a second: wrk asks each server in turn, so that a machine whose speed drifts treats all alike."""

import re
import shutil
import statistics
import subprocess
from collections.abc import Mapping, Sequence

from benchmarks.servers import TOKEN, Server

CONNECTIONS = 32
_ROUND_SECONDS = 2
_WARM_UP_SECONDS = 1
_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)$", re.MULTILINE)
_WRONG = re.compile(r"^\s*(Non-2xx or 3xx responses|Socket errors): .*$", re.MULTILINE)

type Rates = Mapping[str, Sequence[float]]


def is_here() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


def rates(servers: Mapping[str, Server], *, rounds: int) -> Rates:
    """The requests a second of each server, round by round; first each has a moment to warm up.

    Raises:
        RuntimeError: a server refused some.
    """
    for server in servers.values():
        _rate(server, _WARM_UP_SECONDS)
    measured = [{name: _rate(server, _ROUND_SECONDS) for name, server in servers.items()} for _ in range(rounds)]
    return {name: [one[name] for one in measured] for name in servers}


def ratio(measured: Rates, ours: str, theirs: str) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(measured[ours], measured[theirs], strict=True))


def _rate(server: Server, seconds: int) -> float:
    url = f"http://127.0.0.1:{server.port}{server.path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {TOKEN}", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = _RATE.search(said)
    if found is None or _WRONG.search(said):
        raise RuntimeError(f"wrk on {url} says:\n{said}")
    return float(found[1])
