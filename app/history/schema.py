"""The history's tables brought up to date, or back; on the live pool, in a running loop.

One migration at a time, by an advisory lock: PostgreSQL releases it however the connection ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.database.engine import ConnectionManager
from app.reports.probe import Migrations

VERSION_TABLE = "assay_schema"
# Any number that no other program uses: "assay" in ASCII.
_LOCK = 0x6173736179


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One migration, newest first in lists."""

    id: str
    description: str


def configuration() -> Config:
    """Alembic's configuration for this package, wherever it is installed."""
    folder = Path(str(files("app.history") / "migrations"))
    config = Config()
    # A `%` starts an interpolation in Alembic's options.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """The newest revision that this version of Assay knows."""
    return revisions()[0].id


@cache
def revisions() -> tuple[Revision, ...]:
    """Every revision of this version of Assay, newest first."""
    walked = ScriptDirectory.from_config(configuration()).walk_revisions()
    return tuple(Revision(id=script.revision, description=script.doc) for script in walked)


async def upgrade(manager: ConnectionManager, revision: str = "head") -> None:
    """Brings the tables up to this revision; waits for a migration that another process runs.

    Raises:
        DatabaseUnavailable: there is no connection.
    """
    await _migrate(manager, command.upgrade, revision)


async def downgrade(manager: ConnectionManager, revision: str) -> None:
    """Takes the tables back to this revision (`base`: none at all, with their rows).

    Raises:
        DatabaseUnavailable: there is no connection.
    """
    await _migrate(manager, command.downgrade, revision)


async def _migrate(manager: ConnectionManager, step: Callable[[Config, str], None], revision: str) -> None:
    async with manager.connect() as connection:
        # A migration may take longer than a statement of the service, and may wait for another one.
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(_step, step, revision)


def _step(connection: Connection, step: Callable[[Config, str], None], revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    step(config, revision)


async def state(manager: ConnectionManager) -> Migrations:
    """Where the tables are, and how far behind.

    Raises:
        DatabaseUnavailable: there is no connection.
    """
    async with manager.connect() as connection:
        current = await connection.run_sync(_current)
    ids = [revision.id for revision in revisions()]
    pending = ids.index(current) if current in ids else len(ids)
    return Migrations(current=current, head=ids[0], pending=pending)


def _current(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()
