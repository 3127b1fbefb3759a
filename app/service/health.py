"""Is the service itself well?"""

import asyncio
from collections.abc import Iterator

from app.database.embedded import Restarts
from app.database.embedded.disk_space import free_bytes
from app.history.recorder import Recorder
from app.releases.delivery.delivery import Delivery
from app.reports.health import Check, Checks, Condition, Health, ProfilesCheck
from app.reports.probe import Status
from app.service.plan import Plan
from app.service.runtime import PROFILES, Service

ALIVE = Health(status="ok", checks=Checks())
"""The answer of a process that serves."""

_PATIENCE_SECONDS = 0.8
"""Whoever asks waits a second at most: it is the patience of Kubernetes' probes."""

_SCARCE_BYTES = 256_000_000
"""An embedded server needs some space beside its data: its log of changes alone grows by 16 MB at a time."""


async def health(service: Service) -> Health:
    """Everything that the service needs, looked at now."""
    status = await _status(service)
    database = _database(service, status)
    checks = Checks(
        profiles=_profiles(service),
        database=database,
        history=_history(service, status),
        releases=_releases(service.delivery),
        disk=_disk(service.plan),
    )
    return Health(status=_worst(checks), checks=checks)


async def _status(service: Service) -> Status | None:
    """What the database is doing; None where it does not say so in time."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await service.status()
    except TimeoutError:
        return None


def _worst(checks: Checks) -> Condition:
    said = {
        check.status
        for check in (checks.profiles, checks.database, checks.history, checks.releases, checks.disk)
        if check
    }
    return "failed" if "failed" in said else "degraded" if "degraded" in said else "ok"


def _profiles(service: Service) -> ProfilesCheck:
    picture, good = service.live.picture, service.live.last_good_at
    return ProfilesCheck(
        status=_condition(service),
        loaded_at=picture.loaded_at.isoformat(),
        last_good_at=good.isoformat() if good else None,
        message=" ".join(_amiss(service)) or None,
    )


def _amiss(service: Service) -> Iterator[str]:
    """What is wrong with the profiles, and with following them."""
    readable, since = service.live.picture.readable, service.live.bad_since
    if since:
        what = "A profile cannot be read" if readable else "The project's folder or its options cannot be used"
        yield f"{what}, since {since.isoformat(timespec='seconds')}."
    if why := service.live.unprepared:
        yield f"Answers about the profiles cannot be worked out ({why})."
    if service.reload and (refused := service.reload.refused_since):
        told = refused.isoformat(timespec="seconds")
        yield f"The service's own settings have errors since {told}; the last good ones are in force."
    yield from (f"{one.failing}; what is told may be old." for one in service.background if one.failing)


def _condition(service: Service) -> Condition:
    """Profiles that cannot be followed are as bad as none: nobody knows what they say now."""
    if service.live.picture.readable is None or any(one.name == PROFILES and one.is_lost for one in service.background):
        return "failed"
    return "degraded" if any(_amiss(service)) else "ok"


def _database(service: Service, status: Status | None) -> Check:
    if status and not status.configured:
        return Check(status="ok", message="No database is configured.")
    if status and status.connected:
        return Check(status="ok", message=None)
    needed = service.settings.diagnostics.readiness_needs_database
    return Check(status="failed" if needed else "degraded", message=_away(status, service.restarts))


def _away(status: Status | None, restarts: Restarts | None) -> str:
    if restarts and restarts.away:
        failed = f"; attempts that failed: {restarts.attempts}" if restarts.attempts else ""
        return f"The embedded database has ended and is started again{failed}."
    why = f" ({status.failure.code})" if status and status.failure else " in time"
    return f"The database does not answer{why}."


def _releases(delivery: Delivery | None) -> Check | None:
    """Whether what instances are given is what the database has now; None where there is no database."""
    if delivery is None:
        return None
    if not delivery.is_old:
        return Check(status="ok", message=None)
    at = delivery.read_at
    known = f"Releases are those of {at.isoformat(timespec='seconds')}" if at else "Releases were never read"
    why = " ".join(f"{one.failing}." for one in delivery.background if one.failing)
    return Check(status="degraded", message=f"{known}; a newer one is not known here. {why}".strip())


def _history(service: Service, status: Status | None) -> Check:
    if not service.remembers:
        return Check(status="ok", message="Nothing is recorded.")
    trouble = _recording(service.recorder) if service.recorder else None
    if status is None or not status.connected:
        message = trouble or "Nothing can be recorded while the database does not answer."
    else:
        message = " ".join(text for text in (_why_not(status), trouble) if text)
    return Check(status="degraded" if message else "ok", message=message or None)


def _recording(recorder: Recorder) -> str | None:
    """What keeps anything from being recorded; None where nothing does."""
    failing = [f"{one.failing}." for one in recorder.background if one.failing]
    return " ".join([*filter(None, [recorder.backlog.trouble]), *failing]) or None


def _why_not(status: Status) -> str | None:
    """Why nothing can be recorded, as far as the database's tables tell; None where they are as they should be."""
    if status.migrations is None:
        return "The tables cannot be read."
    return "The tables are not up to date: run `assay db upgrade`." if status.migrations.pending else None


def _disk(plan: Plan) -> Check | None:
    """The space that an embedded server has left; None where there is none, or where it cannot be told."""
    free = free_bytes(plan.home) if plan.embedded else None
    return None if free is None else disk(free)


def disk(free: int) -> Check:
    """What so many free bytes mean for an embedded server."""
    if free >= _SCARCE_BYTES:
        return Check(status="ok", message=None)
    condition: Condition = "degraded" if free else "failed"
    return Check(status=condition, message=f"The embedded database has {free // 1_000_000} MB of disk space left.")
