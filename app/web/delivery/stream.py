"""The stream of an environment's heads, as server-sent events. Source: WHATWG HTML, 9.2."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec

from app.releases.delivery.delivery import Delivery
from app.releases.delivery.heads import Head
from app.reports.releases.delivered import ReleaseEvent

EVENT_STREAM = "text/event-stream"
_BEAT_SECONDS = 5
"""So often there is a sign of life: a client leaves a replica that gives none for a multiple of that."""

HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-beat-seconds": str(_BEAT_SECONDS),
}

_SLICES = 100
"""Into so many parts that time is cut: the loop would wake too often for each stream, and too long for all."""

_ID = re.compile("[0-9]{1,18}")
_BEAT = b": still here\n\n"
_HELLO = b"retry: 1000\n\n"
"""What is sent at once: whoever listens knows that it is heard. The number is how soon a browser comes back, in ms."""

_MS_A_LISTENER, _LONGEST_MS = 0.3, 30_000
"""A worker sends some 3,000 bodies a second, and has time for other work if they are asked for one after another."""


def release_known(headers: Mapping[str, str]) -> int:
    """The id of the release that a listener knows, as `Last-Event-ID` states it; 0 where it knows none of ours."""
    stated = headers.get("last-event-id", "")
    return int(stated) if _ID.fullmatch(stated) else 0


async def told(
    delivery: Delivery, project: str, environment: str, known: int, is_welcome: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Every head above the known one, as long as whoever listens may; between them a sign of life.

    Who is slow to take what is sent is told of the newest head alone.

    Args:
        delivery: what knows the releases.
        project: the project's name.
        environment: the environment's.
        known: the id of the release that the listener knows; 0 where it knows none.
        is_welcome: whether the listener still may listen.
    """
    delivery.listeners += 1
    try:
        yield _HELLO
        beats = _Beats()
        while True:
            head = await delivery.heads.newer(project, environment, known, beats.seconds_left())
            if delivery.heads.closed or not is_welcome():
                return
            if head is None:
                yield _BEAT
            else:
                known = head.id
                yield _event(head, delivery.listeners)
    finally:
        delivery.listeners -= 1


class _Beats:
    """When a stream gives signs of life, however many have just sent the same release: those of a slice together."""

    def __init__(self) -> None:
        share = random.randrange(_SLICES) / _SLICES  # noqa: S311 - spreads load, keeps no secret
        self._next = _BEAT_SECONDS * (_now() // _BEAT_SECONDS + share)

    def seconds_left(self) -> float:
        """Seconds until the next one."""
        if (late := _now() - self._next) >= 0:
            self._next += _BEAT_SECONDS * (1 + late // _BEAT_SECONDS)
        return self._next - _now()


def _now() -> float:
    return asyncio.get_running_loop().time()


def jitter_ms(listeners: int) -> int:
    """Over how many milliseconds so many listeners spread what they ask next."""
    return min(_LONGEST_MS, round(listeners * _MS_A_LISTENER))


def _event(head: Head, listeners: int) -> bytes:
    said = ReleaseEvent(id=head.id, digest=head.digest, jitter_ms=jitter_ms(listeners))
    return b"event: release\nid: %d\ndata: %b\n\n" % (head.id, msgspec.json.encode(said))
