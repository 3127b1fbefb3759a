"""`/releases/{environment}`: what instances are given, by the long way; app/web/delivery has the short one."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from msgspec import Struct

from app.reports.releases.delivered import DeliveredHead, ReleaseEvent
from app.service.runtime import Service
from app.web.delivery.answers import Delivered, body_answer, delivery_of, head_answer, require_readiness
from app.web.delivery.stream import EVENT_STREAM, HEADERS, release_known, told
from app.web.http.documents import REFUSED, Diagnosed, described
from app.web.security.auth import caller, is_known_still, settings_of

if TYPE_CHECKING:
    from app.web.http.streams import StreamLimit

_HEAD = {
    **described(DeliveredHead, "The release that instances are to run with.", *REFUSED),
    204: ResponseSpec(data_container=None, description="Nothing newer came while the caller waited."),
}


class ReleaseValues(Struct, frozen=True, kw_only=True):
    """A body: canonical JSON, whose digest is over its bytes."""

    version: int
    project: str
    environment: str
    values: dict[str, Any]
    supplied: list[str]
    typed: dict[str, str] = {}


@get("/releases/{environment:str}/head", responses=_HEAD)
async def release_head(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromPath[str],
    after: FromQuery[int] = 0,
    wait: FromQuery[float] = 0,
) -> Response[bytes]:
    """The head of an environment: at least the release `after`; with `wait`, the first above it that comes in time."""
    known = request.headers.get("If-None-Match", "")
    streams: StreamLimit = request.app.state.streams
    scope = cast("dict[str, Any]", request.scope)
    asking = caller(request)
    with streams.held(scope, asking, settings_of(request)) if wait > 0 else nullcontext():
        return _response(
            await head_answer(service, diagnosed, environment, after=after, wait=wait, known=known, asking=asking)
        )


@get(
    "/releases/{environment:str}/body/{digest:str}",
    responses=described(ReleaseValues, "The bytes that the digest is over; they never change.", *REFUSED),
)
async def release_body(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromPath[str],
    digest: FromPath[str],
) -> Response[bytes]:
    """The values of a release, by the digest that the head and the events tell."""
    known, accepted = request.headers.get("If-None-Match", ""), request.headers.get("Accept-Encoding", "")
    return _response(await body_answer(service, diagnosed, environment, digest, known=known, accepted=accepted))


_STREAM = ResponseSpec(
    data_container=str,
    description="`release` with the id, the digest and how long to wait at most before the body is asked for.",
    media_type=EVENT_STREAM,
    generate_examples=False,
)
_TOLD = {**described(ReleaseEvent, "", *REFUSED), 200: _STREAM}


@get("/releases/{environment:str}/events", media_type=EVENT_STREAM, responses=_TOLD)
async def release_events(
    request: Request[Any, Any, State],
    service: NamedDependency[Service],
    diagnosed: Diagnosed,
    environment: FromPath[str],
) -> Stream:
    """Server-sent events: `release` with the head, at once where `Last-Event-ID` is older, and with each after it."""
    known = release_known(request.headers)
    await require_readiness(service, diagnosed, environment, known)
    chunks = told(delivery_of(service), diagnosed.name, environment, known, lambda: is_known_still(request))
    return Stream(chunks, media_type=EVENT_STREAM, headers=dict(HEADERS))


def _response(given: Delivered) -> Response[bytes]:
    kept = {name: value for name, value in given.headers.items() if name not in {"content-type", "content-length"}}
    return Response(given.body, status_code=given.status, media_type="application/json", headers=kept)


HANDLERS = (release_head, release_body)

STREAMS = (release_events,)
