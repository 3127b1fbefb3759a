"""What goes wrong, and when, by a seed: faults of the replicas and of the database, beside each other."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

OF_REPLICAS = ("kill", "freeze", "cut clients", "hold clients", "cut database", "hold database")
OF_DATABASE = ("freeze primary", "kill primary", "fail over", "lag", "kill standby")
OF_CLIENTS = ("kill clients",)
LONGEST_RESTS = {OF_REPLICAS: 1.0, OF_DATABASE: 1.0, OF_CLIENTS: 10.0}
"""Seconds: clients that are always new ones would see little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        rest: seconds before it begins, with nothing of its like.
        kind: what happens.
        number: which replica it happens to, or which process of clients.
        seconds: how long it lasts.
    """

    rest: float
    kind: str
    number: int
    seconds: float


def faults(seed: int, kinds: tuple[str, ...], targets: int) -> Iterator[Fault]:
    """Faults without end; each kind comes once before any comes again."""
    chance = random.Random(f"{seed} {kinds[0]}")  # noqa: S311 - nobody is to guess it
    while True:
        for kind in chance.sample(kinds, len(kinds)):
            yield Fault(
                rest=chance.uniform(0.1, LONGEST_RESTS[kinds]),
                kind=kind,
                number=chance.randrange(targets),
                seconds=chance.uniform(0.2, 2.5),
            )
