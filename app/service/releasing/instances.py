"""Instances of a project: what they report, and who of them runs with what."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.tree import Tree
from app.history.store.queries.paging import LONGEST
from app.project.workspace import Workspace
from app.releases.drift import ExpectedValues, ReportedInstance, digests_of, flattened, judged
from app.releases.store import delivered, queries
from app.releases.store.instances import keep_report, majority, reported
from app.reports.released import released
from app.reports.releases import Release
from app.reports.releases.instances import Instances
from app.service.questions import one_moment, transaction
from app.service.releasing.releases import Releasing


@dataclass(frozen=True, kw_only=True)
class InstanceReports:
    """What instances report to one project's releases."""

    releasing: Releasing

    async def report(self, report: ReportedInstance) -> None:
        """Keeps what an instance tells.

        Raises:
            DatabaseUnavailable: the database does not answer.
        """
        async with transaction(self.releasing.manager) as session:
            await keep_report(session, self.releasing.project, report)

    async def listed(
        self, environment: str | None = None, *, limit: int = LONGEST, before: str | None = None
    ) -> Instances:
        """A page of the instances of an environment, or of all, each with its state.

        Raises:
            UnknownEnvironment: the project has no such environment, and no instance reports it.
            ArgumentError: the limit or the cursor cannot be used.
            DatabaseUnavailable: the database does not answer.
        """
        return await self._page(environment, limit, before, {})

    async def _page(
        self, environment: str | None, limit: int, before: str | None, usual: dict[str, Mapping[str, str | None]]
    ) -> Instances:
        """The same; what most instances of an environment have is counted once, and kept in `usual`."""
        asked = environment and environment.strip().lower()
        workspace, project, now = self.releasing.workspace(), self.releasing.project, self.releasing.clock()
        groups = defaultdict[str, list[ReportedInstance]](list)
        async with one_moment(self.releasing.manager) as session:
            found, following = await reported(session, project, asked, limit=limit, before=before)
            for one in sorted(found, key=lambda one: (one.environment, one.name)):
                groups[one.environment].append(one)
            key = await delivered.digest_key(session, project)
            heads = {name: await _head(session, project, name) for name in groups}
            for name in groups.keys() - usual.keys():
                usual[name] = (await majority(session, project, name, now)).usual()
        if asked and not groups and before is None:
            workspace.environment(asked)

        def judge() -> Instances:
            listed = [
                one
                for name, group in groups.items()
                for one in judged(group, _expected(workspace, heads[name], key), usual[name], now)
            ]
            return released(Instances(instances=listed, next=following), workspace.mask().said)

        return await anyio.to_thread.run_sync(judge)  # hundreds of instances, with hundreds of keys each

    async def all_listed(self, environment: str | None = None) -> Instances:
        """All of them, page by page.

        Raises:
            UnknownEnvironment, DatabaseUnavailable: as `listed` does.
        """
        usual: dict[str, Mapping[str, str | None]] = {}
        page = await self._page(environment, LONGEST, None, usual)
        found = [*page.instances]
        while page.next:
            page = await self._page(environment, LONGEST, page.next, usual)
            found += page.instances
        return Instances(instances=sorted(found, key=lambda one: (one.environment, one.name)))


async def _head(session: AsyncSession, project: str, environment: str) -> tuple[Release, bytes] | None:
    """The head of an environment, and its body; None where nothing was released."""
    head = await queries.head(session, project, environment)
    content = await queries.body(session, head.digest) if head else None
    return None if head is None or content is None else (head, content)


def _expected(workspace: Workspace, head: tuple[Release, bytes] | None, key: bytes | None) -> ExpectedValues | None:
    """What instances of the head should have: what it says, and above that what the deployment says."""
    if head is None:
        return None
    release, content = head
    values = {**flattened(json.loads(content)["values"]), **_deployed(workspace, release.environment)}
    return ExpectedValues(release=release.id, at=release.created_at, digests=digests_of(values, key) if key else {})


def _deployed(workspace: Workspace, environment: str) -> dict[str, Any]:
    """What an environment's manifests say in so many words, by key; a list counts as one value."""
    if not workspace.project.may_exist(environment) or workspace.deployment(environment) is None:
        return {}
    tree = replace(workspace, scope="none").tree(environment)
    own = [leaf for leaf in tree.leaves if leaf.state == "plain" and leaf.origin and leaf.origin.kind == "deployment"]
    return flattened(Tree(environment=environment, leaves=tuple(own)).nested())
