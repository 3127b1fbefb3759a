"""`assay check --record`: records a check in the history where no service runs, in CI for one."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import DatabaseUnavailable, HistoryOff, MigrationsPending
from app.database.engine import ConnectionManager
from app.database.session import DRIVER_ERRORS
from app.database.target import Target
from app.history.snapshot_builder import JudgedReading, drafts
from app.history.store import schema
from app.history.store.drafts import SnapshotDraft
from app.history.store.recording import record
from app.project.database_target import environment_database
from app.project.workspace import Workspace
from app.reports import wire
from app.service.database import connected
from app.service.plan import own_workspace


def keep(workspace: Workspace, report: wire.Report, seconds: float) -> Counter[str]:
    """Keeps the verdict on a project in the database of the service whose home its folder is.

    Args:
        workspace: the project.
        report: the verdict on it.
        seconds: how long the verdict took.

    Returns:
        How many environments' verdicts were `recorded`, `known` already, or `late`: newer ones were there.

    Raises:
        HistoryOff: the settings say that nothing is to be recorded.
        TargetError: the settings name no database, or one that cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
        DatabaseUnavailable: the database does not answer.
        MigrationsPending: it has not the tables that this version writes.
    """
    home = own_workspace(workspace.project.root, workspace.environ)
    environment = home.environment(None)
    if not _says(home, environment, "enabled"):
        message = f"Nothing is recorded: history.enabled is false in {environment}."
        raise HistoryOff(message, fix="Set it to true, or check without --record.")
    compared = _says(home, environment, "compare_secrets")
    at = workspace.clock() - timedelta(seconds=seconds)
    found = drafts(JudgedReading(workspace=workspace, report=report, at=at, seconds=seconds, compare_secrets=compared))

    async def write(target: Target) -> Counter[str]:
        async with connected(home, environment, target) as manager:
            return await _written(manager, found)

    with environment_database(home, environment) as target:
        return asyncio.run(write(target))


def _says(home: Workspace, environment: str, name: str) -> bool:
    """What a switch of the history says; other settings may be wrong, and that is no reason to ignore it."""
    leaf = home.tree(environment).get("history", name)
    return leaf is not None and leaf.value is True


async def _written(manager: ConnectionManager, found: Sequence[SnapshotDraft]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    try:
        await _require_tables(manager)
        for draft in found:
            async with manager.session() as session:
                outcomes[await record(session, draft)] += 1
    except (SQLAlchemyError, *DRIVER_ERRORS) as error:
        message = f"The database broke off what was recorded ({type(error).__name__})."
        raise DatabaseUnavailable(message, fix="Try again; `assay db status` tells how it is.") from error
    return outcomes


async def _require_tables(manager: ConnectionManager) -> None:
    if (await schema.state(manager)).pending:
        message = "The tables of the history are not those of this version of Assay."
        raise MigrationsPending(message, fix="Bring them up to date: `assay db upgrade`.")
