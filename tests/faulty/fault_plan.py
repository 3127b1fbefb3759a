"""A bad night, by its seed: when which file operations of a service fail, block or lie, and what its database does.

Read by the tests, and by the service's own processes, which have nothing but the standard library at that time.
"""

import errno
import random
from collections.abc import Iterator
from dataclasses import dataclass

ERRORS = {name: getattr(errno, name) for name in ("EIO", "EACCES", "ENOSPC", "ENOENT")}
HARD = ("EIO", "EACCES", "ENOSPC")
"""What nobody takes for a state of the files."""

KINDS = (*ERRORS, "block", "short", "stale")
EVERYTHING = ""
TARGETS = (
    EVERYTHING, EVERYTHING, "settings/staging.toml", "settings/testing.toml", ".secrets.toml", "pyproject.toml",
    "settings",
)  # fmt: skip
"""What is struck, relative to the project's folder."""

DATABASE = ("cut", "freeze", "restart")
LONG = 3.0
"""Seconds of a fault that anybody must notice."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; seconds since the night began."""

    begins: float
    ends: float
    kind: str
    target: str

    def strikes(self, name: str) -> bool:
        """Whether it is about the file of that name, relative to the project's folder."""
        return self.target in {EVERYTHING, name}

    def overlaps(self, begins: float, ends: float) -> bool:
        """Whether some of it lies between two moments."""
        return self.begins < ends and begins < self.ends


@dataclass(frozen=True, slots=True)
class Night:
    """Everything that goes wrong, in order."""

    files: tuple[Fault, ...]
    database: tuple[Fault, ...]

    @property
    def ends(self) -> float:
        """When nothing is wrong any more."""
        return max(fault.ends for fault in (*self.files, *self.database))


def night(seed: int, faults: int = 5) -> Night:
    """The night of that seed; one fault of its files is long, hard, and strikes everything."""
    chance = random.Random(seed)  # noqa: S311 - nobody is to guess it
    drawn = [(chance.choice(KINDS), chance.choice(TARGETS), chance.uniform(0.1, 1.5)) for _ in range(faults - 1)]
    drawn.insert(chance.randrange(faults), (chance.choice(HARD), EVERYTHING, LONG))
    return Night(tuple(_in_turn(chance, drawn)), tuple(_in_turn(chance, [
        (kind, "database", chance.uniform(0.2, 2.0)) for kind in chance.sample(DATABASE, len(DATABASE))
    ])))  # fmt: skip


def _in_turn(chance: random.Random, drawn: list[tuple[str, str, float]]) -> Iterator[Fault]:
    """The faults one after the other, with some rest between them."""
    now = 0.0
    for kind, target, seconds in drawn:
        now += chance.uniform(0.3, 3.0)
        yield Fault(now, now + seconds, kind, target)
        now += seconds
