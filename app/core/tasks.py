"""Waiting, and ending what runs beside everything else."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

_SWALLOWED_SECONDS = 0.5


async def set_within(event: asyncio.Event, seconds: float) -> None:
    """Waits for the event, so long at most."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancels the tasks until they have ended: a driver that is closing a session may swallow the first word of it."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_SWALLOWED_SECONDS)
