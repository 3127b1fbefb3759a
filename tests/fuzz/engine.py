"""Runs a target on many inputs: counted, never timed, but that one input may not take two seconds of the processor.

Inputs that reach a line nobody has reached before are kept and changed further (`sys.monitoring` tells; a line that was
reached costs nothing from then on).
"""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from traceback import extract_tb
from types import CodeType, FrameType
from typing import Any

from .mutation import mutated

type Try = Callable[[bytes], object]

APP = str(Path(__file__).parents[2] / "app")
CASES = Path(__file__).with_name("cases")
SECONDS = 2.0
"""Of the processor, for one input."""

CANARY = "canary-7fuzz"
"""A secret in the seeds; no output may hold it."""

_TOOL = 4


class Hangs(BaseException):
    """An input takes too long; no `except Exception` of the program stops it."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One kind of input.

    Attributes:
        seeds: inputs to begin with.
        opened: gives what is tried with each input; it raises where a promise is broken.
        usual: how many inputs are tried in the usual tests.
        words: what is put into inputs, beside what is odd everywhere.
    """

    seeds: Sequence[bytes]
    opened: Callable[[], AbstractContextManager[Try]]
    usual: int
    words: Sequence[bytes] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """An input that breaks a promise, and how."""

    data: bytes
    error: BaseException

    @property
    def place(self) -> str:
        """The kind of the error and where it was raised: two inputs with the same have one cause."""
        frames = extract_tb(self.error.__traceback__)
        told = [frame for frame in frames if frame.filename.startswith(APP)] or frames[-2:]
        last = ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in told[-2:])
        return f"{type(self.error).__name__} at {last}"


@dataclass(kw_only=True)
class Run:
    """What came of a run."""

    tried: int = 0
    lines: int = 0
    found: dict[str, Found] = field(default_factory=dict)


def cases(name: str) -> list[bytes]:
    """What was found earlier, and is tried before anything else."""
    return [path.read_bytes() for path in sorted((CASES / name).glob("*"))]


def run(target: Target, name: str, runs: int, seed: int, told: Callable[[Run], None] = lambda _: None) -> Run:
    """Tries that many inputs, after those that were found earlier."""
    random, result = Random(seed), Run()  # noqa: S311 - it is to be the same again
    known = [*target.seeds, *cases(name)]
    corpus = list(target.seeds)
    with target.opened() as attempt, _reached() as reached, _alarmed():
        for number in range(runs + len(known)):
            data = known[number] if number < len(known) else mutated(random, corpus, target.words)
            before = reached()
            _try(attempt, data, result)
            if reached() > before and number >= len(known):
                corpus.append(data)
            result.tried, result.lines = number + 1, reached()
            told(result)
    return result


def _try(attempt: Try, data: bytes, result: Run) -> None:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        attempt(data)
    except (Exception, Hangs) as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        found = Found(data=data, error=error)
        if len(data) < len(result.found.get(found.place, found).data) or found.place not in result.found:
            result.found[found.place] = found
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def _alarmed() -> Iterator[None]:
    def ring(_: int, __: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _reached() -> Iterator[Callable[[], int]]:
    """Counts the lines of the program that were reached."""
    monitoring, count = sys.monitoring, [0]

    def line(code: CodeType, _: int) -> Any:
        count[0] += code.co_filename.startswith(APP)
        return monitoring.DISABLE

    monitoring.use_tool_id(_TOOL, "fuzz")
    monitoring.register_callback(_TOOL, monitoring.events.LINE, line)
    monitoring.set_events(_TOOL, monitoring.events.LINE)
    monitoring.restart_events()
    try:
        yield lambda: count[0]
    finally:
        monitoring.set_events(_TOOL, 0)
        monitoring.free_tool_id(_TOOL)
