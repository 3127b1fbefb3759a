"""Records, and what was recorded."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.models import ProbeRecord
from app.reports.probe import Probe

_LONGEST_LIST = 500


async def record_probe(
    session: AsyncSession, probe: Probe, *, environment: str | None, asked_by: str, asked_at: datetime
) -> ProbeRecord:
    """Keeps a probe; the caller's transaction decides whether it stays.

    Args:
        session: of the service's own database.
        probe: as it was answered; it never holds a password.
        environment: whose target it was; None for one that was typed in.
        asked_by: who asked.
        asked_at: when, with its time zone.
    """
    failure = probe.failure
    record = ProbeRecord(
        environment=environment,
        asked_at=asked_at,
        asked_by=asked_by,
        ok=probe.ok,
        elapsed_ms=probe.elapsed_ms,
        target=_plain(probe.target),
        stages=_plain(probe.stages),
        server=_plain(probe.server),
        failed_stage=failure.stage if failure else None,
        code=failure.code if failure else None,
        sqlstate=failure.sqlstate if failure else None,
    )
    session.add(record)
    await session.flush()
    return record


async def recent_probes(session: AsyncSession, *, environment: str | None = None, limit: int = 50) -> list[ProbeRecord]:
    """The latest probes, newest first: of one environment, or of all; never more than 500."""
    asked = select(ProbeRecord).order_by(ProbeRecord.asked_at.desc(), ProbeRecord.position.desc())
    if environment is not None:
        asked = asked.where(ProbeRecord.environment == environment)
    found = await session.scalars(asked.limit(min(limit, _LONGEST_LIST)))
    return list(found)


def _plain(structure: object) -> Any:
    return msgspec.to_builtins(structure)
