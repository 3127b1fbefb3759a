"""Settings reload: good edits of the service's own profiles count at once, others not at all."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext
from operator import attrgetter
from typing import TYPE_CHECKING

from app.checking.check import validate
from app.core.errors import AssayError, TargetError
from app.core.supervision import Step
from app.database.target import Target
from app.project.workspace import Workspace
from app.service.withdrawal import Withdrawal
from app.settings import Settings
from app.watching.project_snapshot import ProjectSnapshot
from app.watching.watcher import Live

if TYPE_CHECKING:
    from datetime import datetime

_LOG = logging.getLogger(__name__)

_AT_START = (
    "server.host", "server.port", "server.workers", "server.max_body_bytes", "app.docs", "app.name", "app.secret_key",
    "cors", "database.pool", "database.embedded", "database.pgbouncer",
    "history.digest_key",
)  # fmt: skip
"""What counts from the next start on."""


class Reload:
    """Hands over the service's settings whenever its profiles change for the better.

    A token that was taken back counts no more, however wrong the other settings are.

    Args:
        live: the service's own profiles.
        environment: the one that it runs with.
        start: the settings in force.
        take: puts settings in force.

    Attributes:
        refused_since: since when what the profiles say is not what is in force; None while it is.
    """

    def __init__(self, live: Live, environment: str, start: Settings, take: Callable[[Settings], None]) -> None:
        self._live = live
        self._environment = environment
        self._in_force = self._fit_last = start
        self._take = take
        self._withdrawal = Withdrawal(environment)
        self.refused_since: datetime | None = None

    async def run(self, step: Step = nullcontext) -> None:
        """Follows the readings until none comes any more, or this is cancelled.

        Args:
            step: is around what becomes of each reading.
        """
        picture: ProjectSnapshot | None = self._live.picture
        while picture:
            with step():
                await self._follow(picture)
            picture = await self._live.newer(picture.number)

    async def _follow(self, picture: ProjectSnapshot) -> None:
        try:
            fit = await asyncio.to_thread(self._fit, picture)
        except Exception:
            await self._withdraw(picture)  # first of all, for what fails now may fail for long
            raise
        if fit is None:
            await self._withdraw(picture)
            return
        self._put(fit)
        self._fit_last, self.refused_since = fit, None

    async def _withdraw(self, picture: ProjectSnapshot) -> None:
        """Takes back from what was last fit: a token that a half-written file does not list is back with the whole."""
        self.refused_since = self.refused_since or picture.loaded_at
        self._put(await asyncio.to_thread(self._withdrawal.without, self._fit_last, picture.readable))

    def _put(self, settings: Settings) -> None:
        if settings != self._in_force:
            self._take(settings)
            self._in_force = settings

    def _fit(self, picture: ProjectSnapshot) -> Settings | None:
        """What a reading says, if it is fit to run with."""
        settings = _fit(picture.readable, self._environment) if picture.readable else None
        if settings is None or picture.readable is None:
            return None
        self._withdrawal.note(picture.readable)
        if settings != self._in_force and (later := _from_next_start(self._in_force, settings)):
            _LOG.warning("Changed settings that count from the next start on: %s", ", ".join(later))
        return settings


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
    settings = workspace.model.settings(environment)
    return settings if settings and _is_usable(settings) else None


def _is_usable(settings: Settings) -> bool:
    try:
        Target.from_settings(settings.database)
    except TargetError as error:
        _LOG.warning("The new settings name no database that can be used: %s", error.message)
        return False
    return True


def _from_next_start(old: Settings, new: Settings) -> list[str]:
    return [key for key in _AT_START if attrgetter(key)(old) != attrgetter(key)(new)]
