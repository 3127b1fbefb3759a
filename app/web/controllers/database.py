"""`/config/database`: the service's own database, and probes of any."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from app.diagnostics.probing import require_allowed
from app.diagnostics.serving import Service
from app.errors import TargetError
from app.reports import probe as wire
from app.web.auth import operator, viewer
from app.web.documents import described, document
from app.web.problems import ProblemError
from app.web.request_body import ProbeOperation

if TYPE_CHECKING:
    from app.web.access import Caller

_REFUSED = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@get(
    "/config/database/status",
    guards=[viewer],
    responses=described(wire.Status, "What the pool and the server say.", *_REFUSED),
)
async def database_status(service: NamedDependency[Service]) -> Response[bytes]:
    """What the service's own database is doing; a database that is away is an answer too."""
    return document(await service.status())


@post(
    "/config/database/test",
    status_code=HTTPStatus.OK,
    guards=[operator],
    operation_class=ProbeOperation,
    responses=described(
        wire.Probe,
        "The probe, whether it passed or not.",
        *_REFUSED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
    ),
)
async def database_test(request: Request[Any, Any, State], service: NamedDependency[Service]) -> Response[bytes]:
    """Tests a connection stage by stage: an environment's own, or the one that the body describes."""
    fields = _fields(await request.body())
    question = await anyio.to_thread.run_sync(service.question, fields)
    caller: Caller = request.state.caller
    if question.environment is None:
        patterns = service.plan.settings.diagnostics.allowed_targets
        require_allowed(question.target, patterns, local=caller.local)
    if service.busy:
        raise _too_many()
    found = await service.probe(question, caller.name)
    request.app.state.metrics.probed(found)
    return document(found)


def _fields(body: bytes) -> dict[str, Any]:
    """The body's fields.

    Raises:
        ProblemError: 400, it is no JSON.
        TargetError: it is no object.
    """
    try:
        fields = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        detail = "The body is no JSON; {} asks for the active environment's database."
        raise ProblemError(HTTPStatus.BAD_REQUEST, "body-malformed", detail) from None
    if not isinstance(fields, dict):
        message = "The body is no JSON object."
        raise TargetError(message, fix="Send {}, or an object of a target's fields.", errors={"": "is no object"})
    return fields


def _too_many() -> ProblemError:
    detail = "As many probes run as may run at once. Ask again when one has ended."
    return ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-probes", detail, headers={"Retry-After": "1"})


HANDLERS = (database_status, database_test)
