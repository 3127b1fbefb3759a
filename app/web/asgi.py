"""The application: what it answers, with what, and for how long it holds it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide

from app.database.target import Target
from app.diagnostics.service import Plan, plan
from app.diagnostics.serving import Service, serving
from app.web import problems
from app.web.auth import viewer
from app.web.controllers import configuration, database, health
from app.web.controllers.schema import openapi
from app.web.protection import cors, known_host, security_headers


def create_app(project: Path, home: Path, environ: Mapping[str, str]) -> Litestar:
    """The service that diagnoses a project, with its own settings from `home`.

    Raises:
        StartRefused: the settings are not fit to run.
        UnknownEnvironment: the active environment is none of them.
        ProjectError: a folder, or its options, cannot be used.
    """
    return application(plan(project, home, environ))


def application(planned: Plan, target: Target | None = None) -> Litestar:
    """The service of a plan.

    Args:
        planned: what it is to be.
        target: its database, where another process has it ready.
    """
    settings = planned.settings
    return Litestar(
        [_guarded(), *health.HANDLERS],
        lifespan=[_lifespan(planned, target)],
        state=State({"settings": settings}),
        dependencies={"service": Provide(_service, sync_to_thread=False)},
        exception_handlers={Exception: problems.answer},
        before_send=[security_headers(settings.headers)],
        cors_config=cors(settings.cors),
        request_max_body_size=settings.server.max_body_bytes,
        openapi_config=openapi(settings.app),
        logging_config=None,
    )


def _guarded() -> Router:
    asked = Router("/", guards=[viewer], route_handlers=configuration.HANDLERS)
    return Router("/", guards=[known_host], route_handlers=[asked, *database.HANDLERS])


def _service(state: State) -> Service:
    service: Service = state.service
    return service


def _lifespan(planned: Plan, target: Target | None) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def hold(app: Litestar) -> AsyncIterator[None]:
        async with serving(planned, target) as service:
            app.state.service = service
            yield

    return hold
