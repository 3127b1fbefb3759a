"""Is the service itself well?"""

from app.diagnostics.serving import Service
from app.reports.health import Check, Checks, Condition, Health, ProfilesCheck
from app.reports.probe import Status

ALIVE = Health(status="ok", checks=Checks())
"""The answer of a process that serves."""


async def health(service: Service) -> Health:
    """Everything that the service needs, looked at now."""
    status = await service.status()
    database = _database(status, needed=service.plan.settings.diagnostics.readiness_needs_database)
    checks = Checks(profiles=_profiles(service), database=database, history=_history(service, status))
    return Health(status=_worst(checks), checks=checks)


def _worst(checks: Checks) -> Condition:
    said = {check.status for check in (checks.profiles, checks.database, checks.history) if check}
    return "failed" if "failed" in said else "degraded" if "degraded" in said else "ok"


def _profiles(service: Service) -> ProfilesCheck:
    picture, good, since = service.live.picture, service.live.last_good_at, service.live.bad_since
    what = "A profile cannot be read" if picture.readable else "The project's folder or its options cannot be used"
    return ProfilesCheck(
        status="ok" if picture.good else "degraded" if picture.readable else "failed",
        loaded_at=picture.loaded_at.isoformat(),
        last_good_at=good.isoformat() if good else None,
        message=f"{what}, since {since.isoformat(timespec='seconds')}." if since else None,
    )


def _database(status: Status, *, needed: bool) -> Check:
    if not status.configured:
        return Check(status="ok", message="No database is configured.")
    if status.connected:
        return Check(status="ok", message=None)
    why = f" ({status.failure.code})" if status.failure else ""
    return Check(status="failed" if needed else "degraded", message=f"The database does not answer{why}.")


def _history(service: Service, status: Status) -> Check:
    if not service.remembers:
        return Check(status="ok", message="Nothing is recorded.")
    if not status.connected:
        return Check(status="degraded", message="Nothing can be recorded while the database does not answer.")
    if status.migrations is None:
        return Check(status="degraded", message="The tables cannot be read.")
    if status.migrations.pending:
        return Check(status="degraded", message="The tables are not up to date: run `assay db upgrade`.")
    return Check(status="ok", message=None)
