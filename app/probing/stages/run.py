"""The stages one after the other, within one deadline."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from app.database.errors import RefusalError
from app.database.target import Target
from app.probing.stages import migrations, privileges
from app.probing.stages.migrations import Schema
from app.probing.stages.record import Record, StoppedError
from app.probing.stages.resolve import Address, LookUp, resolve, system_look_up
from app.probing.stages.session_stages import ProbedSession, enter
from app.reports import probe as wire

type Permit = Callable[[str, str], bool]
"""Whether a host of the target, and one address of it (a path for a unix socket), may be connected to."""


async def probe(
    target: Target,
    *,
    deadline: float = 10.0,
    permit: Permit | None = None,
    schema: Schema | None = None,
    demand: int | None = None,
    told: Callable[[wire.Stage], object] | None = None,
    look_up: LookUp = system_look_up,
) -> wire.Probe:
    """The target's connection, tested stage by stage; returns within `deadline` seconds and a goodbye.

    What cannot be had is a failed stage with a code, the fields at fault and advice. Nothing is left open.

    Args:
        target: the database.
        deadline: seconds for all of it.
        permit: asked of every address before a packet is sent to any; one refusal ends the probe.
        schema: what the tables should be; without it nothing is said of migrations.
        demand: how many connections the pools of all workers may ask for.
        told: called with each stage as it ends; once more with one that was tried again, at another host.
        look_up: how names become addresses.
    """
    record = Record(target=target, ends=asyncio.get_running_loop().time() + deadline, told=told)
    with contextlib.suppress(StoppedError):
        addresses = await _resolve(record, look_up)
        await _require_permitted(record, addresses, permit)
        session = await enter(record, addresses, demand)
        try:
            await _privileges(record, session)
            await _migrations(record, session, schema)
        finally:
            await session.close()
    return record.report()


async def _resolve(record: Record, look_up: LookUp) -> Sequence[Address]:
    seconds = min(record.left, record.target.connect_timeout)
    async with record.stage("resolve", seconds=seconds) as notes:
        addresses = await resolve(record.target, look_up, seconds)
        shown = list(dict.fromkeys(address.shown for address in addresses))
        listed = ", ".join(shown)
        hosts = [host for host, _ in record.target.addresses]
        named, verb = ", ".join(hosts), "is" if len(hosts) == 1 else "are"
        message = f"{named} {verb} {listed}." if listed != named else f"{listed} is an address."
        remarks = record.target.remarks
        aside = record.target.unheeded
        left = [f"What the URL says of {', '.join(aside)} is left to the program."] if aside else []
        said = [message, record.target.described, *remarks, *left]
        notes.say(" ".join(filter(None, said)), well=not remarks, addresses=shown)
    return addresses


async def _require_permitted(record: Record, addresses: Sequence[Address], permit: Permit | None) -> None:
    refused = [one for one in addresses if permit is not None and not permit(one.host, one.shown)]
    if refused:
        async with record.stage("connect", seconds=record.left):
            message = f"This service may not probe {refused[0].host}."
            raise RefusalError(code="target-not-allowed", message=message)


async def _privileges(record: Record, session: ProbedSession) -> None:
    async with record.stage("privileges", seconds=_limit(record)) as notes:
        found = await privileges.privileges(session.connection)
        message, well = privileges.message(found)
        notes.say(message, well=well, **found)


async def _migrations(record: Record, session: ProbedSession, schema: Schema | None) -> None:
    if schema is None:
        record.skip("migrations")
        return
    async with record.stage("migrations", seconds=_limit(record)) as notes:
        try:
            found = await migrations.migrations(session.connection, schema)
        except asyncpg.InsufficientPrivilegeError:
            notes.say(f"This role may not read {schema.table}, where the revision stands.", well=False)
            return
        if schema.revisions is None and found.current is None:
            notes.pass_by(f"There is no {schema.table} here, so nothing is known of the project's migrations.")
            return
        message, well = migrations.message(found, schema)
        told: dict[str, Any] = {"current": found.current, "head": found.head, "pending": found.pending}
        if kept := await migrations.unwritable(session.connection, schema):
            message += (
                f" This role may not write them: GRANT INSERT, UPDATE, DELETE ON {', '.join(kept)} and the others."
            )
            told["unwritable"] = kept
        notes.say(message, well=well and not kept, **told)


def _limit(record: Record) -> float:
    return record.target.statement_timeout or record.left
