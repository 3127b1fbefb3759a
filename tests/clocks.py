"""The clock of an event loop, set forward by a test: what waits for a deadline then has reached it, in no time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

type Forward = Callable[[float], None]


@asynccontextmanager
async def set_forward() -> AsyncIterator[Forward]:
    """A function that sets the running loop's clock forward by so many seconds; at the end it is right again."""
    loop = asyncio.get_running_loop()
    right, ahead = loop.time, 0.0

    def forward(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds
        loop.call_soon(lambda: None)  # it looks at the clock when it has something to do

    loop.time = lambda: right() + ahead  # type: ignore[method-assign]
    try:
        yield forward
    finally:
        del loop.time
