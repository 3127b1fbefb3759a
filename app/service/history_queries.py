"""What was recorded of a project: asked by the command line and over REST."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.core.errors import (
    ArgumentError,
    HistoryOff,
    ProjectError,
    UnknownKey,
)
from app.core.roles import infer
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.snapshot_builder import present_leaves
from app.history.store import queries
from app.history.store.drafts import LeafDraft
from app.project.database_target import environment_database
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.history import KeyHistory, Present, Recorded, Snapshot, SnapshotDifference, Snapshots
from app.reports.history.recorded import changed, compared, recorded
from app.reports.values import Mask
from app.service.database import connected
from app.service.questions import one_moment

if TYPE_CHECKING:
    from app.service.diagnosed import DiagnosedProject
    from app.service.runtime import Service

LISTED = 50
"""So many are listed where nobody says how many."""

NOW = "now"
"""Stands for the project as it is, in place of a snapshot."""


@dataclass(frozen=True, kw_only=True)
class History:
    """What was recorded of one project.

    Attributes:
        manager: the database that remembers it.
        project: its name.
        workspace: gives the project as it is; it may raise ProjectError, and then old records can still be asked for.
        compare_secrets: whether digests of secrets are comparable across environments.
    """

    manager: ConnectionManager
    project: str
    workspace: Callable[[], Workspace]
    compare_secrets: bool = False

    async def listed(
        self, environment: str | None = None, *, limit: int = LISTED, before: str | None = None
    ) -> Snapshots:
        """Snapshots, newest first, of an environment or of all; gaps among them.

        Raises:
            UnknownEnvironment: the project has no such environment, and nothing was recorded of one.
            ArgumentError: the limit or the cursor cannot be used.
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        async with one_moment(self.manager) as session:
            found = await queries.snapshots(session, self.project, environment=_folded(environment), limit=limit,
                                           before=before)  # fmt: skip
        if environment is not None and not found.snapshots and before is None:
            self._require(environment)
        return found

    async def last_changes(self) -> dict[str, datetime]:
        """When each environment last changed, as far as it was recorded.

        Raises:
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        async with one_moment(self.manager) as session:
            return await queries.last_changes(session, self.project)

    async def shown(self, snapshot: str) -> Recorded:
        """One snapshot, by its id or the first digits of it.

        Raises:
            UnknownSnapshot: there is none, or there are several.
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        async with one_moment(self.manager) as session:
            found = await queries.snapshot(session, self.project, snapshot)
        return await asyncio.to_thread(lambda: recorded(found, self._mask()))

    async def difference(self, left: str, right: str, *, everything: bool = False) -> SnapshotDifference:
        """The leaves that differ between two snapshots, or between a snapshot and the project as it is.

        Args:
            left: the id of a snapshot, or the first digits of it.
            right: the same, or `now`.
            everything: lists the equal ones too.

        Raises:
            UnknownSnapshot: there is none, or there are several.
            UnknownEnvironment: the project has no longer the environment that is to be compared with now.
            ProjectError: it is to be compared with now, and the project cannot be used.
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        if left == NOW:
            raise ArgumentError(f"Only the second of the two can be {NOW!r}.", fix="Name the snapshot first.")
        async with one_moment(self.manager) as session:
            one, before = await queries.leaves_of(session, self.project, left)
            if right != NOW:
                other, after = await queries.leaves_of(session, self.project, right)
        if right == NOW:
            return await asyncio.to_thread(self._until_now, one, before, everything=everything)
        found = SnapshotDifference(left=one.id, right=other.id, left_snapshot=one, right_snapshot=other, now=None,
                                   changes=_listed(before, after, everything=everything))  # fmt: skip
        return await asyncio.to_thread(lambda: compared(found, self._mask()))

    async def key(
        self, key: str, environment: str | None = None, *, limit: int = LISTED, before: str | None = None
    ) -> KeyHistory:
        """When a key of an environment changed, by default of the active one; newest first.

        Raises:
            UnknownEnvironment: the project has no such environment, and nothing was recorded of one.
            UnknownKey: nothing was recorded under this key; the nearest is suggested.
            ArgumentError: the limit or the cursor cannot be used.
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        chosen = _folded(environment) or self.workspace().environment(None)
        async with one_moment(self.manager) as session:
            try:
                found = await queries.key_changes(session, self.project, chosen, key, limit=limit, before=before)
            except UnknownKey:
                self._require(chosen)
                raise
        return await asyncio.to_thread(lambda: changed(found, self._mask()))

    def _mask(self) -> Mask:
        """What may be shown now; where nobody can read the project, what only a name tells to be open."""
        try:
            return self.workspace().mask()
        except ProjectError:
            return Mask(role=infer, is_blind=True)

    def _require(self, environment: str) -> None:
        """Lets an environment pass that the project has, or that it cannot be asked for."""
        with suppress(ProjectError):
            self.workspace().environment(environment)

    def _until_now(self, one: Snapshot, before: Sequence[LeafDraft], *, everything: bool) -> SnapshotDifference:
        workspace = self.workspace()
        environment = workspace.environment(one.environment)
        after = present_leaves(workspace, environment, compare_secrets=self.compare_secrets)
        present = Present(
            environment=environment,
            active=workspace.variables(environment) is workspace.environ,
            fingerprint=workspace.fingerprints.of(workspace.tree(environment)),
        )
        found = SnapshotDifference(left=one.id, right=NOW, left_snapshot=one, right_snapshot=None, now=present,
                                   changes=_listed(before, after, everything=everything))  # fmt: skip
        return compared(found, self._mask())


