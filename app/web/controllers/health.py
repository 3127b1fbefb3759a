"""`/health`: for load balancers and people; open to all, and not bound to the service's host names."""

from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from app.reports.health import Health
from app.service.health import ALIVE
from app.service.health import health as look
from app.service.runtime import Service
from app.web.http.documents import described, document

_HEALTH = described(Health, "How the service is.")
_UNFIT = described(Health, "It cannot do its work.")[200]


@get("/health", responses=_HEALTH)
async def health(service: NamedDependency[Service]) -> Response[bytes]:
    """How the service is, and everything that it needs."""
    return document(await look(service))


@get("/health/live", responses=_HEALTH)
async def live() -> Response[bytes]:
    """Answers while the process serves; asks nothing else."""
    return document(ALIVE)


@get("/health/ready", responses=_HEALTH | {503: _UNFIT})
async def ready(service: NamedDependency[Service]) -> Response[bytes]:
    """Whether the service can do its work."""
    found = await look(service)
    return document(found, HTTPStatus.SERVICE_UNAVAILABLE if found.status == "failed" else HTTPStatus.OK)


HANDLERS = (health, live, ready)
