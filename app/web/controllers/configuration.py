"""`/config`: the verdict, the values, and why they are what they are."""

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.diagnostics.explanation import explain
from app.diagnostics.serving import Service
from app.diagnostics.validation import validate
from app.diagnostics.values import show
from app.reports import wire
from app.web.documents import configuration, described

ALL = "all"
"""The name that stands for every environment."""

_EXPLAIN = "/config/explain/"
_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@get(
    "/config/validate",
    sync_to_thread=True,
    responses=described(wire.Report, "The verdict.", *_REFUSED),
)
def validation(
    request: Request[Any, Any, State], service: NamedDependency[Service], environment: FromQuery[str | None] = None
) -> Response[bytes]:
    """The verdict on one environment (by default the active one), or on all."""
    workspace = service.profiles.workspace()
    names = [] if environment == ALL else [workspace.environment(environment)]
    return configuration(request, validate(workspace, names))


@get(
    "/config/values",
    sync_to_thread=True,
    responses=described(wire.Values, "The effective values.", *_REFUSED),
)
def values(
    request: Request[Any, Any, State], service: NamedDependency[Service], environment: FromQuery[str | None] = None
) -> Response[bytes]:
    """The effective values of an environment, each with its origin; a secret is null."""
    return configuration(request, show(service.profiles.workspace(), environment))


@get(
    _EXPLAIN + "{key:path}",
    sync_to_thread=True,
    responses=described(wire.Explanation, "Every layer that sets the key.", *_REFUSED),
)
def explanation(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    key: FromPath[str],
    environment: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Every layer that sets a key of an environment, lowest first, with the winner."""
    asked = _as_written(request) or key.removeprefix("/")
    return configuration(request, explain(service.profiles.workspace(), asked, environment))


def _as_written(request: Request[Any, Any, State]) -> str:
    """The key as the request has it: the router folds `//` and drops a slash at the end, which a key may have."""
    raw = request.scope.get("raw_path") or b""
    path = unquote_to_bytes(raw.partition(b"?")[0]).decode(errors="replace")
    return path.removeprefix(_EXPLAIN) if path.startswith(_EXPLAIN) else ""


HANDLERS = (validation, values, explanation)
