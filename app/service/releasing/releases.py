"""Releases of a project: asked and made by the command line and over REST."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from msgspec import to_builtins
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import DatabaseUnavailable, UnknownRelease
from app.database.engine import ConnectionManager
from app.project.git.revision import committed_revision
from app.project.workspace import Workspace
from app.releases.body import ReleaseBody, tree_of
from app.releases.candidate import Candidate, candidate, preview, require_fit
from app.releases.errors import ReleaseConflict, ReleaseRefused
from app.releases.store import queries
from app.releases.store.durability import require_synchronous, unconfirmed
from app.releases.store.publishing import ReleaseDraft, approve, publish
from app.reports import wire
from app.reports.difference import difference
from app.reports.released import released
from app.reports.releases import Release, ReleasePreview, Releases
from app.service.questions import one_moment, transaction
from app.settings.releases import ReleasesSettings

LISTED = 50
"""So many are listed where nobody says how many."""


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """What was and is released of one project.

    Attributes:
        manager: the database that has the releases.
        workspace: gives the project as it is.
        settings: those in force.
        author: who asks.
        clock: tells the time.
    """

    manager: ConnectionManager
    workspace: Callable[[], Workspace]
    settings: ReleasesSettings
    author: str
    clock: Callable[[], datetime]

    @property
    def project(self) -> str:
        """The project's name."""
        return self.workspace().project.name

    async def listed(
        self, environment: str | None = None, *, limit: int = LISTED, before: str | None = None
    ) -> Releases:
        """Releases, newest first, of an environment or of all.

        Raises:
            UnknownEnvironment: the project has no such environment, and nothing was released of one.
            ArgumentError: the limit or the cursor cannot be used.
            DatabaseUnavailable: the database does not answer.
            MigrationsPending: it has not the tables that this version asks.
        """
        asked = environment and environment.strip().lower()
        async with one_moment(self.manager) as session:
            found = await queries.releases(session, self.project, environment=asked, limit=limit, before=before)
        if asked and not found.releases and before is None:
            self.workspace().environment(asked)
        return released(found, self.workspace().mask().said)

    async def shown(self, number: int) -> Release:
        """One release.

        Raises:
            UnknownRelease: there is none of that id.
            DatabaseUnavailable: the database does not answer.
        """
        async with one_moment(self.manager) as session:
            found = await queries.release(session, self.project, number)
        return released(found, self.workspace().mask().said)

    async def difference(self, left: int, right: int) -> wire.Difference:
        """The leaves that differ between two releases; what became a secret since is not shown.

        Raises:
            UnknownRelease: there is none of an id.
            DatabaseUnavailable: the database does not answer.
        """
        async with one_moment(self.manager) as session:
            before, after = [
                await _body(session, await queries.release(session, self.project, number)) for number in (left, right)
            ]
        mask = self.workspace().mask()
        found = difference(tree_of(before), tree_of(after), mask)
        named = wire.Difference(left=_name(left), right=_name(right), changes=found.changes)
        return released(named, mask.said)

    async def preview(self, environment: str, *, expect: str | None = None) -> ReleasePreview:
        """What a release of an environment would do.

        Args:
            environment: which.
            expect: as for a release.

        Raises:
            UnknownEnvironment: there is none of that name.
            ReleaseConflict: it is not what was expected: a release would be refused.
            DatabaseUnavailable: the database does not answer.
        """
        found = await asyncio.to_thread(candidate, self.workspace(), environment)
        head, content = await self._head(found.tree.environment)
        _require_expected(found, head, expect)
        return await self._previewed(found, head, content)

    async def release(
        self,
        environment: str,
        message: str,
        *,
        expect: str | None = None,
        forced: str | None = None,
        seen: ReleasePreview | None = None,
    ) -> Release:
        """Releases an environment as the project's files have it.

        Args:
            environment: which.
            message: what for.
            expect: the fingerprint that its values have, or the digest of its head; None where nothing is expected.
            forced: why it is released in spite of errors.
            seen: what somebody has looked at: the head must still be that one, and the body.

        Raises:
            UnknownEnvironment: there is none of that name.
            ReleaseRefused: it has errors; nothing was written.
            ReleaseConflict: it is not what was expected, or another release was first; nothing was written.
            DatabaseUnavailable: the database does not answer.
        """
        workspace = self.workspace()
        head, content = await self._head(workspace.environment(environment))
        found = await asyncio.to_thread(candidate, workspace, environment)
        try:
            require_fit(found, forced)
        except ReleaseRefused as refusal:
            refusal.preview = await self._previewed(found, head, content)
            raise
        _require_expected(found, head, expect)
        if seen and seen.digest != found.body.digest:
            message = f"The values of {found.tree.environment} have changed since they were compared."
            raise ReleaseConflict(message, fix="Look at them again.", head=_id_of(head))
        commit = await asyncio.to_thread(committed_revision, workspace.project, workspace.environ)
        draft = ReleaseDraft(
            project=workspace.project.name,
            environment=found.tree.environment,
            body=found.body,
            fingerprint=found.fingerprint,
            counts=to_builtins(found.report.counts),
            forced=None if found.report.valid else forced,
            author=self.author,
            message=message,
            commit=commit,
            base=_id_of(seen.head if seen else head),
            approvals=self.settings.approvals,
            at=self.clock(),
        )
        return await self._published(draft)

    async def rollback(self, number: int, message: str = "") -> Release:
        """Releases the bytes of an older release again, at once: they were judged, and approved where that was asked.

        Raises:
            UnknownRelease: there is none of that id.
            ReleaseConflict: it is the head, was never in force, or another release was first.
            DatabaseUnavailable: the database does not answer.
        """
        async with one_moment(self.manager) as session:
            older = await queries.release(session, self.project, number)
            head = await queries.head(session, self.project, older.environment)
            content = await _body(session, older)
        if head is None or older.state != "past" or len(older.approved_by) < older.approvals:
            why = "is in force" if older.state == "head" else "was never in force"
            fix = f"`assay release list {older.environment}` tells what was."
            raise ReleaseConflict(f"Release {number} {why}, and nothing can be rolled back to it.", fix=fix)
        draft = ReleaseDraft(
            project=older.project,
            environment=older.environment,
            body=ReleaseBody(content=content, digest=older.digest, supplied=tuple(older.supplied)),
            fingerprint=older.fingerprint,
            counts=to_builtins(older.counts),
            forced=older.forced,
            author=self.author,
            message=message or f"Back to release {number}.",
            commit=older.commit,
            base=head.id,
            rolled_back_to=number,
            at=self.clock(),
        )
        return await self._published(draft)

    async def approve(self, number: int) -> Release:
        """Approves a release; with the last approval that it needs, it is the head.

        Raises:
            UnknownRelease: there is none of that id.
            ReleaseConflict: it does not wait for approval.
            ApprovalRefused: its author asks, or who has approved it already.
            DatabaseUnavailable: the database does not answer.
        """
        async with self._writing() as session:
            made = await approve(session, self.project, number, self.author, self.clock())
        return released(made, self.workspace().mask().said)

    async def _head(self, environment: str) -> tuple[Release | None, bytes | None]:
        """The head of an environment, and its body."""
        async with one_moment(self.manager) as session:
            head = await queries.head(session, self.project, environment)
            return head, await _body(session, head) if head else None

    async def _previewed(self, found: Candidate, head: Release | None, content: bytes | None) -> ReleasePreview:
        return await asyncio.to_thread(preview, found, head, content)

    async def _published(self, draft: ReleaseDraft) -> Release:
        said = self.workspace().mask().said  # what is written reaches everybody who is delivered the head
        shown = replace(draft, message=said(draft.message), forced=draft.forced and said(draft.forced))
        try:
            async with self._writing() as session:
                return await publish(session, shown)
        except ReleaseConflict as conflict:
            if conflict.head is not None and draft.base is not None:
                conflict.changes = (await self.difference(draft.base, conflict.head)).changes
            raise

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncSession]:
        """A transaction whose commit waits for a synchronous standby where the settings say so.

        Raises:
            ReleaseUnconfirmed: no such standby is there, and nothing was written; or it did not acknowledge in time.
            DatabaseUnavailable: the database does not answer.
        """
        is_written = False
        try:
            async with transaction(self.manager) as session:
                if self.settings.synchronous:
                    await require_synchronous(session)
                yield session
                is_written = True
        except DatabaseUnavailable as error:
            if is_written and self.settings.synchronous:
                raise unconfirmed() from error
            raise


def _require_expected(found: Candidate, head: Release | None, expect: str | None) -> None:
    """Lets an environment pass that is as somebody saw it, where they say how.

    Raises:
        ReleaseConflict: its values are others, or were released meanwhile.
    """
    if expect is None or (head and expect == head.digest):
        return
    name = found.tree.environment
    if expect != found.fingerprint:
        message = f"The values of {name} are not those that are expected, and neither is its head."
        raise ReleaseConflict(message, fix="Look at what a release would change now.", head=_id_of(head))
    if head and head.fingerprint == expect:
        message = f"Release {head.id} of {name} was made meanwhile, with these values."
        raise ReleaseConflict(message, fix="There is nothing left to release.", head=head.id)


async def _body(session: AsyncSession, release: Release) -> bytes:
    content = await queries.body(session, release.digest)
    if content is None:  # pragma: no cover - a foreign key keeps it
        raise UnknownRelease(f"The body of release {release.id} is missing.", fix="Restore the table release_body.")
    return content


def _id_of(head: Release | None) -> int | None:
    return head.id if head else None


def _name(number: int) -> str:
    return f"release {number}"
