"""Metrics of instances ask the database once in a while, not at each scrape."""

import asyncio
from collections.abc import Sequence

from app.releases.store.instances import ReleaseInUse
from app.web.instance_metrics import RecentlyInUse


class Database:
    """Tells how often it was asked, as a count of instances; it takes a turn of the loop."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self) -> Sequence[ReleaseInUse]:
        self.asked += 1
        await asyncio.sleep(0)
        count = self.asked
        return [
            ReleaseInUse(project="orders", environment="production", release=1, made_at=None, head=1, is_unseen=False,
                         is_unjudged=False, count=count)
        ]  # fmt: skip


async def test_many_scrapes_ask_once_until_it_is_old() -> None:
    database, seconds = Database(), [100.0]
    recent = RecentlyInUse(database, lambda: seconds[0])
    together = await asyncio.gather(*(recent.found() for _ in range(20)))
    seconds[0] = 109.9
    later = await recent.found()
    assert [[one.count for one in found] for found in (*together, later)] == [[1]] * 21
    seconds[0] = 110.0
    assert [one.count for one in await recent.found()] == [2]
    assert database.asked == 2
