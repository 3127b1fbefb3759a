"""Background work that goes on for as long as the service runs: what fails is told, counted, and begun again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

_LOG = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
"""Exponential backoff between attempts; never so long that an edit which mends it would be ignored for long."""

_SLOW_SECONDS, _STUCK_SECONDS = 5.0, 30.0
"""A step that takes so long is told; one that takes so much longer may never end: a disk that went away just waits."""

type Step = Callable[[], AbstractContextManager[None]]


class Supervised:
    """One piece of background work.

    Args:
        name: as logs and `/health` call it.
        work: runs until it is cancelled, or has nothing more to do; is begun again whenever it fails.
        pause: waits so many seconds.
        clock: tells seconds.

    Attributes:
        failures: how often it has failed since the service started.
    """

    def __init__(
        self, name: str, work: Callable[["Supervised"], Awaitable[None]],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.name = name
        self.failures = 0
        self._why: str | None = None
        self._since: float | None = None
        self._work = work
        self._pause = pause
        self._clock = clock

    @property
    def failing(self) -> str | None:
        """Why it does not run as it should; None while it does."""
        if self._why:
            return f"{self.name} fails ({self._why}) and is tried again"
        return f"{self.name} waits for {self._waits:.0f} s already" if self._waits > _SLOW_SECONDS else None

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be expected of it just now."""
        return self._why is not None or self._waits > _STUCK_SECONDS

    @property
    def _waits(self) -> float:
        return 0.0 if self._since is None else self._clock() - self._since

    @contextmanager
    def step(self) -> Iterator[None]:
        """One thing of the work, done whole: then what failed before is over."""
        self._since = self._clock()
        try:
            yield
        finally:
            self._since = None
        self._why = None

    async def run(self) -> None:
        """Runs the work until it is done, or this is cancelled."""
        seconds = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._work(self)
            except BaseException as error:
                if _is_the_end(error):
                    raise
                why = type(error).__name__
                _LOG.debug("%s failed", self.name, exc_info=error)
            else:
                return
            if self._why is None:
                seconds = _FIRST_PAUSE_SECONDS
                _LOG.error("%s failed (%s) and is begun again.", self.name, why)
            self._why = why
            self.failures += 1
            await self._pause(seconds)
            seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)


def _is_the_end(error: BaseException) -> bool:
    """Whether somebody wants this to end, and not just something within it that was given up: that is a failure too."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)
