"""The retention job: removes what is old from the history, as long as the service runs."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.core.tasks import set_within
from app.database.engine import ConnectionManager
from app.history.store.retention import prune
from app.settings.history import HistorySettings

_LOG = logging.getLogger(__name__)

_EVERY_SECONDS, _AGAIN_SECONDS = 3600.0, 60.0


async def tidy(
    manager: ConnectionManager,
    history: Callable[[], HistorySettings],
    clock: Callable[[], datetime],
    closing: asyncio.Event,
    project: str,
) -> None:
    """Removes what is old, now and every hour, until the service ends.

    Args:
        manager: the database that remembers.
        history: the settings in force.
        clock: tells the time, with its zone.
        closing: is set when the service ends.
        project: whose history it is; how long others keep theirs is their own affair.
    """
    while not closing.is_set():
        pause = _EVERY_SECONDS
        try:
            await _remove(manager, history(), clock(), project)
        except Exception as error:  # noqa: BLE001 - what is old can wait, and must stop nothing
            _LOG.warning("What is old was not removed: %s", type(error).__name__)
            pause = _AGAIN_SECONDS
        await set_within(closing, pause)


async def _remove(manager: ConnectionManager, settings: HistorySettings, now: datetime, project: str) -> None:
    if settings.enabled:
        before = now - timedelta(days=settings.retention_days)
        await prune(manager, before=before, keep=settings.max_snapshots, project=project)
