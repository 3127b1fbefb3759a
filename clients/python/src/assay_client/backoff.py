"""Waiting between attempts: longer each time, and never all clients at once ("full jitter")."""

import random

FIRST_SECONDS = 0.25
LONGEST_SECONDS = 10.0


class Backoff:
    """The waits of one series of failures."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Seconds until the next attempt: anything up to a bound that doubles."""
        bound = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self._failures, 16))
        self._failures += 1
        return random.uniform(0, bound)  # noqa: S311 - spreads load, keeps no secret

    def reset(self) -> None:
        """It worked: the next failure is a first one."""
        self._failures = 0


def jittered(seconds: float, share: float = 0.2) -> float:
    """About so many seconds, a fifth more or less."""
    return seconds * random.uniform(1 - share, 1 + share)  # noqa: S311 - spreads load, keeps no secret
