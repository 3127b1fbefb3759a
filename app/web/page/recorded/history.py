"""The history: a time line of what was recorded, and two points of it compared."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import AssayError, HistoryOff
from app.reports.history import Gap, KeyHistory, LaterVerdict, RecordedProbe, Snapshot, SnapshotDifference, Snapshots
from app.service.diagnosed import DiagnosedProject
from app.service.history_queries import LISTED, NOW, History, history_of
from app.service.runtime import Service
from app.web.page.query import Asked
from app.web.page.wording import minute, told_of

_PATIENCE_SECONDS = 0.5
"""So long a view waits for what it can do without."""

_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One point of the time line: a snapshot, another verdict on one, a gap, or a probe.

    Attributes:
        previous: the snapshot before it of the same environment, active in both or in neither; None where none is
            listed.
    """

    when: datetime
    snapshot: Snapshot | None = None
    previous: str | None = None
    verdict: LaterVerdict | None = None
    gap: Gap | None = None
    probe: RecordedProbe | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """The view.

    Attributes:
        now: what time it is.
        problem: why there is no time line; empty where there is one.
        entries: newest first.
        older: where the time line goes on; None where it ends.
        left: the snapshot that is chosen as the earlier one.
        right: the snapshot that is chosen as the later one, or `now`.
        difference: how they differ; None where none was asked for, or it cannot be told.
        refused: why it cannot.
    """

    now: datetime
    problem: str = ""
    entries: Sequence[TimelineEntry] = ()
    older: str | None = None
    left: str = ""
    right: str = NOW
    difference: SnapshotDifference | None = None
    refused: str = ""


async def recorded(service: Service, project: DiagnosedProject, asked: Asked) -> HistoryView:
    """What was recorded, as it is asked for; that the database is away is an answer too."""
    try:
        history = history_of(service, project)
        found = await history.listed(asked.environment or None, limit=LISTED, before=asked.before or None)
    except AssayError as error:
        return HistoryView(now=service.now(), problem=told_of(error))
    difference, refused = await _compared(history, asked)
    newest = next(iter(found.snapshots), None)
    return HistoryView(
        now=service.now(),
        entries=_entries(found),
        older=found.next,
        left=asked.left or (newest.id if newest else ""),
        right=asked.right or NOW,
        difference=difference,
        refused=refused,
    )


async def _compared(history: History, asked: Asked) -> tuple[SnapshotDifference | None, str]:
    if not asked.left:
        return None, "Choose the earlier point too." if asked.right else ""
    try:
        return await history.difference(asked.left, asked.right or NOW), ""
    except AssayError as error:
        return None, told_of(error)


def _entries(found: Snapshots) -> list[TimelineEntry]:
    earlier = _previous(found.snapshots)
    listed = [
        TimelineEntry(when=one.recorded_at, snapshot=one, previous=earlier.get(one.id)) for one in found.snapshots
    ]
    listed += [TimelineEntry(when=verdict.recorded_at, verdict=verdict) for verdict in found.verdicts]
    listed += [TimelineEntry(when=gap.until, gap=gap) for gap in found.gaps]
    listed += [TimelineEntry(when=probe.asked_at, probe=probe) for probe in found.probes]
    return sorted(listed, key=lambda entry: entry.when, reverse=True)


def _previous(snapshots: Sequence[Snapshot]) -> dict[str, str]:
    """For each snapshot the one before it, of the same environment in the same part."""
    later: dict[tuple[str, bool], str] = {}
    found: dict[str, str] = {}
    for one in snapshots:
        series = (one.environment, one.active)  # where it is not active, its values lack the process's variables
        if series in later:
            found[later[series]] = one.id
        later[series] = one.id
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is remembered of all environments.

    Attributes:
        now: what time it is.
        changed: when each last changed, as far as it was recorded; None where that is not known soon.
        lately: the last changes, newest first; None where they are not known soon.
    """

    now: datetime | None = None
    changed: Mapping[str, str] | None = None
    lately: Sequence[Snapshot] | None = None


async def past(service: Service, project: DiagnosedProject) -> Past:
    """What is remembered of all environments, as far as it is known soon."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            history = history_of(service, project)
            changed = await history.last_changes()
            listed = await history.listed(limit=LISTED)
    except HistoryOff:
        return Past(now=service.now(), changed={}, lately=())
    except (AssayError, TimeoutError):
        return Past(now=service.now())
    return Past(
        now=service.now(),
        changed={environment: minute(when) for environment, when in changed.items()},
        lately=[one for one in listed.snapshots if one.changed][:_CHANGES],
    )


async def key_history(service: Service, project: DiagnosedProject, asked: Asked) -> KeyHistory | None:
    """When a key changed; None where that is not known soon."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await history_of(service, project).key(asked.key, asked.environment or None, limit=_CHANGES)
    except (AssayError, TimeoutError):
        return None
