"""The migrations as Alembic knows them: one line of revisions, from nothing to the newest, and a way along it."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from msgspec import Struct

from app.core.errors import ArgumentError, SchemaUnknown, did_you_mean

BASE = "base"
_HEADS = {"head", "heads"}


class Revision(Struct, frozen=True, kw_only=True):
    """One migration, newest first in lists."""

    id: str
    description: str


def folder() -> Path:
    """Where the scripts are, wherever the package is installed."""
    return Path(str(files("app.history.store") / "migrations"))


def configuration() -> Config:
    """Alembic's configuration for this package."""
    config = Config()
    # A `%` starts an interpolation in Alembic's options.
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def revisions() -> tuple[Revision, ...]:
    """Every revision, newest first; read once, since they are part of the program."""
    walked = ScriptDirectory.from_config(configuration()).walk_revisions()
    return tuple(Revision(id=script.revision, description=script.doc.rstrip(".")) for script in walked)


def head() -> str:
    """The newest revision."""
    return revisions()[0].id


def height(current: str | None) -> int:
    """How many revisions the tables have behind them.

    Raises:
        SchemaUnknown: they are of a revision that a newer version of Assay made.
    """
    ids = _ids()
    if current is not None and current not in ids:
        message = f"The tables are at revision {current!r}, which this version of Assay does not know."
        raise SchemaUnknown(message, fix=f"Use the version of Assay that made it; this one knows up to {head()}.")
    return ids.index(current) + 1 if current else 0


def height_of(wanted: str, current: str | None) -> int:
    """The height that somebody asks for.

    Args:
        wanted: `head`, `base`, a revision or the beginning of one, or `+1` and `-1` from the current one.
        current: where the tables are.

    Raises:
        ArgumentError: there is no such revision; the nearest is suggested.
        SchemaUnknown: it is asked from a revision that is not known.
    """
    ids = _ids()
    if wanted in _HEADS:
        return len(ids)
    if wanted == BASE:
        return 0
    if is_relative(wanted):
        return _relative(height(current) + int(wanted), wanted, ids)
    found = [number for number, revision in enumerate(ids, 1) if revision == wanted]
    found = found or [number for number, revision in enumerate(ids, 1) if wanted and revision.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    message = f"There is no revision {wanted!r}. {did_you_mean(wanted, [*ids, 'head', BASE])}"
    raise ArgumentError(message, fix="`assay db revision` lists them.")


def is_relative(wanted: str) -> bool:
    """Whether it counts from the current revision."""
    return wanted[:1] in {"+", "-"} and wanted[1:].isascii() and wanted[1:].isdigit()


def _relative(found: int, wanted: str, ids: Sequence[str]) -> int:
    if 0 <= found <= len(ids):
        return found
    message = f"There is no revision {wanted} from the current one."
    raise ArgumentError(message, fix="`assay db revision` lists them.")


def _ids() -> list[str]:
    """Their names, oldest first."""
    return [revision.id for revision in reversed(revisions())]


def name_of(found: int) -> str:
    """The revision at a height, as Alembic calls it."""
    return _ids()[found - 1] if found else BASE


def between(low: int, high: int) -> tuple[Revision, ...]:
    """The revisions above one height up to another, oldest first."""
    return tuple(reversed(revisions()))[low:high]
