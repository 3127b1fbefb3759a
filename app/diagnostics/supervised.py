"""Background work that goes on for as long as the service runs: what fails is told, counted, and begun again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_LOG = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
"""Exponential backoff between attempts; never so long that an edit which mends it would be ignored for long."""


class Supervised:
    """One piece of background work.

    Args:
        name: as logs and `/health` call it.
        work: runs until it is cancelled, or has nothing more to do; is begun again whenever it fails.
        pause: waits so many seconds.

    Attributes:
        failures: how often it has failed since the service started.
        failing: why it does not run as it should; None while it does.
    """

    def __init__(
        self, name: str, work: Callable[["Supervised"], Awaitable[None]],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        self.name = name
        self.failures = 0
        self.failing: str | None = None
        self._work = work
        self._pause = pause

    def well(self) -> None:
        """Called by the work when it has done something whole: what failed before is over."""
        self.failing = None

    async def run(self) -> None:
        """Runs the work until it is done, or this is cancelled."""
        seconds = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._work(self)
            except Exception as error:  # noqa: BLE001 - whatever it is, the work must go on
                why = type(error).__name__
                _LOG.debug("%s failed", self.name, exc_info=error)
            else:
                return
            if self.failing is None:
                seconds = _FIRST_PAUSE_SECONDS
                _LOG.error("%s failed (%s) and is begun again.", self.name, why)
            self.failing = why
            self.failures += 1
            await self._pause(seconds)
            seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)
