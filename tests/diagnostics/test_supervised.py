"""Background work outlives whatever it meets."""

import asyncio
from contextlib import suppress

import pytest

from app.diagnostics.supervised import Supervised


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_work_that_fails_is_begun_again_ever_more_slowly_and_told_until_it_does_well() -> None:
    pauses: list[float] = []
    told: list[str | None] = []
    done = asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def work(it: Supervised) -> None:
        told.append(it.failing)
        if len(told) <= 8:
            raise ZeroDivisionError
        it.well()
        told.append(it.failing)
        done.set()
        await asyncio.Event().wait()

    supervised = Supervised("Counting", work, pause)
    task = asyncio.create_task(supervised.run())
    await done.wait()
    assert told == [None, *["ZeroDivisionError"] * 8, None]
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]
    assert (supervised.failures, supervised.failing) == (8, None)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_work_that_has_nothing_more_to_do_is_over() -> None:
    begun: list[int] = []

    async def work(_: Supervised) -> None:
        begun.append(1)

    supervised = Supervised("Ending", work)
    await supervised.run()
    assert (begun, supervised.failures, supervised.failing) == ([1], 0, None)
