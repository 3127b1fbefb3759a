"""The service's own settings that are in force: good edits of its profiles count at once, others not at all."""

import asyncio
import logging
from collections.abc import Callable
from operator import attrgetter

from app.database.target import Target
from app.diagnostics.live import Live
from app.diagnostics.picture import Picture
from app.diagnostics.validation import validate
from app.diagnostics.workspace import Workspace
from app.errors import AssayError, TargetError
from app.schema import Settings
from app.schema.auth import TokenSettings

_LOG = logging.getLogger(__name__)

_AT_START = (
    "server.host", "server.port", "server.workers", "server.max_body_bytes", "app.docs", "app.name", "app.secret_key",
    "cors", "database.pool", "database.embedded", "database.pgbouncer",
    "history.digest_key",
)  # fmt: skip
"""What counts from the next start on."""

_NOBODY = TokenSettings(name="nobody", role="viewer", sha256="0" * 64)
"""A token that nobody can show: without any, the service would ask for none."""


async def obey(
    live: Live, environment: str, start: Settings, take: Callable[[Settings], None], well: Callable[[], None]
) -> None:
    """Hands over the service's settings whenever its profiles change for the better; until it is cancelled.

    A token that was taken back counts no more, however wrong the other settings are.

    Args:
        live: the service's own profiles.
        environment: the one that it runs with.
        start: the settings in force.
        take: puts settings in force.
        well: called whenever a reading was dealt with.
    """
    known, picture = start, live.picture
    while True:
        following = await asyncio.to_thread(_following, known, picture, environment)
        if following != known:
            known = following
            take(known)
        well()
        newer = await live.newer(picture.number)
        if newer is None:
            return
        picture = newer


def _following(known: Settings, picture: Picture, environment: str) -> Settings:
    """The settings that are to be in force after a reading."""
    if picture.readable is None:
        return known
    settings = _fit(picture.readable, environment)
    if settings is None:
        return known if picture.faults else _without_withdrawn(known, picture.readable, environment)
    if later := _from_next_start(known, settings):
        _LOG.warning("Changed settings that count from the next start on: %s", ", ".join(later))
    return settings


def _without_withdrawn(known: Settings, workspace: Workspace, environment: str) -> Settings:
    """The settings without the tokens that the profiles do not list any more; where none is left, nobody has one."""
    stated = {str(leaf.value).lower() for leaf in workspace.tree(environment).below(("auth", "tokens"))}
    kept = [token for token in known.auth.tokens if token.sha256.lower() in stated]
    if len(kept) == len(known.auth.tokens):
        return known
    _LOG.warning("Tokens that the profiles do not list any more were taken back.")
    auth = known.auth.model_copy(update={"tokens": kept or [_NOBODY]})
    return known.model_copy(update={"auth": auth})


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


def _from_next_start(old: Settings, new: Settings) -> list[str]:
    return [key for key in _AT_START if attrgetter(key)(old) != attrgetter(key)(new)]
