"""Delivery: what a replica tells instances of releases."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from app.core.supervision import Supervised
from app.core.tasks import end, set_within
from app.database.engine import ConnectionManager, unavailable
from app.database.session import DRIVER_ERRORS
from app.releases.delivery.bodies import Bodies, Body, body_of
from app.releases.delivery.follower import Follower
from app.releases.delivery.heads import Heads
from app.releases.store import delivered

LISTENING, ASKING = "Listening for releases", "Asking for releases"

_DIGEST = re.compile("sha256:[0-9a-f]{64}")
_PATIENCE_SECONDS = 5.0
"""Whoever asks for a body that is not in memory waits no longer for a database that does not answer."""

_OLD_SECONDS = 5.0
"""What was read longer ago may no longer be so, and this is said."""


class Delivery:
    """The releases of every project that a service has, as far as this process knows them.

    Args:
        manager: the database that has them.
        projects: their names.
        clock: tells the time, with its zone.

    Attributes:
        heads: those that are shown.
        listeners: how many event streams are open, of all projects together.
        background: what it does all the time.
    """

    def __init__(self, manager: ConnectionManager, projects: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._manager = manager
        self._began = 0.0
        self._bodies = Bodies()
        self._tasks: list[asyncio.Task[None]] = []
        self.heads = Heads()
        self._follower = Follower(manager, projects, self.heads, self._bodies, clock)
        self.listeners = 0
        self.background = (
            Supervised(LISTENING, self._follower.follow_primary),
            Supervised(ASKING, self._follower.follow_any),
        )

    @property
    def read_at(self) -> datetime | None:
        """When the heads last were read from the database; None before that."""
        return self._follower.read_at

    @property
    def is_old(self) -> bool:
        """Whether what is known may no longer be so: the database has not been asked for some time."""
        # The loop's clock: the machine's is set now and then, by hours.
        return asyncio.get_running_loop().time() - (self._follower.read_moment or self._began) > _OLD_SECONDS

    async def has_read(self, seconds: float) -> bool:
        """Whether the heads have been read; a process that has just begun is given so many seconds for it."""
        await set_within(self._follower.has_read, seconds)
        return self._follower.has_read.is_set()

    async def __aenter__(self) -> Self:
        """Begins to follow the releases, in the running loop."""
        self._began = asyncio.get_running_loop().time()
        self._tasks = [asyncio.create_task(work.run()) for work in self.background]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Lets go of whoever waits, and follows no more."""
        self.heads.close()
        await end(self._tasks)

    def has_body(self, project: str, environment: str, digest: str) -> bool:
        """Whether the body of that digest is in memory."""
        return self._bodies.find(project, environment.strip(), digest) is not None

    async def body(self, project: str, environment: str, digest: str) -> Body | None:
        """The body of that digest, out of memory or else the database; None where none was in force there.

        Raises:
            DatabaseUnavailable: it is not in memory, and the database does not answer.
        """
        environment = environment.strip()
        if not _DIGEST.fullmatch(digest):
            return None
        if found := self._bodies.find(project, environment, digest):
            return found
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._manager.session() as session:
                content = await delivered.released_body(session, project, environment.lower(), digest)
        except (SQLAlchemyError, *DRIVER_ERRORS) as error:  # it went away in the middle of its answer
            raise unavailable(error, "query", self._manager.target) from error
        if content is None:
            return None
        body = await asyncio.to_thread(body_of, digest, content)
        self._bodies.keep(project, environment, body, self.heads.digests)
        return body
