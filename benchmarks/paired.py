"""Two things timed in turn, A B A B, so that a machine whose speed drifts treats both alike."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter


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
    _seconds(ours), _seconds(theirs)
    measured = [(_seconds(ours), _seconds(theirs)) for _ in range(pairs)]
    return statistics.median(a for a, _ in measured), statistics.median(a / b for a, b in measured)


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | against | ms | ratio | aim |", "|---|---|---:|---:|---:|"]
    lines += [
        f"| {row.name} | {row.against} | {row.seconds * 1000:.0f} | {row.ratio:.2f} | {row.aim or ''} |" for row in rows
    ]
    return "\n".join(lines)
