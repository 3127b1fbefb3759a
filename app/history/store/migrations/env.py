"""Runs migrations: on a connection of the live pool that `app.history.store.schema` hands over, or by `alembic`.

`alembic`, run in a home folder, takes the database from that folder's settings, as `assay db` does: for the active
environment (ENV_FOR_DYNACONF). A target has one source; there is no URL in Alembic's options.
"""

import asyncio
import os
from pathlib import Path

from alembic import context
from sqlalchemy import Connection

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store.revisions import VERSION_TABLE
from app.history.store.schema import alone
from app.releases.store.models import TABLES


def _migrate(connection: Connection) -> None:
    """Runs what was asked for, within the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=TABLES,
        version_table=VERSION_TABLE,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _write() -> None:
    """The statements, for whoever runs them by hand (`alembic upgrade --sql`)."""
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        literal_binds=True,
        target_metadata=TABLES,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _connect(target: Target) -> None:
    manager = ConnectionManager(target)
    try:
        async with manager.connect() as connection, alone(connection):
            await connection.run_sync(_migrate)
    finally:
        await manager.close()


def run() -> None:
    """Runs what was asked for."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
    elif context.is_offline_mode():
        _write()
    else:
        from app.service.database import own_database  # noqa: PLC0415 - Alembic's own command alone looks up

        with own_database(Path.cwd(), os.environ) as target:
            asyncio.run(_connect(target))


run()