def history_of(service: "Service", project: "DiagnosedProject") -> History:
    """What a service remembers of a project that it diagnoses.

    Raises:
        HistoryOff: it remembers nothing.
    """
    settings = service.settings.history
    if not settings.enabled:
        raise _off(service.plan.environment)
    if service.manager is None:
        message = "The service has no database, and so no history."
        raise HistoryOff(message, fix="Set database.url, or database.host and its neighbours, and start it again.")
    return History(
        manager=service.manager,
        project=project.name,
        workspace=project.live.workspace,
        compare_secrets=settings.compare_secrets,
    )


def ask_at_home[T](home: Workspace, project: Workspace, question: Callable[[History], Awaitable[T]]) -> T:
    """The answer to a question about a project, where no service runs; an embedded server runs meanwhile.

    Args:
        home: the service's own settings: they name the database.
        project: whose history it is.
        question: what is asked.

    Raises:
        HistoryOff: nothing is recorded there.
        TargetError: the active environment names no database, or one that cannot be understood.
        EmbeddedServerError: the embedded server cannot run.
        AssayError: what the question raises.
    """
    environment = home.environment(None)
    settings = home.model.settings(environment)
    if settings and not settings.history.enabled:
        raise _off(environment)
    asked = replace(project, stated_key=home.digest_key)

    async def ask(target: Target) -> T:
        async with connected(home, environment, target) as manager:
            return await question(
                History(
                    manager=manager,
                    project=project.project.name,
                    workspace=lambda: asked,
                    compare_secrets=settings.history.compare_secrets if settings else False,
                )
            )

    with environment_database(home, environment) as target:
        return asyncio.run(ask(target))


def differs(document: SnapshotDifference) -> bool:
    """Whether anything is known to differ; of secrets that cannot be compared nothing is."""
    return any(change.kind != "same" and not change.unknown for change in document.changes)


def _folded(environment: str | None) -> str | None:
    return None if environment is None else environment.strip().lower()


def _listed(before: Sequence[LeafDraft], after: Sequence[LeafDraft], *, everything: bool) -> list[wire.LeafChange]:
    """The leaves that differ, and those that might: a URL that is shown with a mask looks the same in any case."""
    compared = queries.compared(before, after)
    return [change for change in compared if everything or change.kind != "same" or change.unknown]


def _off(environment: str) -> HistoryOff:
    message = f"Nothing is recorded: history.enabled is false in {environment}."
    return HistoryOff(message, fix=f"Write [{environment}.history] enabled = true, or set ASSAY_HISTORY__ENABLED.")
