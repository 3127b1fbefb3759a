"""The application: what it answers, with what, and for how long it holds it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from anyio.to_thread import current_default_thread_limiter
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide

from app.database.embedded import Restarts
from app.database.target import Target
from app.service.diagnosed import DiagnosedProject
from app.service.plan import Plan, plan
from app.service.runtime import Service, serving
from app.settings import Settings
from app.web.connection_draining import Farewell as Application
from app.web.controllers import (
    catalogue,
    configuration,
    database,
    editing,
    events,
    health,
    history,
    metrics,
    page,
    projects,
    session,
)
from app.web.controllers import plan as planning
from app.web.controllers.projects import of_each
from app.web.controllers.release import delivery, instances, releases
from app.web.controllers.schema import openapi
from app.web.delivery.fast_path import DeliveryPath
from app.web.http.disconnects import CancelOnDisconnect
from app.web.http.fast_path import ShortPath
from app.web.http.limits import Limited, posts_a_minute
from app.web.http.methods import Methods
from app.web.http.raw_request_path import said_once
from app.web.http.streams import StreamLimit
from app.web.metrics import Metrics
from app.web.observation import Observed
from app.web.page.answers import refusal
from app.web.page.reading import Readings
from app.web.security.auth import client, viewer
from app.web.security.ended_sessions import EndedSessions
from app.web.security.protection import cors, known_host, security_headers
from app.web.security.sessions import Sessions

type Serve = Callable[[], AbstractAsyncContextManager[Service]]

_THREADS = 2
"""So many answers are worked out at once; whatever is ready is given meanwhile."""


def create_app(project: Path, home: Path, environ: Mapping[str, str]) -> Application:
    """The service that diagnoses a project, with its own settings from `home`.

    Raises:
        StartRefused: the settings are not fit to run.
        UnknownEnvironment: the active environment is none of them.
        ProjectError: a folder, or its options, cannot be used.
    """
    return application(plan(project, home, environ))


def application(
    planned: Plan, target: Target | None = None, shared: str | None = None, restarts: Restarts | None = None
) -> Application:
    """The service of a plan.

    Args:
        planned: what it is to be.
        target: its database, where another process has it ready.
        shared: the folder in which several workers count together.
        restarts: of the embedded server that the other process supervises.
    """
    streams = StreamLimit()
    framework = _framework(planned, shared, lambda: serving(planned, target, restarts), streams)
    cancelled = CancelOnDisconnect(DeliveryPath(framework, streams))
    limited = Limited(ShortPath(cancelled), lambda: framework.state.service.settings)
    methods = Methods(limited, {route.path_format: frozenset(route.methods) for route in framework.routes})
    return Application(Observed(methods, lambda: framework.state.get("metrics")))


def _framework(planned: Plan, shared: str | None, serve: Serve, streams: StreamLimit) -> Litestar:
    settings = planned.settings
    return Litestar(
        [_guarded(settings, streams), *health.HANDLERS],
        lifespan=[_lifespan(serve, shared)],
        state=State(
            {
                "sessions": Sessions(planned.session_key, _now, EndedSessions(shared)),
                "readings": Readings(),
                "streams": streams,
            }
        ),
        dependencies={
            "service": Provide(_service, sync_to_thread=False),
            "diagnosed": Provide(_main, sync_to_thread=False),
        },
        exception_handlers={Exception: refusal},
        before_send=[security_headers],
        cors_config=cors(settings.cors),
        request_max_body_size=settings.server.max_body_bytes,
        openapi_config=openapi(settings.app),
        logging_config=None,
    )


def _guarded(settings: Settings, streams: StreamLimit) -> Router:
    read = (*configuration.HANDLERS, *planning.HANDLERS, *history.HANDLERS, *releases.READ)
    listening = Router("/", middleware=[streams.around], route_handlers=[*events.HANDLERS, of_each(*events.HANDLERS)])
    asked = Router(
        "/",
        guards=[viewer],
        route_handlers=[*read, of_each(*read, *catalogue.OF_PROJECT), *metrics.HANDLERS, *projects.HANDLERS, listening],
    )
    waiting = Router("/", middleware=[streams.around], route_handlers=[*delivery.STREAMS, of_each(*delivery.STREAMS)])
    given = (*delivery.HANDLERS, of_each(*delivery.HANDLERS))
    delivered = Router("/", guards=[client], route_handlers=[*given, waiting])
    posted = Router(
        "/",
        middleware=[posts_a_minute(settings.server.posts_per_minute).middleware],
        route_handlers=[
            *database.HANDLERS,
            of_each(database.database_test, *releases.POSTED),
            *session.HANDLERS,
            *releases.POSTED,
        ],
    )
    edited = (*editing.HANDLERS, of_each(*editing.HANDLERS))
    told = (*instances.HANDLERS, of_each(*instances.HANDLERS))
    plain = (*told, *catalogue.HANDLERS, *page.HANDLERS)
    return Router("/", guards=[known_host, said_once], route_handlers=[asked, delivered, posted, *edited, *plain])


def _now() -> datetime:
    return datetime.now(UTC)


def _service(state: State) -> Service:
    service: Service = state.service
    return service


def _main(service: NamedDependency[Service]) -> DiagnosedProject:
    return service.main


def _lifespan(serve: Serve, shared: str | None) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def hold(app: Litestar) -> AsyncIterator[None]:
        # All of them want Python's one lock, and so does the loop: the more they are, the longer it waits.
        current_default_thread_limiter().total_tokens = _THREADS
        async with serve() as service:
            app.state.service = service
            app.state.metrics = Metrics(service, shared)
            yield

    return hold
