"""The connection manager: sessions with one target at a time, for as long as the service runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.core.errors import DatabaseUnavailable
from app.core.outcomes import PoolUse, StageName
from app.database.errors import RefusalError, failure
from app.database.pool import Pool
from app.database.session import DRIVER_ERRORS, Session
from app.database.target import Target
from app.settings.database import PoolSettings

_FAREWELL_SECONDS = 5.0
_RETIRE_SECONDS = 60.0
_ROLLBACK_SECONDS = 2.0


class ConnectionManager:
    """Hands out connections and sessions of one pool. It connects when it is first asked, not before.

    It mends itself: a connection that the server has closed is replaced, and one that does not answer is given up.

    Args:
        target: the database.
        pool: how many connections are kept, and for how long.
        pgbouncer: a PgBouncer in transaction mode stands in between.
    """

    def __init__(self, target: Target, *, pool: PoolSettings | None = None, pgbouncer: bool = False) -> None:
        self._settings = pool or PoolSettings()
        self._pgbouncer = pgbouncer
        self._pool = self._new(target)
        self._retiring: dict[asyncio.Task[None], Pool] = {}
        self._closed = False

    def _new(self, target: Target) -> Pool:
        return Pool(target, self._settings, pgbouncer=self._pgbouncer)

    @property
    def target(self) -> Target:
        """The database that new work gets."""
        return self._pool.target

    @property
    def pool(self) -> PoolUse:
        """The pool at this moment."""
        return self._pool.counts

    @property
    def keeps_sessions(self) -> bool:
        """Whether a connection is one session of the server until it is given back; behind a PgBouncer it is not."""
        return not self._pgbouncer

    @property
    def is_exhausted(self) -> bool:
        """Whether every connection that it may have is at work."""
        return self._pool.is_exhausted

    def use(self, target: Target, seconds: float = _RETIRE_SECONDS) -> None:
        """Takes over another target, or a changed password, without dropping work.

        New work gets the new target at once. What runs has so many seconds to end; then its pool is closed.
        Until it ends, both pools may have connections open.

        Raises:
            DatabaseUnavailable: the manager is closed.
        """
        self._require_open()
        if target == self.target:
            return
        retired, self._pool = self._pool, self._new(target)
        task = asyncio.get_running_loop().create_task(retired.close(seconds))
        self._retiring[task] = retired
        task.add_done_callback(self._retiring.pop)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back on an error.

        Raises:
            DatabaseUnavailable: no connection could be had.
        """
        async with self._used() as pool:
            connection = await _had(pool.engine.connect().start(), pool.target)
            async with _ended(connection, driver_session(connection)):
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: committed at the end, rolled back on an error.

        Raises:
            DatabaseUnavailable: no connection could be had.
        """
        async with self._used() as pool:
            session = pool.sessions()
            connection = await _had(session.connection(), pool.target)
            async with _ended(session, driver_session(connection)):
                yield session

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[Pool]:
        self._require_open()
        pool = self._pool
        async with AsyncExitStack() as until:
            await _had(until.enter_async_context(pool.turn()), pool.target)
            yield pool

    def _require_open(self) -> None:
        if self._closed:
            message = "The connection manager is closed."
            raise DatabaseUnavailable(message, fix="Ask before the service stops.")

    async def close(self, seconds: float = _FAREWELL_SECONDS) -> None:
        """Lets running work end for so many seconds, then closes every connection. Safe to repeat."""
        self._closed = True
        retiring = dict(self._retiring)
        await asyncio.gather(*(pool.close(seconds) for pool in (self._pool, *retiring.values())))
        for task in retiring:
            task.cancel()
        await asyncio.gather(*retiring, return_exceptions=True)


def driver_session(connection: AsyncConnection) -> Session:
    """The driver's session below a connection that was handed out."""
    below = connection.sync_connection
    if below is None or not isinstance(below.connection.driver_connection, Session):
        message = "The connection is no manager's."
        raise TypeError(message)
    return below.connection.driver_connection


@asynccontextmanager
async def unhurried(connection: AsyncConnection) -> AsyncIterator[None]:
    """For as long, and within its transaction, the connection's statements may take as long as they take."""
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    with driver_session(connection).unhurried():
        yield


async def _had[T](connecting: Awaitable[T], target: Target) -> T:
    try:
        return await connecting
    except (*DRIVER_ERRORS, SQLAlchemyError, RefusalError) as error:
        raise unavailable(error, "login", target) from error


def unavailable(error: Exception, stage: StageName, target: Target) -> DatabaseUnavailable:
    """What a driver's or SQLAlchemy's error means to whoever asked."""
    found = failure(error, stage, target)
    return DatabaseUnavailable(found.message, fix=found.advice)


@asynccontextmanager
async def _ended(user: AsyncConnection | AsyncSession, below: Session) -> AsyncIterator[None]:
    """Commits what was done, or takes it back; what was cancelled may be in mid-answer, and is not waited for."""
    try:
        yield
        await user.commit()
    except asyncio.CancelledError:
        below.terminate()
        raise
    finally:
        # A server that has ceased to answer would keep us waiting for its word about the rollback.
        patience = asyncio.get_running_loop().call_later(_ROLLBACK_SECONDS, below.terminate)
        try:
            await _close(user)
        finally:
            patience.cancel()


async def _close(user: AsyncConnection | AsyncSession) -> None:
    try:
        await user.close()
    except (SQLAlchemyError, OSError):  # the server is gone, and has taken it back; the pool has noticed
        await user.invalidate()
