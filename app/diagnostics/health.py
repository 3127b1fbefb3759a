"""Is the service itself well?"""

from datetime import datetime

from app.diagnostics.serving import Service
from app.errors import AssayError
from app.reports.health import Check, Checks, Condition, Health, ProfilesCheck
from app.reports.probe import Status
from app.reports.validation import is_clean

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
    try:
        snapshot = service.profiles.snapshot()
    except AssayError:
        return _read(service, "failed", "The project's options cannot be used.")
    loaded = snapshot.loaded_at
    if is_clean(snapshot.workspace.source_findings):
        return _read(service, "ok", None, loaded)
    return _read(service, "degraded", "A profile cannot be read.", loaded)


def _read(service: Service, status: Condition, message: str | None, loaded: datetime | None = None) -> ProfilesCheck:
    good = service.profiles.last_good_at
    return ProfilesCheck(
        status=status,
        loaded_at=loaded.isoformat() if loaded else None,
        last_good_at=good.isoformat() if good else None,
        message=message,
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
    if status.migrations and status.migrations.pending:
        return Check(status="degraded", message="The tables are not up to date: run `assay db upgrade`.")
    return Check(status="ok", message=None)
