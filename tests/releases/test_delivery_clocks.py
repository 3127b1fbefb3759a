"""Whether what a replica knows is old does not depend on its machine's clock, which somebody may set."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from clocks import Forward, set_forward
from drafts import NOON, PROJECT
from patience import PATIENCE_SECONDS

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.releases.delivery.delivery import Delivery


class Clock:
    """A machine's clock, which is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def forward() -> AsyncIterator[Forward]:
    async with set_forward() as forward:
        yield forward


async def test_a_clock_that_is_set_forward_makes_nothing_old(manager: ConnectionManager) -> None:
    clock = Clock()
    async with Delivery(manager, [PROJECT], clock) as delivery:
        assert await delivery.has_read(PATIENCE_SECONDS)
        clock.now += timedelta(hours=3)
        assert not delivery.is_old


@pytest.mark.parametrize("hours", [-3, 0])
async def test_what_is_not_read_any_more_is_old_although_the_clock_was_set_back(forward: Forward, hours: int) -> None:
    clock, nowhere = Clock(), ConnectionManager(Target(host="127.0.0.1", port=1))
    async with Delivery(nowhere, [PROJECT], clock) as delivery:
        assert not delivery.is_old
        clock.now += timedelta(hours=hours)
        forward(6)
        await asyncio.sleep(0)
        assert delivery.is_old
    await nowhere.close()
