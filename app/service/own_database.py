"""The service's own database as it starts: the embedded server, the pool, the tables."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import DatabaseUnavailable, MigrationFailed
from app.database.embedded import SupervisedServer, start
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema
from app.service.plan import Plan

_LOG = logging.getLogger(__name__)
_RECOVERY_SECONDS = 600.0
"""A server that was killed first replays its log of changes; who ends it meanwhile makes it begin again."""


def start_embedded(plan: Plan) -> SupervisedServer | None:
    """The embedded server of the plan, to be supervised; None where it runs none.

    Raises:
        EmbeddedServerError: it cannot run.
    """
    if not plan.embedded:
        return None
    return SupervisedServer(start(plan.home), lambda port: start(plan.home, port=port, seconds=_RECOVERY_SECONDS))


def open_manager(plan: Plan, target: Target) -> ConnectionManager:
    """A pool to the service's database."""
    database = plan.settings.database
    return ConnectionManager(target, pool=database.pool, pgbouncer=database.pgbouncer)


async def migrate(plan: Plan, manager: ConnectionManager) -> None:
    """Brings the tables up to date, where the settings ask for that; a database that is away can wait."""
    if not plan.settings.history.migrate_on_start or not plan.settings.history.enabled:
        return
    try:
        await schema.upgrade(manager)
    except (DatabaseUnavailable, MigrationFailed) as error:
        _LOG.warning("The tables were not brought up to date: %s %s", error.message, error.fix)
    except (SQLAlchemyError, OSError) as error:
        _LOG.warning("The tables were not brought up to date: %s", type(error).__name__)
