"""Two things timed in turn, A B A B, so that a machine whose speed drifts treats both alike."""

import os
import platform
import statistics
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from time import perf_counter

_FASTER = 0.5
"""Below this a ratio is read more easily the other way round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison.

    Attributes:
        name: what was measured.
        against: what it was measured against.
        seconds: the median of ours.
        ratio: the median of the pairs' ratios, ours to the peer's.
        aim: the ratio that we promise; None where we promise none.
    """

    name: str
    against: str
    seconds: float
    ratio: float
    aim: float | None = None


def paired(ours: Callable[[], object], theirs: Callable[[], object], *, pairs: int = 9) -> tuple[float, float]:
    """The median seconds of ours, and the median ratio of the pairs; one pair first that does not count."""
    return timed_pairs(lambda: _seconds(ours), lambda: _seconds(theirs), pairs=pairs)


def timed_pairs(ours: Callable[[], float], theirs: Callable[[], float], *, pairs: int = 9) -> tuple[float, float]:
    """The same of two that tell themselves how many seconds they took."""
    ours(), theirs()
    measured = [(ours(), theirs()) for _ in range(pairs)]
    return statistics.median(a for a, _ in measured), statistics.median(a / b for a, b in measured)


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table; a ratio below one says how many times faster ours is."""
    lines = ["| what | against | ms | ratio | aim |", "|---|---|---:|---:|---:|"]
    lines += [
        f"| {row.name} | {row.against} | {row.seconds * 1000:.0f} | {_shown(row.ratio)} | {_shown(row.aim)} |"
        for row in rows
    ]
    return "\n".join(lines)


def _shown(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{1 / ratio:.0f} x faster" if ratio < _FASTER else f"{ratio:.2f}"


def described(row: Row) -> dict[str, object]:
    """The row as JSON has it."""
    return asdict(row)


def machine() -> dict[str, str]:
    """What the figures belong to."""
    versions = {name: version(name) for name in ("dynaconf", "pydantic", "msgspec")}
    return {"python": platform.python_version(), "system": platform.system(), "architecture": platform.machine(),
            "cores": str(os.cpu_count()), **versions}  # fmt: skip
