"""The service's own database where no service runs: its status, and its tables."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from app.core.errors import TargetError
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import schema
from app.history.store.schema import Move
from app.probing.status import status as ask
from app.project.database_target import environment_database
from app.project.workspace import Workspace
from app.reports import probe
from app.reports.migration import KnownRevision, Migration, Revisions, Step
from app.reports.probe import Status
from app.service.plan import own_workspace


@contextmanager
def own_database(home: Path, environ: Mapping[str, str], environment: str | None = None) -> Iterator[Target]:
    """The database in which a service of this home folder remembers; its embedded server, if any, runs meanwhile.

    Args:
        home: the folder of the service's settings; without any there, `ASSAY_` variables are its settings.
        environ: this process's variables.
        environment: one of its environments; None for the active one.

    Raises:
        TargetError: the environment names no database, or one that cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
        UnknownEnvironment: there is none of that name.
    """
    workspace = own_workspace(home, environ)
    with environment_database(workspace, workspace.environment(environment)) as target:
        yield target


@asynccontextmanager
async def connected(workspace: Workspace, environment: str, target: Target) -> AsyncIterator[ConnectionManager]:
    """A pool as the environment's settings want it, for as long."""
    settings = workspace.model.settings(environment)
    database = settings.database if settings else None
    if database is None:
        manager = ConnectionManager(target)
    else:
        stated = Target.from_settings(database) or target
        manager = ConnectionManager(stated, pool=database.pool, pgbouncer=database.pgbouncer)
    try:
        yield manager
    finally:
        await manager.close()


def status(workspace: Workspace, environment: str) -> Status:
    """What an environment's database is doing; its tables are looked at where they are the service's own.

    Raises:
        TargetError: what the environment says of its database cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
    """
    try:
        with environment_database(workspace, environment) as target:
            return asyncio.run(_status(workspace, environment, target))
    except TargetError as error:
        if "environment" not in error.errors:
            raise
        return asyncio.run(ask(None, environment))  # it names none, which is an answer


async def _status(workspace: Workspace, environment: str, target: Target) -> Status:
    async with connected(workspace, environment, target) as manager:
        return await ask(manager, environment, migrations=schema.state if workspace.model.is_service else None)


def upgrade(workspace: Workspace, environment: str, revision: str) -> Migration:
    """Brings the tables of an environment's database up to a revision; see `app.history.store.schema.upgrade`."""
    return _on_tables(workspace, environment, lambda manager: schema.upgrade(manager, revision))


def downgrade(workspace: Workspace, environment: str, revision: str) -> Migration:
    """Takes the tables of an environment's database back to a revision; see `app.history.store.schema.downgrade`."""
    return _on_tables(workspace, environment, lambda manager: schema.downgrade(manager, revision))


def revisions(workspace: Workspace, environment: str) -> Revisions:
    """Every revision, and which of them the tables of an environment's database have."""
    return _with_manager(workspace, environment, lambda manager: _revisions(manager, environment))


def draft(workspace: Workspace, environment: str, message: str) -> Path | None:
    """Writes a migration to what the models say; see `app.history.store.migration_draft.draft`."""
    from app.history.store.migration_draft import draft as write  # noqa: PLC0415 - who develops Assay alone wants it
    from app.releases.store.models import TABLES  # noqa: PLC0415 - the same

    return _with_manager(workspace, environment, lambda manager: write(manager, message, TABLES))


def _on_tables(
    workspace: Workspace, environment: str, move: Callable[[ConnectionManager], Awaitable[Move]]
) -> Migration:
    async def run(manager: ConnectionManager) -> Migration:
        moved = await move(manager)
        steps = tuple(Step(revision=step.id, description=step.description) for step in moved.steps)
        return Migration(
            environment=environment,
            target=probe.target(manager.target.shown()),
            before=moved.before,
            after=moved.after,
            head=schema.head(),
            steps=steps,
        )

    return _with_manager(workspace, environment, run)


async def _revisions(manager: ConnectionManager, environment: str) -> Revisions:
    found = await schema.state(manager)
    rows = schema.revisions()
    return Revisions(
        environment=environment,
        target=probe.target(manager.target.shown()),
        current=found.current,
        head=found.head,
        pending=found.pending,
        revisions=tuple(
            KnownRevision(revision=row.id, description=row.description, applied=number >= found.pending)
            for number, row in enumerate(rows)
        ),
    )


def _with_manager[T](workspace: Workspace, environment: str, work: Callable[[ConnectionManager], Awaitable[T]]) -> T:
    async def run(target: Target) -> T:
        async with connected(workspace, environment, target) as manager:
            return await work(manager)

    with environment_database(workspace, environment) as target:
        return asyncio.run(run(target))
