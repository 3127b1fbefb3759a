"""`PATCH /config/values`: keys of a profile set and taken out, where the settings allow it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, patch
from litestar.datastructures import State
from litestar.di import NamedDependency

from app.core.errors import did_you_mean
from app.reports.edit import EditsReport
from app.service.profile_edit import ProfileEdit, edit_profiles, followed
from app.service.runtime import Service
from app.web.http.body import decoded, whole_body
from app.web.http.documents import REFUSED, Diagnosed, described, document, is_known
from app.web.http.problems import FieldError, ProblemError
from app.web.http.request_body import EditOperation
from app.web.security.auth import operator

if TYPE_CHECKING:
    from app.web.security.access import Caller

_LOG = logging.getLogger(__name__)
_FIELDS = ("environment", "set", "typed", "unset", "file", "dry_run")
_MOST = 100
_REFUSED = (
    *REFUSED,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.PRECONDITION_REQUIRED,
)


@patch(
    "/config/values",
    guards=[operator],
    operation_class=EditOperation,
    responses=described(EditsReport, "What the edit does, in every environment.", *_REFUSED),
)
async def edit_values(
    request: Request[Any, Any, State], service: NamedDependency[Service], diagnosed: Diagnosed
) -> Response[bytes]:
    """Sets keys of an environment, and takes keys out, as `assay set` and `assay unset` do; all of it or nothing.

    `If-Match` holds the ETag of the environment's values, as they were when the edit was thought of; a dry run may do
    without.
    """
    if not service.settings.diagnostics.editing:
        detail = "Editing is off: the service's setting diagnostics.editing is false."
        raise ProblemError(HTTPStatus.FORBIDDEN, "editing-off", detail)
    edit = _edit(await whole_body(request))
    stated = request.headers.get("If-Match", "")
    if not stated and not edit.dry_run:
        detail = "If-Match must hold the ETag of GET /config/values of that environment: what the edit was made from."
        raise ProblemError(HTTPStatus.PRECONDITION_REQUIRED, "precondition-required", detail)
    number = diagnosed.live.picture.number
    caller: Caller = request.state.caller
    is_seen = partial(is_known, stated) if stated else None
    found = await anyio.to_thread.run_sync(edit_profiles, diagnosed, edit, is_seen, caller.name)
    if found.refusal and not edit.dry_run:
        raise ProblemError(HTTPStatus.CONFLICT, "edit-refused", found.refusal, findings=found.findings)
    if found.written:
        told = {"asked_by": caller.name, "environment": edit.environment, "keys": [one.key for one in found.edits]}
        _LOG.info("edit", extra=told)
        await followed(diagnosed, number)
    return document(found)


def _edit(raw: bytes) -> ProfileEdit:
    """The edit that a body asks for.

    Raises:
        ProblemError: 400, it is no JSON; 422, it is no edit.
    """
    try:
        body = decoded(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        detail = 'The body is no JSON; send {"environment": "production", "set": {"server.port": 80}}.'
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-malformed", detail) from None
    errors = list(_errors(body)) if isinstance(body, dict) else [FieldError(key="", message="is no object")]
    if errors:
        detail = "The body is no edit."
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "body-invalid", detail, errors=errors)
    return ProfileEdit(
        environment=body["environment"],
        assigned=body.get("set") or {},
        typed=body.get("typed") or {},
        removed=body.get("unset") or [],
        file=body.get("file"),
        dry_run=bool(body.get("dry_run")),
    )


def _errors(body: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from (FieldError(key=key, message=did_you_mean(key, _FIELDS)) for key in body if key not in _FIELDS)
    changed = {} if body.get("set") is None else body["set"]
    typed = {} if body.get("typed") is None else body["typed"]
    removed = [] if body.get("unset") is None else body["unset"]
    if not isinstance(body.get("environment"), str):
        yield FieldError(key="environment", message="is required, as text")
    if not isinstance(changed, dict):
        yield FieldError(key="set", message="is an object of keys and values")
    elif None in changed.values():
        yield FieldError(key="set", message="TOML has no null: name the key in unset")
    if not isinstance(typed, dict) or not all(isinstance(text, str) for text in typed.values()):
        yield FieldError(key="typed", message="is an object of keys and texts")
    if not isinstance(removed, list) or not all(isinstance(key, str) for key in removed):
        yield FieldError(key="unset", message="is a list of keys")
    if not isinstance(body.get("file"), str | None):
        yield FieldError(key="file", message="is a file's name, or null")
    if not isinstance(body.get("dry_run"), bool | None):
        yield FieldError(key="dry_run", message="is true or false")
    if isinstance(changed, dict) and isinstance(typed, dict) and isinstance(removed, Sequence):
        count = len(changed) + len(typed) + len(removed)
        if not 1 <= count <= _MOST:
            yield FieldError(key="set", message=f"names between 1 and {_MOST} keys, together with typed and unset")


HANDLERS = (edit_values,)
