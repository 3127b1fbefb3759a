"""`/config/plan`: what a change does to each environment."""

from functools import partial
from http import HTTPStatus
from typing import Any

from anyio import Lock
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery

from app.planning.plan import plan
from app.planning.side import PlanRequest
from app.project.workspace import Workspace
from app.reports.plan import ChangePlan
from app.service.runtime import Service
from app.watching.project_snapshot import CachedAnswer, document
from app.web.http.documents import described, fresh_configuration
from app.web.http.revisions import legal

_ONE_AT_A_TIME = Lock()
"""A plan is two checks of all environments: the next one waits before it takes a thread from others."""

_REFUSED = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


@get("/config/plan", responses=described(ChangePlan, "What the change does.", *_REFUSED))
async def change_plan(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    base: FromQuery[str | None] = None,
    head: FromQuery[str | None] = None,
) -> Response[bytes]:
    """What a change does to each environment; by default all since HEAD left the default branch."""
    revisions = f"{legal(base)}..{legal(head)}"
    async with _ONE_AT_A_TIME:
        return await fresh_configuration(request, service, partial(_planned, revisions=revisions))


def _planned(workspace: Workspace, revisions: str) -> CachedAnswer:
    """A plan is not kept: the working tree may be another in a moment."""
    call = workspace.project.application.chosen
    request = PlanRequest(
        root=workspace.project.root,
        environ=workspace.environ,
        clock=workspace.clock,
        revisions=revisions,
        scope=workspace.scope,
        call=f"{call.module.file}:{call.line}" if call else "",
        runs_code=False,
    )
    return document(plan(request))


HANDLERS = (change_plan,)
