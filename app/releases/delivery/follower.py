"""Following the heads: told by the primary at once, and asked for every second of whichever server answers.

The question every second is the guarantee. What the server tells is for speed: a notification may be lost with its
connection, and only a primary takes LISTEN.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.supervision import Supervised
from app.core.tasks import set_within
from app.database.engine import ConnectionManager, driver_session
from app.database.session import Session
from app.database.target import Target
from app.releases.delivery.bodies import Bodies, body_of
from app.releases.delivery.heads import Heads, head_of
from app.releases.store import delivered, queries
from app.releases.store.publishing import CHANNEL
from app.settings.database import PoolSettings, SessionAttributes

POLL_SECONDS = 1.0
"""So often the heads are asked for."""

_PATIENCE_SECONDS = 2.0
"""A server that takes longer for one question of so little does not answer; another may."""

_CONNECT_SECONDS = 3.0
_LATE_SECONDS = 2 * POLL_SECONDS
_ONE = PoolSettings(size=1, max_overflow=0, pre_ping=False)


class Follower:
    """Keeps the heads and bodies of all projects' environments as they are in the database.

    Args:
        database: the service's own; gives the target that is in force.
        projects: their names.
        heads: where they are shown.
        bodies: where they are kept.
        clock: tells the time, with its zone.

    Attributes:
        read_at: when the heads last were read; None before that.
        read_moment: the same by the loop's clock, which nobody sets.
        has_read: is set from the first time on.
    """

    def __init__(
        self,
        database: ConnectionManager,
        projects: Sequence[str],
        heads: Heads,
        bodies: Bodies,
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._projects, self._clock = database, projects, clock
        self._heads, self._bodies = heads, bodies
        self._told = asyncio.Event()
        self._digest_keys: dict[str, str] = {}
        self._followed_at: float | None = None
        self.has_read = asyncio.Event()
        self.read_at: datetime | None = None
        self.read_moment: float | None = None

    async def follow_primary(self, it: Supervised) -> None:
        """Hears of new heads from the primary, and asks it every second, until its connection breaks."""
        target = self._target("primary")
        async with self._connected(target) as (connection, below):
            if self._database.keeps_sessions:
                await _in_time(below, below.add_listener(CHANNEL, self._tell))
            while self._is_meant(target):
                with it.step():
                    await self._read(connection, below, is_primary=True)
                self._followed_at = asyncio.get_running_loop().time()
                await set_within(self._told, POLL_SECONDS)
                self._told.clear()

    async def follow_any(self, it: Supervised) -> None:
        """Asks whichever server answers, every second, for as long as the primary is not heard of."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if self._is_late:
                await self._ask_any(it)

    async def _ask_any(self, it: Supervised) -> None:
        target = self._target("any")
        async with self._connected(target) as (connection, below):
            while self._is_late and self._is_meant(target):
                with it.step():
                    await self._read(connection, below, is_primary=False)
                await asyncio.sleep(POLL_SECONDS)

    @property
    def _is_late(self) -> bool:
        """Whether the primary has not been heard of for too long."""
        at = self._followed_at
        return at is None or asyncio.get_running_loop().time() - at > _LATE_SECONDS

    def _tell(self, *_: Any) -> None:
        self._told.set()

    def _target(self, which: SessionAttributes) -> Target:
        stated = self._database.target
        seconds = min(stated.connect_timeout, _CONNECT_SECONDS)
        return replace(stated, target_session_attrs=which, connect_timeout=seconds)

    def _is_meant(self, target: Target) -> bool:
        """Whether the settings still name this database."""
        return self._target(target.target_session_attrs) == target

    @asynccontextmanager
    async def _connected(self, target: Target) -> AsyncIterator[tuple[AsyncConnection, Session]]:
        """A connection of its own, and the driver's session below it.

        It has no transaction: notifications come between transactions only.
        """
        manager = ConnectionManager(target, pool=_ONE, pgbouncer=not self._database.keeps_sessions)
        try:
            async with manager.connect() as connection:
                below = driver_session(connection)
                yield await connection.execution_options(isolation_level="AUTOCOMMIT"), below
        finally:
            await manager.close(0)

    async def _read(self, connection: AsyncConnection, below: Session, *, is_primary: bool) -> None:
        """Takes up what is new; a head is shown when its body is at hand."""
        async with AsyncSession(connection, expire_on_commit=False) as session:
            fresh = await _in_time(below, self._read_digest_keys(session, is_primary=is_primary))
            heads = await _in_time(below, delivered.head_ids(session, self._projects))
            shown = self._heads.ids
            for (project, environment), number in heads.items():
                # Heads that were shown without the key are shown again with it.
                if project in fresh or number > shown.get((project, environment.lower()), 0):
                    await _in_time(below, self._take(session, project, environment, number))
        self.read_at, self.read_moment = self._clock(), asyncio.get_running_loop().time()
        self.has_read.set()

    async def _read_digest_keys(self, session: AsyncSession, *, is_primary: bool) -> set[str]:
        """The projects whose key is known from now on, and was not before."""
        lacking = [project for project in self._projects if project not in self._digest_keys]
        if not lacking:
            return set()
        read = delivered.make_digest_keys if is_primary else delivered.digest_keys
        keys = await read(session, lacking)
        self._digest_keys |= {project: base64.b64encode(key).decode() for project, key in keys.items()}
        return set(keys)

    async def _take(self, session: AsyncSession, project: str, environment: str, number: int) -> None:
        release = await queries.release(session, project, number)
        if self._bodies.find(project, environment, release.digest) is None:
            content = await queries.body(session, release.digest)
            if content is None:
                message = f"The body of release {number} is not there."
                raise LookupError(message)
            body = await asyncio.to_thread(body_of, release.digest, content)
            self._bodies.keep(project, environment, body, self._heads.digests | {release.digest})
        self._heads.show(project, environment, head_of(release, self._digest_keys.get(project)))


async def _in_time[T](below: Session, work: Awaitable[T]) -> T:
    """Does a piece of work with a session, which is given up where the server keeps us waiting."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await work
    except TimeoutError:
        below.terminate()
        raise
