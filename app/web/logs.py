"""Logs: one event a line, for people or for machines, with the request it belongs to and without secrets."""

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import structlog
from pydantic import SecretStr

from app.core import dsn
from app.core.errors import traced
from app.core.legible import legible, legible_lines
from app.core.roles import infer, is_secret
from app.core.secrecy import without
from app.settings import Settings

_STARS = "***"
_SHORTEST = 6
"""A secret that is shorter stands in too many words to be looked for."""

_WITH_LINES = frozenset({"exception", "stack"})
"""What has lines of its own: whatever else is logged is one line of the log."""

type Event = MutableMapping[str, Any]


def configure(settings: Settings, digest_key: bytes | None = None) -> None:
    """Sends everything that is logged in this process to standard error, as the settings say.

    Args:
        settings: those of the service.
        digest_key: what makes its digests, wherever that is stated; a secret as those in the settings are.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(settings, digest_key))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.logging.level.upper())
    logging.getLogger("watchfiles").setLevel(logging.WARNING)  # a log in a followed folder would follow itself


def formatter(settings: Settings, digest_key: bytes | None = None) -> logging.Formatter:
    """What writes a record as the settings say, without secrets."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(lambda raised: traced(raised[1])),
        _without_context,
        Scrubber(secrets_of(settings, digest_key)),
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if settings.logging.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
    )


class Scrubber:
    """Takes secrets out of whatever is logged: known ones, connection URLs' passwords, and what names call a secret.

    Args:
        secrets: the known ones.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({text for text in secrets if len(text) >= _SHORTEST}, key=len, reverse=True)

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        """The event as it may be written."""
        return {key: self._scrubbed(key, value) for key, value in event.items()}

    def _scrubbed(self, key: str, value: object) -> object:
        if is_secret(infer((key,), value)):
            return _STARS
        if isinstance(value, Mapping):
            return {legible(str(inner)): self._scrubbed(str(inner), item) for inner, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._scrubbed(key, item) for item in value]
        return self._text(key, value) if isinstance(value, str) else value

    def _text(self, key: str, text: str) -> str:
        for secret in self._secrets:
            text = without(text, secret) if secret.isalpha() else text.replace(secret, _STARS)
        return (legible_lines if key in _WITH_LINES else legible)(dsn.mask(text))


def _without_context(_logger: object, _method: str, event: Event) -> Event:
    """What asyncio says of a task that failed, without its error's text, which it adds in further lines."""
    if event.get("logger") == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event


def secrets_of(settings: Settings, digest_key: bytes | None) -> list[str]:
    """The secrets that the service itself holds."""
    database = settings.database
    found = (settings.app.secret_key, database.password, database.url, settings.history.digest_key)
    stated = [secret.get_secret_value() for secret in found if isinstance(secret, SecretStr)]
    return [*stated, digest_key.decode("utf-8", "surrogateescape")] if digest_key else stated
