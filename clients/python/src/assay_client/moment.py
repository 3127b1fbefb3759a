"""A moment that stays where it is when somebody sets the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone

_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


@dataclass(frozen=True)
class Moment:
    """When something was.

    A machine's clock may be hours off until the network sets it. How long the machine is up is not changed by that, and
    counts the time that it was suspended, too, where the system tells so.

    Attributes:
        up: how long the machine was up, in seconds.
        clock: what its clock said, in seconds since 1970.
    """

    up: float
    clock: float

    @classmethod
    def now(cls) -> Moment:
        """This moment."""
        return cls(_up(), time.time())

    @classmethod
    def of_file(cls, written_at: float) -> Moment:
        """The moment at which a file was written, by the clock; now, where the clock is not there yet."""
        now = cls.now()
        clock = min(written_at, now.clock)
        return cls(now.up - (now.clock - clock), clock)

    def told(self) -> datetime:
        """When it was, as the clock goes now: whole seconds by which somebody set it are counted."""
        was_set_by = round(time.time() - self.clock - (_up() - self.up))
        return datetime.fromtimestamp(self.clock + was_set_by, timezone.utc)


def _up() -> float:
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
