"""What runs beside everything else ends when it is told to."""

import asyncio

import pytest
from patience import PATIENCE_SECONDS

from app.core.tasks import end, set_within


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def deaf(heard: list[int], times: int) -> None:
    """Runs on although it is told to end, so many times."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append(1)
            if len(heard) > times:
                raise


async def failing() -> None:
    message = "broken"
    raise ValueError(message)


async def test_a_task_that_swallows_the_word_is_told_again() -> None:
    heard: list[int] = []
    task = asyncio.create_task(deaf(heard, times=2))
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await end([task])
    assert (task.cancelled(), len(heard)) == (True, 3)


async def test_one_that_has_failed_stops_nothing() -> None:
    broken, waiting = asyncio.create_task(failing()), asyncio.create_task(deaf([], times=0))
    await asyncio.sleep(0)
    await end([broken, waiting])
    assert waiting.cancelled()
    assert isinstance(broken.exception(), ValueError)


async def test_an_event_is_waited_for_no_longer_than_that() -> None:
    event = asyncio.Event()
    await set_within(event, 0.01)
    assert not event.is_set()
    event.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await set_within(event, 60)
