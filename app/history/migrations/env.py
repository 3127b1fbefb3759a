"""Runs migrations on the connection that it is handed; `app.history.schema` hands over one of the live pool.

Alembic's own command has none to hand over, and this file opens none: a target has one source, the settings.
"""

from alembic import context

from app.errors import ArgumentError
from app.history.models import Model
from app.history.schema import VERSION_TABLE


def run() -> None:
    """Runs what was asked for, within the connection's transaction.

    Raises:
        ArgumentError: there is no connection.
    """
    connection = context.config.attributes.get("connection")
    if connection is None:
        message = "Migrations need a connection."
        raise ArgumentError(message, fix="Run them as `assay db upgrade`, which knows the environment's database.")
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        version_table=VERSION_TABLE,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
