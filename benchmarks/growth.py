"""How time grows with the size of hostile input: each parser and each output, at sizes that double up to 1 MB.

Each size is run in a process of its own (`os.fork`, so that imports do not count) whose memory is bounded. Told are
the seconds of the processor, the most memory at 1 MB, and the exponent of the power law that fits: 1 is linear, 2
quadratic, and next to 0 is what a limit refuses (app/core/limits.py). The rows stand in growth_rows.py.
"""

import math
import os
import resource
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from itertools import chain
from pathlib import Path

from msgspec import Struct, msgpack

from benchmarks.growth_rows import OUTPUTS, PARSERS, Prepare

SIZES = (125_000, 250_000, 500_000, 1_000_000)
MEMORY = 2_000_000_000
SECONDS = 60


class Measured(Struct, frozen=True):
    """One run: seconds of the processor, the most megabytes, and the exit status."""

    seconds: float
    megabytes: int
    status: int


def tables() -> Iterator[str]:
    """A row for each parser, then for each output (of many findings, and of a long text)."""
    yield "\n".join(parsers())
    yield "\n".join(outputs())


def parsers() -> Iterator[str]:
    """The lines of the table of parsers."""
    yield from _table("parser", PARSERS)


def outputs() -> Iterator[str]:
    """The lines of the table of outputs."""
    yield from _table("output", OUTPUTS)


def _table(what: str, rows: Mapping[str, Prepare]) -> Iterator[str]:
    sizes = " | ".join(f"{size // 1000} kB" for size in SIZES)
    yield f"| {what} | {sizes} | exponent | MB |"
    yield f"|---|{'---:|' * (len(SIZES) + 2)}"
    for name, prepare in rows.items():
        found = [measure(prepare, size) for size in SIZES]
        seconds = " | ".join(f"{one.seconds:.2f}{'' if one.status in {0, 1, 2} else ' !'}" for one in found)
        yield f"| {name} | {seconds} | {exponent(found):.1f} | {found[-1].megabytes} |"


def exponent(found: Sequence[Measured], sizes: Sequence[int] = SIZES) -> float:
    """The exponent of the power law through the points, by least squares; under 20 ms nothing grows."""
    points = [(math.log(size), math.log(max(one.seconds, 0.02))) for size, one in zip(sizes, found, strict=True)]
    mean_x, mean_y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    slope: float = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
    return slope


def measure(prepare: Prepare, size: int) -> Measured:
    """One run on one input, in a process of its own; a process that is killed took all its time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.write(writing, msgpack.encode(_bounded(prepare, size)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return msgpack.decode(answer, type=Measured) if answer else Measured(SECONDS, MEMORY >> 20, 137)


def _bounded(prepare: Prepare, size: int) -> Measured:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w", encoding="utf-8") as nothing:
        work = prepare(Path(name), size)
        before = _used()
        with redirect_stdout(nothing), redirect_stderr(nothing):
            status = work()
        return Measured(_used() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, status)


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    for line in chain(parsers(), outputs()):
        print(line, flush=True)
