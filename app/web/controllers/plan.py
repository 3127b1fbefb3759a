"""`/config/plan`: what a change does to each environment."""

from functools import partial
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from app.planning.git.revisions import legal
from app.project.workspace import Workspace
from app.reports.plan import ChangePlan
from app.service.change_plan import ONE_AT_A_TIME, planned
from app.watching.project_snapshot import CachedAnswer, document
from app.web.http.documents import REFUSED, Diagnosed, described, fresh_configuration

_REFUSED = (*REFUSED, HTTPStatus.CONFLICT)


@get("/config/plan", responses=described(ChangePlan, "What the change does.", *_REFUSED))
async def change_plan(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    base: FromQuery[str | None] = None,
    head: FromQuery[str | None] = None,
) -> Response[bytes]:
    """What a change does to each environment; by default all since HEAD left the default branch."""
    make = partial(_planned, base=legal(base), head=legal(head))
    async with ONE_AT_A_TIME:
        return await fresh_configuration(request, diagnosed, make)


def _planned(workspace: Workspace, base: str, head: str) -> CachedAnswer:
    """A plan is not kept: the working tree may be another in a moment."""
    return document(planned(workspace, base, head))


HANDLERS = (change_plan,)
