"""`/events`: tells at once when the project has changed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Struct

from app.core.errors import ArgumentError, AssayError, did_you_mean
from app.history.recorder import Recorder
from app.watching.cached_answers import listing
from app.watching.project_snapshot import ProjectSnapshot
from app.watching.watcher import Live
from app.web.http.documents import Diagnosed, described
from app.web.security.auth import is_known_still

_BEAT_SECONDS = 15.0
"""So often at least something is sent, or proxies take the connection for dead."""

_NOTHING, _RECORDED = "nothing", "recorded"

_STREAM = ResponseSpec(
    data_container=str,
    description="`report` with the environments' fingerprints, now and at each change.",
    media_type="text/event-stream",
    generate_examples=False,
)
_REFUSED = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


class Told(Struct, frozen=True, kw_only=True):
    """What an event tells: which reading it is, and each environment's fingerprint; none where nothing can be read."""

    reading: int
    fingerprints: dict[str, str]


@get("/events", media_type="text/event-stream", responses={**described(Told, "", *_REFUSED), 200: _STREAM})
async def events(
    request: Request[Any, Any, State],
    diagnosed: Diagnosed,
    also: FromQuery[str] = _NOTHING,
) -> ServerSentEvent:
    """Server-sent events: `report` with the environments' fingerprints, now and at each change.

    With `also=recorded`, `recorded` too, whenever the history has something new.
    """
    if also not in {_NOTHING, _RECORDED}:
        message = f"There is nothing like {also!r} to be told of. {did_you_mean(also, [_RECORDED])}"
        raise ArgumentError(message, fix=f"`also` is {_RECORDED!r}, or is left out.")
    recorder = diagnosed.recorder if also == _RECORDED else None
    return ServerSentEvent(_told(diagnosed.live, recorder, partial(is_known_still, request)))


async def _told(
    live: Live, recorder: Recorder | None, known: Callable[[], bool]
) -> AsyncGenerator[ServerSentEventMessage]:
    """The readings as they come, until the service or the session ends; between them a sign of life."""
    reading, written = 0, recorder.written if recorder else 0
    while not live.closed:
        picture = live.picture
        if picture.number != reading:
            reading = picture.number
            yield await asyncio.to_thread(_report, picture)
        elif recorder and recorder.written != written:
            written = recorder.written
            yield ServerSentEventMessage(event=_RECORDED, data="{}")
        elif not await _stirred(live, reading, recorder, written):
            yield ServerSentEventMessage(comment="still here")
        if not known():
            return


async def _stirred(live: Live, reading: int, recorder: Recorder | None, written: int) -> bool:
    """Waits for something to tell; false where for a long time there is nothing."""
    news: list[asyncio.Task[Any]] = [asyncio.create_task(live.newer(reading))]
    if recorder:
        news.append(asyncio.create_task(recorder.more(written)))
    try:
        done, _ = await asyncio.wait(news, timeout=_BEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in news:
            task.cancel()
    return bool(done)


def _report(picture: ProjectSnapshot) -> ServerSentEventMessage:
    told = Told(reading=picture.number, fingerprints=_fingerprints(picture))
    return ServerSentEventMessage(event="report", id=picture.number, data=msgspec.json.encode(told).decode())


def _fingerprints(picture: ProjectSnapshot) -> dict[str, str]:
    try:
        document: dict[str, Any] = msgspec.json.decode(picture.answer(listing(picture.workspace)).body)
    except AssayError:
        return {}
    return {one["name"]: one["fingerprint"] for one in document["environments"]}


HANDLERS = (events,)
