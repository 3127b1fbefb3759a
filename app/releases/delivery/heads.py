"""The heads that a replica shows: their ids only rise, and whoever waits for a newer one hears of it at once."""

import asyncio
from collections import defaultdict

from msgspec import Struct

from app.reports.releases import Release
from app.reports.releases.delivered import DeliveredHead
from app.watching.project_snapshot import CachedAnswer, document

_AT_ONCE = 50


class Head(Struct, frozen=True, kw_only=True):
    """The release that instances of an environment are to run with, ready to be sent.

    Attributes:
        id: of the release.
        digest: of its body.
        answer: the release with the project's digest key, as JSON.
        read: the same without the key, for whoever reads and reports nothing.
    """

    id: int
    digest: str
    answer: CachedAnswer
    read: CachedAnswer


def head_of(release: Release, digest_key: str | None) -> Head:
    """A release as it is delivered."""
    fields = {name: getattr(release, name) for name in release.__struct_fields__}
    read, answer = (document(DeliveredHead(**fields, digest_key=key)) for key in (None, digest_key))
    return Head(id=release.id, digest=release.digest, answer=answer, read=read)


type Place = tuple[str, str]
"""A project's name, and that of one of its environments, folded."""


class Heads:
    """The newest head of each environment of each project that this process has shown.

    A standby that lags, or that was promoted without the newest release, is not believed: nobody is shown an older
    release than before.
    """

    def __init__(self) -> None:
        self._shown: dict[Place, Head] = {}
        self._waiting: defaultdict[Place, set[asyncio.Future[None]]] = defaultdict(set)
        self.closed = False

    def of(self, project: str, environment: str) -> Head | None:
        """The head of an environment, in whatever case its name is written; None where none is known."""
        return self._shown.get(_place(project, environment))

    @property
    def ids(self) -> dict[Place, int]:
        """The id of each environment's head."""
        return {place: head.id for place, head in self._shown.items()}

    @property
    def digests(self) -> frozenset[str]:
        """The digests of the bodies that instances may ask for next."""
        return frozenset(head.digest for head in self._shown.values())

    def show(self, project: str, environment: str, head: Head) -> bool:
        """Shows a head from now on, and says so to whoever waits; False where it is an older one, and passed over."""
        place = _place(project, environment)
        known = self._shown.get(place)
        if known and (known.id > head.id or (known.id == head.id and known.digest != head.digest)):
            return False
        self._shown[place] = head
        self._wake(place)
        return True

    async def newer(self, project: str, environment: str, known: int, seconds: float) -> Head | None:
        """The head of an environment once its id is above this one; None after so many seconds, and at the end."""
        place = _place(project, environment)
        if (head := self._above(place, known)) or self.closed:
            return head
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        timer = loop.call_later(seconds, _wake, waiting)
        self._waiting[place].add(waiting)
        try:
            await waiting
        finally:
            timer.cancel()
            self._waiting[place].discard(waiting)
        return self._above(place, known)

    def close(self) -> None:
        """Lets everybody go who waits, and nobody wait any more."""
        self.closed = True
        for place in self._waiting:
            self._wake(place)

    def _above(self, place: Place, known: int) -> Head | None:
        head = self._shown.get(place)
        return head if head and head.id > known else None

    def _wake(self, place: Place) -> None:
        _wake_some(list(self._waiting[place]))


def _place(project: str, environment: str) -> Place:
    """A project, and an environment's name as everything else that is asked reads it, too."""
    return project, environment.strip().lower()


def _wake_some(waiting: list[asyncio.Future[None]]) -> None:
    """Lets them go some at a time, and whatever else there is to do in between: thousands take a second."""
    for one in waiting[:_AT_ONCE]:
        _wake(one)
    if rest := waiting[_AT_ONCE:]:
        asyncio.get_running_loop().call_soon(_wake_some, rest)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
