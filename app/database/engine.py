"""The connection manager: one pool to one target, for as long as the service runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Any, cast
from weakref import WeakSet

import asyncpg
from sqlalchemy import URL, AsyncAdaptedQueuePool
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine

from app.database.probe.classify import RefusalError, failure
from app.database.target import Target
from app.errors import DatabaseUnavailable
from app.reports import probe as wire
from app.schema.database import PoolSettings

_FAREWELL_SECONDS = 5.0
_GOODBYE_SECONDS = 2.0


class ConnectionManager:
    """Hands out connections and sessions of one pool. It connects when it is first asked, not before.

    Args:
        target: the database.
        pool: how many connections are kept, and for how long.
        pgbouncer: a PgBouncer in transaction mode stands in between: nothing may be prepared on the server,
            and it takes no `statement_timeout` at the start of a session.
    """

    def __init__(self, target: Target, *, pool: PoolSettings | None = None, pgbouncer: bool = False) -> None:
        pool = pool or PoolSettings()
        self.target = target
        self._opened = replace(target, statement_timeout=None) if pgbouncer else target
        self._extra: dict[str, Any] = {"statement_cache_size": 0} if pgbouncer else {}
        self._engine = create_async_engine(
            URL.create("postgresql+asyncpg", target.username, host=target.host, database=target.name),
            async_creator=self._open,
            pool_size=pool.size,
            max_overflow=pool.max_overflow,
            pool_timeout=pool.timeout,
            pool_recycle=pool.recycle or -1,
            pool_pre_ping=pool.pre_ping,
            pool_use_lifo=True,
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._connections: WeakSet[asyncpg.Connection] = WeakSet()
        self._users = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    async def _open(self, *_: object, **__: object) -> asyncpg.Connection:
        # Certificates are read for each new connection: a renewed one is taken up without a restart.
        connection = await asyncpg.connect(**self._opened.arguments(), **self._extra)
        self._connections.add(connection)
        return connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back on an error.

        Raises:
            DatabaseUnavailable: no connection could be had.
        """
        with self._used():
            connection = await self._had(self._engine.connect().start())
            try:
                async with connection.begin():
                    yield connection
            finally:
                await connection.close()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: committed at the end, rolled back on an error.

        Raises:
            DatabaseUnavailable: no connection could be had.
        """
        with self._used():
            async with self._sessions() as session, session.begin():
                await self._had(session.connection())
                yield session

    @contextmanager
    def _used(self) -> Iterator[None]:
        if self._closed:
            message = "The connection manager is closed."
            raise DatabaseUnavailable(message, fix="Ask before the service stops.")
        self._users += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._idle.set()

    async def _had[T](self, connecting: Awaitable[T]) -> T:
        try:
            return await connecting
        except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            exhausted = isinstance(error, PoolExhausted)
            reason = RefusalError(code="too-many-connections") if exhausted else error
            found = failure(reason, "login", self.target)
            raise DatabaseUnavailable(found.message, fix=found.advice) from reason

    @property
    def pool(self) -> wire.Pool:
        """The pool at this moment."""
        pool = cast("AsyncAdaptedQueuePool", self._engine.pool)
        return wire.Pool(
            size=pool.size(),
            in_use=pool.checkedout(),
            idle=pool.checkedin(),
            overflow=max(0, pool.overflow()),
        )

    async def close(self, seconds: float = _FAREWELL_SECONDS) -> None:
        """Lets running work end for so many seconds, then closes every connection. Safe to repeat."""
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._engine.dispose()
        for connection in list(self._connections):
            if not connection.is_closed():
                connection.terminate()
