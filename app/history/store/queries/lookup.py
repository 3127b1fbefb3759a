"""One snapshot, by its id or the beginning of it, and the leaves that were in force then."""

import re
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import UnknownSnapshot
from app.history.store.models import FindingSet, LeafRecord, SnapshotRecord, ValidationRecord
from app.history.store.queries import rows
from app.history.store.queries.comparison import LeafRow, in_order
from app.history.store.spelling import storable
from app.reports import history, wire

_SHORTEST = 4
_DIGITS = 32
_HEXADECIMAL = re.compile(r"[0-9a-f]*")


async def snapshot(session: AsyncSession, project: str, beginning: str) -> history.Recorded:
    """One snapshot of a project with everything in it.

    Args:
        session: of the service's own database.
        project: its name.
        beginning: the snapshot's id, or at least the first four digits of it.

    Raises:
        UnknownSnapshot: no snapshot has this id, or several begin like this.
    """
    row = await _found(session, storable(project), beginning)
    shown = rows.snapshot(row)
    leaves = await _leaves(session, row.SnapshotRecord)
    return history.Recorded(
        **msgspec.structs.asdict(shown),
        values=[_value(leaf) for leaf in leaves],
        findings=await _findings(session, row.findings_digest),
        validations=await _validations(session, row.SnapshotRecord.id),
    )


async def leaves_of(session: AsyncSession, project: str, beginning: str) -> tuple[history.Snapshot, list[LeafRow]]:
    """One snapshot of a project, and its leaves in the order of their keys.

    Raises:
        UnknownSnapshot: no snapshot has this id, or several begin like this.
    """
    row = await _found(session, storable(project), beginning)
    return rows.snapshot(row), await _leaves(session, row.SnapshotRecord)


async def _found(session: AsyncSession, project: str, beginning: str) -> Row[*tuple[Any, ...]]:
    digits = beginning.strip().lower().replace("-", "")
    if not _SHORTEST <= len(digits) <= _DIGITS or not _HEXADECIMAL.fullmatch(digits):
        message = f"{beginning!r} is no snapshot's id, nor the beginning of one."
        raise UnknownSnapshot(message, fix=f"Name its first {_SHORTEST} digits or more; `assay history list` has them.")
    low, high = (UUID(digits.ljust(_DIGITS, filler)) for filler in "0f")
    asked = rows.snapshots_of(project).where(SnapshotRecord.id.between(low, high)).limit(2)
    found = (await session.execute(asked)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownSnapshot(f"Several snapshots begin with {beginning!r}.", fix="Name more of its digits.")
    message = f"There is no snapshot {beginning!r}, or no longer."
    raise UnknownSnapshot(message, fix="`assay history list` lists those that there are.")


async def _leaves(session: AsyncSession, kept: SnapshotRecord) -> list[LeafRow]:
    asked = select(LeafRecord).where(
        LeafRecord.series_id == kept.series_id,
        LeafRecord.since <= kept.position,
        or_(LeafRecord.until.is_(None), LeafRecord.until > kept.position),
    )
    found = {row.key: rows.leaf(row) for row in await session.scalars(asked)}
    return [found[key] for key in in_order(found)]


def _value(leaf: LeafRow) -> history.RecordedValue:
    return history.RecordedValue(
        key=leaf.key,
        value=leaf.value,
        secret=leaf.secret,
        origin=leaf.origin,
        opaque=leaf.state == "opaque",
        unresolved=leaf.state == "unresolved",
        since=leaf.since,
    )


async def _findings(session: AsyncSession, digest: bytes) -> list[wire.ReportedFinding]:
    kept = await session.scalar(select(FindingSet.findings).where(FindingSet.digest == digest))
    return msgspec.convert(kept, list[wire.ReportedFinding])


async def _validations(session: AsyncSession, snapshot_id: UUID) -> list[history.Validation]:
    asked = select(ValidationRecord).where(ValidationRecord.snapshot_id == snapshot_id).order_by(ValidationRecord.id)
    return [
        history.Validation(
            recorded_at=kept.recorded_at,
            valid=kept.valid,
            judged=kept.reason is None,
            reason=kept.reason or UNSET,
            counts=wire.FindingCounts(error=kept.errors, warning=kept.warnings, info=kept.infos),
            elapsed_ms=kept.elapsed_ms,
            host=kept.host,
        )
        for kept in await session.scalars(asked)
    ]
