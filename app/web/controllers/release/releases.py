"""`/releases`: what was released, and releasing; what instances are delivered is elsewhere."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from app.core.errors import UnknownRelease
from app.releases.candidate import require_reason
from app.reports import wire
from app.reports.releases import Release, ReleasePreview, Releases
from app.service.diagnosed import DiagnosedProject
from app.service.releasing.access import releasing_of
from app.service.releasing.releases import LISTED, Releasing
from app.service.runtime import Service
from app.web.http.body import fields_of
from app.web.http.documents import REFUSED, Diagnosed, described, document
from app.web.http.request_body import MessageOperation, ReleaseOperation
from app.web.security.auth import operator

if TYPE_CHECKING:
    from app.web.security.access import Caller

_CHANGING = (*REFUSED, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS)
_DIGITS = 18

_DELIVERED_SECONDS = 1.0
"""So long an answer waits until this replica delivers what it tells of: some milliseconds, if the primary is heard."""


class ReleaseRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `POST /releases` asks for.

    Attributes:
        expect: the fingerprint of the values, or the digest of the head; null where nothing is expected.
        force: why it is released in spite of errors.
        dry_run: tells what would be released, and releases nothing.
    """

    environment: str
    message: str = ""
    expect: str | None = None
    force: str | None = None
    dry_run: bool = False


class MessageRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What for a release is taken back."""

    message: str = ""


@get("/releases", responses=described(Releases, "What was released, newest first.", *REFUSED))
async def releases(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromQuery[str | None] = None,
    limit: FromQuery[int] = LISTED,
    before: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The releases of an environment, or of all of them."""
    return document(await _releasing(request, service, diagnosed).listed(environment, limit=limit, before=before))


@get("/releases/{release:str}", responses=described(Release, "The release.", *REFUSED))
async def release(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    release: FromPath[str],
) -> Response[bytes]:
    """One release: by whom, what for, whether it is in force, and which keys each instance supplies."""
    return document(await _releasing(request, service, diagnosed).shown(_number(release)))


@get(
    "/releases/{left:str}/diff/{right:str}",
    responses=described(wire.Difference, "The leaves that differ.", *REFUSED),
)
async def release_difference(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    left: FromPath[str],
    right: FromPath[str],
) -> Response[bytes]:
    """The leaves that differ between two releases."""
    return document(await _releasing(request, service, diagnosed).difference(_number(left), _number(right)))


@post(
    "/releases",
    guards=[operator],
    operation_class=ReleaseOperation,
    responses={
        **described(ReleasePreview, "What would be released, with `dry_run`.", *_CHANGING),
        **described(Release, "The release.", status=HTTPStatus.CREATED),
    },
)
async def make_release(
    request: Request[Any, Any, State], service: NamedDependency[Service], diagnosed: Diagnosed
) -> Response[bytes]:
    """Releases an environment as the project's files have it; 409 where another was first, 422 where it has errors."""
    asked = await fields_of(request, ReleaseRequest)
    releasing = _releasing(request, service, diagnosed)
    if asked.dry_run:
        require_reason(asked.force)
        return document(await releasing.preview(asked.environment, expect=asked.expect))
    made = await releasing.release(asked.environment, asked.message, expect=asked.expect, forced=asked.force)
    return document(await _delivered(service, made), HTTPStatus.CREATED)


@post(
    "/releases/{release:str}/rollback",
    guards=[operator],
    operation_class=MessageOperation,
    responses=described(Release, "The new release.", *_CHANGING, status=HTTPStatus.CREATED),
)
async def rollback(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    release: FromPath[str],
) -> Response[bytes]:
    """Releases the bytes of an older release again, under a new id."""
    asked = await fields_of(request, MessageRequest)
    made = await _releasing(request, service, diagnosed).rollback(_number(release), asked.message)
    return document(await _delivered(service, made), HTTPStatus.CREATED)


@post(
    "/releases/{release:str}/approve",
    guards=[operator],
    status_code=HTTPStatus.OK,
    responses=described(Release, "The release.", *_CHANGING),
)
async def approve(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    release: FromPath[str],
) -> Response[bytes]:
    """Approves a release of somebody else."""
    approved = await _releasing(request, service, diagnosed).approve(_number(release))
    return document(await _delivered(service, approved))


def _releasing(request: Request[Any, Any, State], service: Service, project: DiagnosedProject) -> Releasing:
    caller: Caller = request.state.caller
    return releasing_of(service, project, caller.name)


async def _delivered(service: Service, made: Release) -> Release:
    """The release, once whoever asks this replica for the head is given it; where that takes long, all the same."""
    if service.delivery and made.state == "head":
        await service.delivery.heads.newer(made.project, made.environment, made.id - 1, _DELIVERED_SECONDS)
    return made


def _number(text: str) -> int:
    """A release's id as a path states it.

    Raises:
        UnknownRelease: it is none.
    """
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return int(text)
    raise UnknownRelease(f"{text!r} is no release's id.", fix="GET /releases lists those that there are.")


READ = (releases, release, release_difference)
POSTED = (make_release, rollback, approve)
