"""Instances of a project: what they report, and who of them runs with what."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import UnknownRelease
from app.core.tree import Tree
from app.project.workspace import Workspace
from app.releases.drift import ExpectedValues, ReportedInstance, digests_of, flattened, judged
from app.releases.store import delivered, queries
from app.releases.store.instances import keep_report, reported
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

    async def listed(self, environment: str | None = None) -> Instances:
        """The instances of an environment, or of all, each with its state.

        Raises:
            UnknownEnvironment: the project has no such environment, and no instance reports it.
            DatabaseUnavailable: the database does not answer.
        """
        asked = environment and environment.strip().lower()
        workspace, project = self.releasing.workspace(), self.releasing.project
        groups = defaultdict[str, list[ReportedInstance]](list)
        said: dict[str, tuple[int | None, Mapping[int, tuple[Release, bytes]]]] = {}
        async with one_moment(self.releasing.manager) as session:
            for one in await reported(session, project, asked):
                groups[one.environment].append(one)
            key = await delivered.digest_key(session, project)
            for name, group in groups.items():
                said[name] = await _said(session, project, name, group)
        if asked and not groups:
            workspace.environment(asked)
        now, found = self.releasing.clock(), []
        for name, group in groups.items():
            head, bodies = said[name]
            expected = await anyio.to_thread.run_sync(_expected, workspace, name, bodies, key) if key else {}
            found += judged(group, head, expected, now)
        return released(Instances(instances=found), workspace.mask().said)


async def _said(
    session: AsyncSession, project: str, environment: str, group: Sequence[ReportedInstance]
) -> tuple[int | None, Mapping[int, tuple[Release, bytes]]]:
    """The head of an environment, and the releases that its instances run with, each with its body."""
    head = await queries.head(session, project, environment)
    bodies: dict[int, tuple[Release, bytes]] = {}
    for number in {one.release for one in group if one.release}:
        with suppress(UnknownRelease):  # of another project, or lost at a failover
            found = await queries.release(session, project, number)
            if (content := await queries.body(session, found.digest)) is not None:
                bodies[number] = found, content
    return head.id if head else None, bodies


def _expected(
    workspace: Workspace, environment: str, bodies: Mapping[int, tuple[Release, bytes]], key: bytes
) -> dict[int, ExpectedValues]:
    """What instances of each release should have: what it says, and above that what the deployment says."""
    deployed = digests_of(_deployed(workspace, environment), key)
    expected: dict[int, ExpectedValues] = {}
    for number, (release, content) in bodies.items():
        values = digests_of(flattened(json.loads(content)["values"]), key)
        expected[number] = ExpectedValues(at=release.created_at, digests={**values, **deployed})
    return expected


def _deployed(workspace: Workspace, environment: str) -> dict[str, Any]:
    """What an environment's manifests say in so many words, by key; a list counts as one value."""
    if not workspace.project.may_exist(environment) or workspace.deployment(environment) is None:
        return {}
    tree = replace(workspace, scope="none").tree(environment)
    own = [leaf for leaf in tree.leaves if leaf.state == "plain" and leaf.origin and leaf.origin.kind == "deployment"]
    return flattened(Tree(environment=environment, leaves=tuple(own)).nested())
