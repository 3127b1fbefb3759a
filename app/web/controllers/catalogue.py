"""`/config/rules` and `/config/schema`: what is checked, and what settings must look like; open to all."""

import json
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from app.checking.catalogue import catalogue, one_rule
from app.project.json_schema import schema
from app.project.workspace import Workspace
from app.reports import wire
from app.watching.project_snapshot import CachedAnswer, Inquiry, document, tagged
from app.web.http.documents import Diagnosed, answer, configuration, described
from app.web.http.problems import ProblemError

_KINDS = {"merged": False, "layer": True}
_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


class SchemaDocument(msgspec.Struct):
    """A JSON Schema, 2020-12."""


@get("/config/rules", responses=described(wire.Rules, "The rules.", HTTPStatus.BAD_REQUEST), sync_to_thread=False)
def rules(request: Request[Any, Any, State]) -> Response[bytes]:
    """The catalogue of rules."""
    return answer(request, document(catalogue()))


@get("/config/rules/{rule:str}", responses=described(wire.Rules, "The rule.", *_REFUSED), sync_to_thread=False)
def rule_page(request: Request[Any, Any, State], rule: FromPath[str]) -> Response[bytes]:
    """One rule with its page and its examples."""
    return answer(request, document(one_rule(rule)))


@get(
    "/config/schema",
    responses=described(SchemaDocument, "The schema.", *_REFUSED, HTTPStatus.SERVICE_UNAVAILABLE),
)
async def settings_schema(
    request: Request[Any, Any, State], diagnosed: Diagnosed, kind: FromQuery[str] = "merged"
) -> Response[bytes]:
    """JSON Schema of the `merged` settings, or of one `layer`: a profile file."""
    if kind not in _KINDS:
        detail = f"There is no schema of the kind {kind!r}: it is 'merged' or 'layer'."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "kind-unknown", detail)
    return await configuration(request, diagnosed, partial(_schema, layer=_KINDS[kind]))


def _schema(_: Workspace, *, layer: bool) -> Inquiry:
    return Inquiry(("schema", "layer" if layer else "merged"), partial(_made, layer=layer))


def _made(workspace: Workspace, *, layer: bool) -> CachedAnswer:
    if workspace.project.options.schema_ is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "no-model", "The project names no model in the option 'schema'.")
    return tagged(json.dumps(schema(workspace, layer=layer), indent=2).encode())


OF_PROJECT = (settings_schema,)
"""What each project of a workspace answers for itself, to whoever may know that it is there."""
HANDLERS = (rules, rule_page, *OF_PROJECT)
