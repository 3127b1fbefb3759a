"""`/config`: the verdict, the values, why they are what they are, and how environments differ."""

from functools import partial
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from app.checking.explain import explain
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.environments import Environments
from app.reports.wire.usage import UsageReport
from app.watching import cached_answers
from app.watching.project_snapshot import CachedAnswer, document
from app.web.http.documents import REFUSED, Diagnosed, configuration, described, fresh_configuration
from app.web.http.raw_request_path import rest_of_path

_EXPLAIN = "/config/explain/"


@get("/config/validate", responses=described(wire.Report, "The verdict.", *REFUSED))
async def validation(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    environment: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The verdict on one environment (by default the active one), or on `all`."""
    return await configuration(request, diagnosed, partial(cached_answers.verdict, name=environment))


@get("/config/environments", responses=described(Environments, "The environments.", *REFUSED))
async def environments(request: Request[Any, Any, State], diagnosed: Diagnosed) -> Response[bytes]:
    """The environments, each with its verdict in numbers."""
    return await configuration(request, diagnosed, cached_answers.listing)


@get("/config/values", responses=described(wire.Values, "The effective values.", *REFUSED))
async def values(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    environment: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The effective values of an environment, each with its origin; a secret is null."""
    return await configuration(request, diagnosed, partial(cached_answers.values, name=environment))


@get("/config/diff", responses=described(wire.Difference, "The leaves that differ.", *REFUSED))
async def difference(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    left: FromQuery[str],
    right: FromQuery[str],
) -> Response[bytes]:
    """The leaves that differ between two environments, each with its origin on both sides."""
    return await configuration(request, diagnosed, partial(cached_answers.difference, left=left, right=right))


@get("/config/matrix", responses=described(wire.Matrix, "Keys by environments.", *REFUSED))
async def matrix(request: Request[Any, Any, State], diagnosed: Diagnosed) -> Response[bytes]:
    """Every key in every environment."""
    return await configuration(request, diagnosed, cached_answers.matrix)


@get("/config/usage", responses=described(UsageReport, "What the code reads.", *REFUSED))
async def usage(request: Request[Any, Any, State], diagnosed: Diagnosed) -> Response[bytes]:
    """Which code reads each key, which keys nothing reads, and which reads nothing sets."""
    return await configuration(request, diagnosed, cached_answers.used)


@get(_EXPLAIN + "{key:path}", responses=described(wire.Explanation, "Every layer that sets the key.", *REFUSED))
async def explanation(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    key: FromPath[str],
    environment: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Every layer that sets a key of an environment, lowest first, with the winner."""
    asked = rest_of_path(request, _EXPLAIN) or key.removeprefix("/")
    return await fresh_configuration(request, diagnosed, partial(_explained, key=asked, environment=environment))


def _explained(workspace: Workspace, key: str, environment: str | None) -> CachedAnswer:
    """An explanation is not kept: there are as many as there are keys."""
    return document(explain(workspace, key, environment))


HANDLERS = (validation, environments, values, difference, matrix, usage, explanation)
