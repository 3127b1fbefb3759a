"""A pool of sessions with one target: made, used, and put away when nobody uses it any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, cast
from weakref import WeakSet

from sqlalchemy import URL, AsyncAdaptedQueuePool, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.core.outcomes import PoolUse
from app.database.errors import RefusalError
from app.database.session import DRIVER_ERRORS, Session, open_session
from app.database.target import Target
from app.settings.database import PoolSettings

_GOODBYE_SECONDS = 2.0
_PING_SECONDS = 2.0
# The server ends a statement at its limit and says so; this much later its silence is an answer too.
_GRACE_SECONDS = 5.0
_PINGED = "assay.pinged"


class Pool:
    """A pool of sessions with one target. It connects when it is first asked, not before.

    Args:
        target: the database.
        settings: how many sessions are kept, and for how long.
        pgbouncer: a PgBouncer in transaction mode stands in between: nothing may be prepared on the server,
            and it takes no `statement_timeout` at the start of a session, so the limit is kept on this side.
    """

    def __init__(self, target: Target, settings: PoolSettings, *, pgbouncer: bool) -> None:
        self.target = target
        self._opened = replace(target, statement_timeout=None) if pgbouncer else target
        self._options = _options(target, pgbouncer=pgbouncer)
        self.engine = create_async_engine(
            URL.create("postgresql+asyncpg", target.username, host=target.host, database=target.name),
            async_creator=self._open,
            pool_size=settings.size,
            max_overflow=settings.max_overflow,
            pool_timeout=settings.timeout,
            pool_recycle=settings.recycle or -1,
            pool_use_lifo=True,
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        if settings.pre_ping:
            event.listen(self.engine.sync_engine, "checkout", _ping)
        self._open_ones: WeakSet[Session] = WeakSet()
        self._turns = asyncio.Semaphore(settings.size + settings.max_overflow)
        self._patience = settings.timeout
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()

    async def _open(self, *_: object, **__: object) -> Session:
        # Certificates are read for each new session: a renewed one is taken up without a restart.
        session = await open_session(self._opened, **self._options)
        self._open_ones.add(session)
        return session

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """For as long, there is a session for whoever asks: first come, first served.

        SQLAlchemy's queue is not fair: who gives a session back and asks again at once has it before those who wait.

        Raises:
            RefusalError: none became free in time.
        """
        self._users += 1
        self._unused.clear()
        try:
            await self._turn_in_time()
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def _turn_in_time(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise RefusalError(code="too-many-connections") from None

    @property
    def is_exhausted(self) -> bool:
        """Whether every session that it may have is at work."""
        return self._turns.locked()

    @property
    def counts(self) -> PoolUse:
        """Its sessions at this moment; SQLAlchemy also counts the places of those that have ended."""
        pool = cast("AsyncAdaptedQueuePool", self.engine.pool)
        in_use, alive = pool.checkedout(), sum(not session.is_closed() for session in self._open_ones)
        return PoolUse(
            size=pool.size(),
            in_use=in_use,
            idle=max(0, alive - in_use),
            overflow=max(0, max(alive, in_use) - pool.size()),
        )

    async def close(self, seconds: float) -> None:
        """Lets running work end for so many seconds, then closes every session."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._unused.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self.engine.dispose()
        for session in list(self._open_ones):
            if not session.is_closed():
                session.terminate()


def _options(target: Target, *, pgbouncer: bool) -> dict[str, Any]:
    limit = target.statement_timeout
    if pgbouncer:
        return {"statement_cache_size": 0, "command_timeout": limit}
    return {"command_timeout": None if limit is None else limit + _GRACE_SECONDS}


def _ping(connection: Any, record: Any, _: object) -> None:
    """Tests a session before it is handed out; SQLAlchemy's own test would wait for a frozen server for ever."""
    if _PINGED not in record.info:  # it is new; the record forgets when it has another session
        record.info[_PINGED] = True
        return
    try:
        connection.run_async(_answers)
    except DRIVER_ERRORS as error:
        raise InvalidatePoolError from error


async def _answers(session: Session) -> None:
    try:
        # Without arguments it is one message and one answer, which a PgBouncer hands to one server.
        await session.execute("SELECT 1", timeout=_PING_SECONDS)
    except BaseException:
        session.terminate()
        raise
