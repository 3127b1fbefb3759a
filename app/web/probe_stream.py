"""A probe as server-sent events: `stage` as each one ends, then `probe` with the whole document.

Source: WHATWG HTML, 9.2.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from litestar.response import ServerSentEventMessage, Stream

from app.probing.policy import Permission
from app.probing.stages import stream
from app.probing.stages.stream import Ask
from app.reports import wire
from app.reports.probe import Probe, Stage

EVENT_STREAM = "text/event-stream"

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

type Heard = AsyncGenerator[Stage | Probe]


async def probe_stream(ask: Ask, permission: Permission | None) -> Stream:
    """The stream, once it is known that there is one; a caller who leaves ends the probe.

    A probe asks for permission as soon as it has resolved the names, so a refusal is known with the first stage,
    while the answer's status can still say it.

    Raises:
        TargetNotAllowed: an address of the target is none of the allowed.
        ProblemError: 429, as many probes run as may.
    """
    heard = stream(ask)
    try:
        first = await anext(heard)
        if permission is not None:
            permission.require()
    except BaseException:
        await heard.aclose()
        raise
    return Stream(_events(first, heard), media_type=EVENT_STREAM, headers=_HEADERS)


async def _events(first: Stage | Probe, heard: Heard) -> AsyncIterator[bytes]:
    async with aclosing(heard):
        yield _event(first)
        async for item in heard:
            yield _event(item)


def _event(item: Stage | Probe) -> bytes:
    name = "probe" if isinstance(item, Probe) else "stage"
    return ServerSentEventMessage(event=name, data=wire.encode(item)).encode()
