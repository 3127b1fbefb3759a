"""Verdicts on snapshots: the first, and each that differs from the one before."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.drafts import Outcome, SnapshotDraft
from app.history.store.models import FindingSet, ValidationRecord
from app.history.store.spelling import findings_digest, storable


async def record_verdict(session: AsyncSession, snapshot: UUID, draft: SnapshotDraft) -> Outcome:
    """Keeps the verdict, unless it is the snapshot's latest already; `late` where newer ones are there.

    Args:
        session: in a transaction that holds the lock of the snapshot's series.
        snapshot: what the verdict is on.
        draft: the verdict.
    """
    verdict = (draft.valid, findings_digest(_written(draft)), draft.reason and storable(draft.reason))
    kept = ValidationRecord
    asked = select(kept.valid, kept.findings_digest, kept.reason, kept.recorded_at).where(kept.snapshot_id == snapshot)
    told = [(tuple(row[:3]), row.recorded_at) for row in await session.execute(asked.order_by(kept.id))]
    latest, at = told[-1]
    if latest == verdict or (draft.at <= at and verdict in dict(told)):
        return "known"
    if draft.at < at:
        return "late"
    await add_verdict(session, snapshot, draft)
    return "recorded"


async def add_verdict(session: AsyncSession, snapshot: UUID, draft: SnapshotDraft) -> None:
    """Keeps the verdict, in such a transaction."""
    findings = _written(draft)
    digest = findings_digest(findings)
    await _keep_findings(session, digest, findings)
    columns = _columns(draft) | {"snapshot_id": snapshot, "findings_digest": digest}
    await session.execute(insert(ValidationRecord).values(columns))


def _written(draft: SnapshotDraft) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = msgspec.to_builtins(list(draft.findings))
    return written


async def _keep_findings(session: AsyncSession, digest: bytes, findings: list[dict[str, Any]]) -> None:
    """The findings are there, and stay until the transaction ends: what removes unused ones leaves them alone."""
    held = select(FindingSet.digest).where(FindingSet.digest == digest).with_for_update(read=True, key_share=True)
    while await session.scalar(held) is None:
        new = insert_or(FindingSet).values(digest=digest, findings=findings)
        await session.execute(new.on_conflict_do_nothing())


def _columns(draft: SnapshotDraft) -> dict[str, Any]:
    return {
        "recorded_at": draft.at,
        "host": storable(draft.host),
        "valid": draft.valid,
        "errors": draft.counts.error,
        "warnings": draft.counts.warning,
        "infos": draft.counts.info,
        "elapsed_ms": draft.elapsed_ms,
        "reason": draft.reason and storable(draft.reason),
    }
