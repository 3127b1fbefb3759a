"""A body that is not in memory is asked of the database, which may go away in the middle of its answer."""

import asyncio
from datetime import UTC, datetime

import pytest
from drafts import PROJECT
from patience import PATIENCE_SECONDS
from sqlalchemy import text

from app.core.errors import DatabaseUnavailable
from app.database.engine import ConnectionManager
from app.releases.delivery.delivery import Delivery

WAITS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND datname = current_database()"  # the server has other tests' databases, too
)


async def ended(manager: ConnectionManager) -> bool:
    """Whether the session that waits for the table was found, and ended."""
    async with manager.connect() as connection:  # in a transaction of its own: within one nothing new is seen
        return bool((await connection.execute(WAITS)).all())


async def test_a_session_that_ends_in_the_middle_is_a_database_that_cannot_be_reached(
    manager: ConnectionManager,
) -> None:
    delivery = Delivery(manager, [PROJECT], lambda: datetime.now(UTC))
    async with manager.connect() as other, asyncio.timeout(PATIENCE_SECONDS):
        await other.execute(text("LOCK TABLE release IN ACCESS EXCLUSIVE MODE"))
        asking = asyncio.create_task(delivery.body(PROJECT, "production", f"sha256:{'0' * 64}"))
        while not await ended(manager):
            pass
        with pytest.raises(DatabaseUnavailable):
            await asking


async def test_a_database_that_does_not_answer_is_waited_for_no_longer_than_by_any_other_question(
    manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.releases.delivery.delivery._PATIENCE_SECONDS", 0.1)
    delivery = Delivery(manager, [PROJECT], lambda: datetime.now(UTC))
    async with manager.connect() as other, asyncio.timeout(PATIENCE_SECONDS):
        await other.execute(text("LOCK TABLE release IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(DatabaseUnavailable):
            await delivery.body(PROJECT, "production", f"sha256:{'0' * 64}")
        assert (await other.execute(text("SELECT 1"))).scalar_one() == 1, "nothing has let go of the table"
