"""Background work outlives whatever it meets."""

import asyncio
from contextlib import suppress

import pytest

from app.core.supervision import Supervised


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
        with it.step():
            pass
        told.append(it.failing)
        done.set()
        await asyncio.Event().wait()

    supervised = Supervised("Counting", work, pause)
    task = asyncio.create_task(supervised.run())
    await done.wait()
    assert told == [None, *["Counting fails (ZeroDivisionError) and is tried again"] * 8, None]
    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0]
    assert (supervised.failures, supervised.failing) == (8, None)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


class Panic(BaseException):
    """As the extensions in Rust raise it."""


@pytest.mark.parametrize("error", [Panic(), asyncio.CancelledError(), MemoryError()])
async def test_nothing_that_happens_within_the_work_ends_it(error: BaseException) -> None:
    begun: list[int] = []

    async def pause(_: float) -> None: ...

    async def work(_: Supervised) -> None:
        begun.append(1)
        if len(begun) == 1:
            raise error

    supervised = Supervised("Counting", work, pause)
    await supervised.run()
    assert (len(begun), supervised.failures, supervised.is_lost) == (2, 1, True)


def test_a_step_that_does_not_end_is_told_and_one_that_fails_is_not_well() -> None:
    now = [0.0]

    async def nothing(_: Supervised) -> None: ...

    supervised = Supervised("Reading", nothing, clock=lambda: now[0])
    told: list[tuple[str | None, bool]] = []
    with supervised.step():
        for now[0] in (4.0, 6.0, 31.0):
            told.append((supervised.failing, supervised.is_lost))
    told.append((supervised.failing, supervised.is_lost))
    assert told == [
        (None, False),
        ("Reading waits for 6 s already", False),
        ("Reading waits for 31 s already", True),
        (None, False),
    ]


async def test_work_that_has_nothing_more_to_do_is_over() -> None:
    begun: list[int] = []

    async def work(_: Supervised) -> None:
        begun.append(1)

    supervised = Supervised("Ending", work)
    await supervised.run()
    assert (begun, supervised.failures, supervised.failing) == ([1], 0, None)
