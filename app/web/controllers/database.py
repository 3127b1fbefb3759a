"""`/config/database`: the service's own database, and probes of any."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.response import Stream

from app.core.errors import TargetError
from app.probing.policy import EVERYTHING, Allowed, Permission
from app.probing.request import Question
from app.reports import probe as wire
from app.service.diagnosed import DiagnosedProject
from app.service.runtime import Service
from app.web.http.body import decoded, whole_body
from app.web.http.documents import Diagnosed, described, document
from app.web.http.problems import ProblemError
from app.web.http.request_body import ProbeOperation
from app.web.probe_stream import EVENT_STREAM, probe_stream
from app.web.security.auth import operator, viewer

if TYPE_CHECKING:
    from app.web.security.access import Caller

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
async def database_test(
    request: Request[Any, Any, State], service: NamedDependency[Service], diagnosed: Diagnosed
) -> Response[bytes] | Stream:
    """Tests a connection stage by stage: an environment's own, or the one that the body describes.

    Whoever accepts `text/event-stream` is sent each stage as it ends, then the probe.
    """
    fields = _fields(await whole_body(request))
    question = await anyio.to_thread.run_sync(service.question, diagnosed, fields)
    permission = None
    if question.environment is None:
        permission = Permission(_allowed(request, service), question.target)
        permission.allowed.require(question.target)
    ask = partial(_ask, request, service, diagnosed, question, permission)
    if request.accept.best_match([MediaType.JSON, EVENT_STREAM]) == EVENT_STREAM:
        return await probe_stream(ask, permission)
    return document(await ask(None))


async def _ask(
    request: Request[Any, Any, State],
    service: Service,
    project: DiagnosedProject,
    question: Question,
    permission: Permission | None,
    told: Callable[[wire.Stage], object] | None,
) -> wire.Probe:
    """The probe, counted.

    Raises:
        ProblemError: 429, as many run as may.
        TargetNotAllowed: an address of the target is none of the allowed; nothing was sent there.
    """
    if service.busy:
        raise _too_many()
    caller: Caller = request.state.caller
    found = await service.probe(project, question, caller.name, told, permission)
    request.app.state.metrics.probed(found)
    if permission is not None:
        permission.require()
    return found


def _allowed(request: Request[Any, Any, State], service: Service) -> Allowed:
    """What the caller may have probed: where the settings name nothing, whoever is on this machine anything."""
    caller: Caller = request.state.caller
    stated = service.settings.diagnostics.allowed_targets
    _, port = request.scope.get("server") or (None, None)
    own = {service.plan.settings.server.port, None if port is None else int(port)}  # granian has it as text
    return Allowed(
        patterns=stated if stated or not caller.local else EVERYTHING,
        own_ports=frozenset(one for one in own if one is not None),
    )


def _fields(body: bytes) -> dict[str, Any]:
    """The body's fields.

    Raises:
        ProblemError: 400, it is no JSON.
        TargetError: it is no object.
    """
    try:
        fields = decoded(body)
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
