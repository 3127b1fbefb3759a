"""A new migration, drafted from what the models say and the database has: for who works on Assay itself."""

import os
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from app.core.errors import ArgumentError
from app.database.engine import ConnectionManager
from app.history.store.revisions import VERSION_TABLE
from app.history.store.schema import state
from app.history.store.scripts import configuration, folder, head, revisions


async def draft(manager: ConnectionManager, message: str, tables: MetaData) -> Path | None:
    """Writes a migration that brings a database from the newest revision to what the models say.

    Args:
        manager: a database at the newest revision.
        message: what the migration does; the file is named after it.
        tables: what the models say.

    Returns:
        The file; None where the database already has what the models say.

    Raises:
        ArgumentError: the tables are not at the newest revision, or the scripts cannot be written.
        DatabaseUnavailable: there is no connection.
    """
    versions = folder() / "versions"
    if not os.access(versions, os.W_OK):
        text = "Migrations are written in a working copy of Assay, not where it is installed."
        raise ArgumentError(text, fix="Run this in a checkout that is yours to write.")
    found = await state(manager)
    if found.current != head():
        text = f"The tables are at {found.current or 'no revision'}, and a draft starts from the newest, {head()}."
        raise ArgumentError(text, fix="Run `assay db upgrade` first.")
    async with manager.connect() as connection:
        return await connection.run_sync(_draft, message, tables)


def _draft(connection: Connection, message: str, tables: MetaData) -> Path | None:
    options = {"version_table": VERSION_TABLE, "compare_server_default": True}
    if not compare_metadata(MigrationContext.configure(connection, opts=options), tables):
        return None
    config = configuration()
    config.attributes["connection"] = connection
    made = command.revision(config, message=message, autogenerate=True, rev_id=_next())
    script = made if not isinstance(made, list) else made[0]
    return Path(script.path) if script else None


def _next() -> str:
    """The number after the newest."""
    return f"{len(revisions()) + 1:04d}"
