"""Signs of life on many streams: they do not come all at once."""

import asyncio
from datetime import UTC, datetime

from releases.test_heads import head

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.releases.delivery.delivery import Delivery
from app.releases.delivery.heads import Head, Heads
from app.web.delivery.stream import told

STREAMS, BEAT_SECONDS = 200, 5


class Watched(Heads):
    """Heads that note for how many seconds somebody waits for one."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    async def newer(self, project: str, environment: str, known: int, seconds: float) -> Head | None:
        self.seconds.append(seconds)
        return await super().newer(project, environment, known, seconds)


async def test_those_who_have_just_been_told_of_a_release_together_are_not_told_together_that_they_are_heard() -> None:
    delivery = Delivery(ConnectionManager(Target(host="127.0.0.1", port=1)), ["orders"], lambda: datetime.now(UTC))
    delivery.heads = heads = Watched()
    streams = [told(delivery, "orders", "production", 0, lambda: True) for _ in range(STREAMS)]
    for stream in streams:
        await anext(stream)  # it is heard
    heads.show("orders", "production", head(1))
    for stream in streams:
        assert b"event: release" in await anext(stream)
    heads.seconds.clear()
    waiting = [asyncio.create_task(anext(stream)) for stream in streams]  # type: ignore[arg-type]  # a coroutine
    await asyncio.sleep(0)
    heads.close()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(heads.seconds) == STREAMS
    assert max(heads.seconds) <= BEAT_SECONDS
    assert sum(one < BEAT_SECONDS / 2 for one in heads.seconds) > STREAMS / 4
    assert sum(one > BEAT_SECONDS / 2 for one in heads.seconds) > STREAMS / 4
