"""Histories for tests: what a project was like at one moment and another, written down as the service does it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from patience import PATIENCE_SECONDS
from projects import ProjectFolder

from app.checking.check import validate
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.snapshot_builder import JudgedReading, drafts
from app.history.store.drafts import GapDraft, SnapshotDraft
from app.history.store.recording import record, record_gap
from app.project.workspace import open_workspace

BEGIN = datetime(2026, 6, 30, 9, tzinfo=UTC)
"""When the first look was taken; each later one seven minutes after the one before."""


def moment(number: int) -> datetime:
    return BEGIN + number * timedelta(minutes=7)


def look(
    project: ProjectFolder, number: int, environ: Mapping[str, str] | None = None, *, compare_secrets: bool = False
) -> list[SnapshotDraft]:
    """What is to be written down of a project as it is now, as if it were that moment."""
    workspace = open_workspace(project.root, environ or {}, clock=lambda: moment(number))
    return drafts(
        JudgedReading(
            workspace=workspace,
            report=validate(workspace),
            at=moment(number),
            seconds=0.012,
            compare_secrets=compare_secrets,
        )
    )


async def remember(manager: ConnectionManager, *found: SnapshotDraft | GapDraft) -> None:
    """Writes it all down, each in a transaction of its own."""
    for draft in found:
        async with manager.session() as session:
            if isinstance(draft, GapDraft):
                await record_gap(session, draft)
            else:
                assert await record(session, draft) in {"recorded", "known"}


def remember_in(target: Target, *found: SnapshotDraft | GapDraft) -> None:
    """The same for tests that have no loop of their own."""

    async def run() -> None:
        manager = ConnectionManager(target)
        try:
            await remember(manager, *found)
        finally:
            await manager.close()

    asyncio.run(run())


def variables(target: Target) -> dict[str, str]:
    """What names a database to a service without a home."""
    stated: dict[str, Any] = {"HOST": target.host, "PORT": target.port, "NAME": target.name,
                              "USERNAME": target.username, "PASSWORD": target.password,
                              "TIMEOUTS__CONNECT": PATIENCE_SECONDS}  # fmt: skip
    return {f"ASSAY_DATABASE__{key}": str(value) for key, value in stated.items()}


KEPT = {"ASSAY_HISTORY__RETENTION_DAYS": "3650", "ASSAY_DIGEST_KEY": "a key of thirty-two characters.."}
"""The variables of a service that forgets nothing of these moments, and tells secrets apart."""


async def changed_once(made: ProjectFolder, changed: Mapping[str, str], manager: ConnectionManager) -> None:
    """A project that was looked at as it began and as it is since a change; between the two is a gap."""
    found: list[SnapshotDraft | GapDraft] = [*look(made, 0, KEPT)]
    made.write(changed)
    gap = GapDraft(project="orders", host="web-1", since=moment(0), until=moment(1), late=1, lost=2)
    await remember(manager, *found, *look(made, 1, KEPT), gap)
