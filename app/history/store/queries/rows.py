"""Rows of the history as the wire format's structures."""

from typing import Any

from msgspec import UNSET
from sqlalchemy import Row, Select, and_, exists, select, true
from sqlalchemy.orm import aliased

from app.history.store.models import LeafRecord, Series, SnapshotRecord, ValidationRecord
from app.history.store.queries.comparison import LeafRow
from app.history.store.spelling import placed
from app.reports import history, wire

_LATER = aliased(SnapshotRecord)
_IS_PAST = (
    exists()
    .where(_LATER.series_id == SnapshotRecord.series_id, _LATER.position > SnapshotRecord.position)
    .correlate(SnapshotRecord)
)

LATEST = (
    select(
        ValidationRecord.valid,
        ValidationRecord.reason,
        ValidationRecord.errors,
        ValidationRecord.warnings,
        ValidationRecord.infos,
        ValidationRecord.findings_digest,
    )
    .where(ValidationRecord.snapshot_id == SnapshotRecord.id)
    .order_by(and_(_IS_PAST, ValidationRecord.reason.is_not(None)), ValidationRecord.id.desc())
    .limit(1)
    .correlate(SnapshotRecord)
    .lateral("latest")
)
"""The latest verdict on a snapshot; on one that another has followed the latest that was reached, if one was.

Files that are broken for a moment, while values change, would else make all that came before look broken for good.
"""


def snapshots_of(project: str) -> Select[*tuple[Any, ...]]:
    """The snapshots of a project, each with its series and its latest verdict."""
    kept = SnapshotRecord
    return (
        select(kept, Series.environment, Series.active, LATEST)
        .join(Series, Series.id == kept.series_id)
        .join(LATEST, true())
        .where(Series.project == project)
    )


def snapshot(row: Row[*tuple[Any, ...]]) -> history.Snapshot:
    """One of `snapshots_of`."""
    kept: SnapshotRecord = row.SnapshotRecord
    return history.Snapshot(
        id=str(kept.id),
        environment=row.environment,
        fingerprint=kept.fingerprint,
        recorded_at=kept.recorded_at,
        host=kept.host,
        assay=kept.assay,
        valid=row.valid,
        judged=row.reason is None,
        reason=row.reason or UNSET,
        counts=wire.FindingCounts(error=row.errors, warning=row.warnings, info=row.infos),
        active=row.active,
        changed=kept.changed,
        asked_by=kept.asked_by,
        commit=kept.commit,
    )


def leaf(kept: LeafRecord) -> LeafRow:
    """A leaf as it was recorded."""
    return LeafRow(
        key=kept.key,
        value=kept.value,
        secret=kept.secret,
        digest=kept.digest,
        state=kept.state,  # type: ignore[arg-type]  # record() wrote it
        origin=placed(kept.origin),
        since=kept.appeared_at,
    )
