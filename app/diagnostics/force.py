"""The service's own settings that are in force: good edits of its profiles count at once, others not at all."""

import asyncio
import logging
from collections.abc import Callable
from operator import attrgetter

from app.database.target import Target
from app.diagnostics.live import Live
from app.diagnostics.validation import validate
from app.diagnostics.workspace import Workspace
from app.errors import AssayError, TargetError
from app.schema import Settings

_LOG = logging.getLogger(__name__)

_AT_START = (
    "server.host", "server.port", "server.workers", "server.max_body_bytes", "app.docs", "app.name", "app.secret_key",
    "cors", "database.pool", "database.embedded", "database.pgbouncer",
    "history.digest_key",
)  # fmt: skip
"""What counts from the next start on."""


async def obey(live: Live, environment: str, take: Callable[[Settings], None]) -> None:
    """Hands over the service's settings whenever its profiles change for the better; until it is cancelled.

    Args:
        live: the service's own profiles.
        environment: the one that it runs with.
        take: puts settings in force.
    """
    known = live.workspace().settings(environment)
    async for picture in live.changes():
        settings = await asyncio.to_thread(_fit, picture.readable, environment) if picture.readable else None
        if settings is None or settings == known:
            continue
        if later := _from_next_start(known, settings):
            _LOG.warning("Changed settings that count from the next start on: %s", ", ".join(later))
        known = settings
        take(settings)


def _fit(workspace: Workspace, environment: str) -> Settings | None:
    """The settings, if they are fit to run with."""
    try:
        report = validate(workspace, [environment])
    except AssayError as error:
        _LOG.warning("The new settings cannot be judged: %s", error.message)
        return None
    if not report.valid:
        _LOG.warning("The new settings have %d errors; the last good ones stay in force.", report.counts.error)
        return None
    settings = workspace.settings(environment)
    return settings if settings and _is_usable(settings) else None


def _is_usable(settings: Settings) -> bool:
    try:
        Target.from_settings(settings.database)
    except TargetError as error:
        _LOG.warning("The new settings name no database that can be used: %s", error.message)
        return False
    return True


def _from_next_start(old: Settings | None, new: Settings) -> list[str]:
    return [key for key in _AT_START if old and attrgetter(key)(old) != attrgetter(key)(new)]
