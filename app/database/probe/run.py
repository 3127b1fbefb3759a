"""The stages one after the other, within one deadline."""

import asyncio
import contextlib
import socket

import asyncpg

from app.database.probe.connect import connect
from app.database.probe.login import login
from app.database.probe.query import QUESTION, server
from app.database.probe.record import Record, StoppedError
from app.database.probe.resolve import Address, resolve
from app.database.target import Target
from app.reports import probe as wire

_GOODBYE_SECONDS = 0.5


async def probe(target: Target, *, deadline: float = 10.0) -> wire.Probe:
    """The target's connection, tested stage by stage; returns within `deadline` seconds and a goodbye.

    What cannot be had is a failed stage with a code, the fields at fault and advice. Nothing is left open.
    """
    record = Record(target=target)
    ends = asyncio.get_running_loop().time() + deadline
    with contextlib.suppress(StoppedError):
        await _stages(record, ends)
    return record.report()


async def _stages(record: Record, ends: float) -> None:
    target = record.target
    seconds = target.connect_timeout
    addresses = await record.run("resolve", resolve(target), ends=ends, seconds=seconds)
    shown = [address.shown for address in addresses]
    record.say("resolve", f"{target.host} is {', '.join(shown)}.", addresses=shown)
    connecting = connect(addresses, min(seconds, ends - asyncio.get_running_loop().time()))
    opened, address = await record.run("connect", connecting, ends=ends, seconds=seconds)
    with opened:
        record.say("connect", f"{address.shown} takes connections.", address=address.shown, port=address.port)
        session = await _login(record, opened, address, ends)
    try:
        await _query(record, session, ends)
    finally:
        await _close(session)


async def _login(record: Record, opened: socket.socket, address: Address, ends: float) -> asyncpg.Connection:
    entering = login(record.target, opened, address)
    session = await record.run("login", entering, ends=ends, seconds=record.target.connect_timeout)
    record.say("login", f"The server lets {record.target.username or 'this user'} in.")
    return session


async def _query(record: Record, session: asyncpg.Connection, ends: float) -> None:
    limit = record.target.statement_timeout or float("inf")
    row = await record.run("query", session.fetchrow(QUESTION), ends=ends, seconds=limit)
    record.server = server(row)
    if row["standby"]:
        record.say("query", "The server answers; it is a standby, and only reads.", status="warning")
    else:
        record.say("query", f"PostgreSQL {record.server.version} answers.")


async def _close(session: asyncpg.Connection) -> None:
    """Says goodbye, or hangs up."""
    try:
        await session.close(timeout=_GOODBYE_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        session.terminate()
