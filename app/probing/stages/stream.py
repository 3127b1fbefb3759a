"""A probe as it goes on: each stage when it ends, the whole in the end."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from app.reports.probe import Probe, Stage

type Ask = Callable[[Callable[[Stage], object]], Awaitable[Probe]]
"""What runs a probe and tells of each stage."""


async def stream(ask: Ask) -> AsyncGenerator[Stage | Probe]:
    """Each stage as it ends, then the probe. Whoever stops listening stops the probe.

    A stage may come twice: the later counts, another host was tried instead.
    """
    heard: asyncio.Queue[Stage | Probe | None] = asyncio.Queue()

    async def work() -> None:
        try:
            heard.put_nowait(await ask(heard.put_nowait))
        finally:
            heard.put_nowait(None)

    working = asyncio.create_task(work())
    try:
        while (item := await heard.get()) is not None:
            yield item
        await working
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
