"""Stages 2 to 5: the first of the target's addresses where a session of the wanted kind begins."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from app.database import server_query
from app.database.errors import RefusalError, failure
from app.database.server_errors import is_refusal_of_host
from app.database.target import Target
from app.probing.stages.connect import Passed, connect, open_socket
from app.probing.stages.handshake import Way, handshake
from app.probing.stages.login import login, proof
from app.probing.stages.pg_hba_check import knock
from app.probing.stages.record import Record, StoppedError
from app.probing.stages.resolve import Address
from app.probing.stages.transport import Link

_GOODBYE_SECONDS = 0.1
_SHARE_OF_SECOND_QUESTION = 0.75
_UNBOUND = (
    "channel_binding=require is not honoured: asyncpg binds no channel, psql and psycopg do. With"
    " tls.mode = verify-full the certificate proves who answers."
)
_FINAL = frozenset({"connect-timeout", "not-postgresql", "ca-file-missing", "key-file-readable", "key-mismatch"})
_LOST = (ConnectionError, asyncpg.ConnectionDoesNotExistError)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedSession:
    """A session on the server that answered."""

    link: Link
    connection: asyncpg.Connection

    async def close(self) -> None:
        """Says goodbye, or hangs up; within a moment."""
        try:
            await self.connection.close(timeout=_GOODBYE_SECONDS)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.connection.terminate()
        await self.link.close(_GOODBYE_SECONDS)


async def enter(record: Record, addresses: Sequence[Address], demand: int | None) -> ProbedSession:
    """A session on the first server that suits; `demand` is how many connections our pools may ask for.

    Raises:
        StoppedError: there is none.
    """
    wanted = record.target.target_session_attrs
    if wanted != "prefer-standby":
        return await _first(record, addresses, wanted, demand)
    try:
        return await _first(record, addresses, "standby", demand)
    except StoppedError as stopped:
        if not stopped.elsewhere:
            raise
    return await _first(record, addresses, "any", demand)


async def _first(record: Record, addresses: Sequence[Address], kind: str, demand: int | None) -> ProbedSession:
    passed: list[dict[str, object]] = []
    while True:
        link, behind = await _connect(record, addresses, passed)
        share = min(record.target.connect_timeout, record.left / (1 + len(behind)))
        try:
            return await _visit(record, link, share, kind, demand)
        except StoppedError as stopped:
            if not behind or not stopped.elsewhere or record.left <= 0:
                raise
            passed.append(_passed(link.address, stopped.failure.code))
            addresses = behind


async def _connect(
    record: Record, addresses: Sequence[Address], passed: list[dict[str, object]]
) -> tuple[Link, Sequence[Address]]:
    """A connection, and the addresses behind its own."""
    seconds = min(record.left, record.target.connect_timeout * len(addresses))
    silent: list[Passed] = []
    async with record.stage("connect", seconds=seconds) as notes:
        try:
            opened, rest = await connect(addresses, seconds, silent)
        finally:
            passed += [_passed(one.address, failure(one.error, "connect", record.target).code) for one in silent]
            if passed:
                notes.detail["passed_over"] = list(passed)
        link = Link(rest[0], opened)
        notes.say(f"{rest[0].shown} takes connections.", address=rest[0].shown, port=rest[0].port)
    return link, rest[1:]


def _passed(address: Address, code: str) -> dict[str, object]:
    return {"address": address.shown, "port": address.port, "code": code}


async def _visit(record: Record, link: Link, seconds: float, kind: str, demand: int | None) -> ProbedSession:
    """A session on this server, with TLS or without as the mode has it; the other way too where it allows both."""
    mode = record.target.tls.mode
    way: Way = "plain" if link.address.is_local or mode in {"disable", "allow"} else "tls"
    try:
        return await _attempt(record, link, way, seconds, kind, demand)
    except StoppedError as stopped:
        if link.address.is_local or mode not in {"allow", "prefer"} or not _is_worth_another(stopped, link, way):
            raise
    async with record.stage("connect", seconds=seconds) as notes:
        again = Link(link.address, await open_socket(link.address))
        notes.say(f"{link.address.shown} takes connections.", address=link.address.shown, port=link.address.port)
    return await _attempt(record, again, "tls" if way == "plain" else "plain", seconds, kind, demand)


def _is_worth_another(stopped: StoppedError, link: Link, way: Way) -> bool:
    """Whether it may end better the other way: after a failed handshake, or where hosts are let in by it."""
    if stopped.failure.stage == "tls":
        return stopped.failure.code not in _FINAL
    cause = stopped.__cause__
    other = way == "plain" or link.tls is not None
    return stopped.failure.stage == "login" and other and cause is not None and is_refusal_of_host(cause)


async def _attempt(
    record: Record, link: Link, way: Way, seconds: float, kind: str, demand: int | None
) -> ProbedSession:
    try:
        await handshake(record, link, way, seconds)
        connection = await _login(record, link, seconds)
        session = ProbedSession(link=link, connection=connection)
        await _query(record, session, kind, demand)
    except BaseException:
        await link.close(_GOODBYE_SECONDS)
        raise
    return session


async def _login(record: Record, link: Link, seconds: float) -> asyncpg.Connection:
    until = min(record.ends, asyncio.get_running_loop().time() + seconds)
    async with record.stage("login", seconds=seconds) as notes:
        if link.transport is None:
            await link.begin(None)
        try:
            connection = await login(record.target, link)
        except (OSError, asyncpg.PostgresError) as error:
            meant = await _sharpened(error, record.target, link, until)
            if meant is error:
                raise
            raise meant from error
        method = proof(link)
        how = f"by {method}" if method != "none" else "and asks for no password"
        whose = "" if record.target.username else " (this process's own user, since none is named)"
        notes.say(f"The server lets {record.target.role}{whose} in, {how}.", method=method)
        if record.target.channel_binding == "require":
            notes.say(f"{notes.message} {_UNBOUND}", well=False)
    return connection


async def _sharpened(error: Exception, target: Target, link: Link, until: float) -> Exception:
    """The error, or what it really means, where only another question to the server can tell."""
    loop = asyncio.get_running_loop()
    soon = loop.time() + (until - loop.time()) * _SHARE_OF_SECOND_QUESTION
    plain = link.tls is None and not link.address.is_local and target.tls.mode == "disable"
    if plain and is_refusal_of_host(error) and (await knock(target, link.address, soon)).passed:
        return RefusalError(code="tls-required")
    # In TLS 1.3 a certificate is rejected after the handshake, and the news may be lost with the connection.
    silent = link.tls is not None and target.tls.cert_file is not None and not link.entry.heard
    if silent and isinstance(link.error or error, _LOST) and (await knock(target, link.address, soon)).heard:
        return RefusalError(code="client-certificate-rejected")
    return error


async def _query(record: Record, session: ProbedSession, kind: str, demand: int | None) -> None:
    limit = record.target.statement_timeout or record.left
    async with record.stage("query", seconds=limit) as notes:
        row = await session.connection.fetchrow(server_query.QUESTION)
        server_query.require_suitable(row, kind, record.target)
        milliseconds = await server_query.round_trip(session.connection)
        message, well = server_query.message(row, milliseconds, demand)
        notes.say(message, well=well, **server_query.detail(row, milliseconds, demand))
    record.server = server_query.server(row)
