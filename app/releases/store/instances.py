"""What instances report, as it is kept: one row each, since when each of its values is as it is included."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import and_, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncScalarResult, AsyncSession

from app.history.store.queries.paging import cursor_of, numbers_of, require_limit
from app.history.store.spelling import storable
from app.releases.drift import UNSEEN, Majority, ReportedInstance
from app.releases.errors import TooManyInstances
from app.releases.store.models import HeadRecord, InstanceRecord, ReleaseRecord

KEPT = timedelta(days=7)
"""An instance that has not reported for so long is forgotten."""

MOST = 10_000
"""So many are kept of an environment; beyond them a new one takes the place of whoever is unseen longest."""

COUNTED = 1_000
"""So many are held against each other: what more than half of so many have, more than half of all have."""

MOST_DIGESTS = 250_000
"""So many are held in memory at once: whoever may report may report thousands of keys for each of many instances."""

_MOST_PROCESSES = 20
"""So many of one name are told apart."""

_AT_ONCE = 50
_IN_PARTS = {"yield_per": _AT_ONCE}
_NOTHING = text("'{}'::jsonb")
_IDENTITY = ("project", "environment", "name")


async def keep_report(session: AsyncSession, project: str, report: ReportedInstance) -> None:
    """Keeps what an instance reports; a key whose digest is the same has it since before.

    Raises:
        TooManyInstances: it is a new one, and as many as are kept of its environment report just now.
    """
    whose = {"project": storable(project), "environment": storable(report.environment)}
    place = {**whose, "name": storable(report.name)}
    known = await session.scalar(select(InstanceRecord).filter_by(**place).with_for_update())
    if known is None:
        await _make_room(session, whose, report)
    digests = {storable(key): digest for key, digest in report.digests.items()}
    is_same_process = known is not None and known.started_at == report.started_at
    told = {
        "host": storable(report.host),
        "started_at": report.started_at,
        "seen_at": report.seen_at,
        "release_id": report.release,
        "digests": digests,
        "since": _changed(known, digests, report.seen_at.isoformat()) if known and is_same_process else {},
        **_sharing(known, report),
    }
    written = insert_or(InstanceRecord).values(**place, **told)
    await session.execute(written.on_conflict_do_update(index_elements=_IDENTITY, set_=told))


def _sharing(known: InstanceRecord | None, report: ReportedInstance) -> dict[str, Any]:
    """Who reports under the name, and when one of them last did so again after another: whoever is gone does not."""
    who, at = _process(report.host, report.started_at), report.seen_at
    lately = _lately(known.processes, at) if known else {}
    is_back = known is not None and who in lately and who != _process(known.host, known.started_at)
    shared_at = at if is_back else known.shared_at if known else None
    kept = sorted((lately | {who: at.isoformat()}).items(), key=lambda one: one[1])[-_MOST_PROCESSES:]
    return {"processes": dict(kept), "shared_at": shared_at}


def _process(host: str, started_at: datetime) -> str:
    return f"{storable(host)} {started_at.astimezone(UTC).isoformat()}"


def _lately(processes: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Those that have not missed three reports."""
    return {who: at for who, at in processes.items() if now - datetime.fromisoformat(at) <= UNSEEN}


def _processes(one: InstanceRecord) -> int:
    """How many report under a name: more than one where they take turns, which a process and its successor do not."""
    is_shared = one.shared_at is not None and one.seen_at - one.shared_at <= UNSEEN
    return len(_lately(one.processes, one.seen_at)) if is_shared else 1


async def _make_room(session: AsyncSession, whose: Mapping[str, str], report: ReportedInstance) -> None:
    """Forgets who is not kept any more, and where an environment is full, whoever is unseen longest."""
    await session.execute(delete(InstanceRecord).where(InstanceRecord.seen_at < report.seen_at - KEPT))
    count = await session.scalar(select(func.count()).select_from(InstanceRecord).filter_by(**whose)) or 0
    if count < MOST:
        return
    unseen = select(InstanceRecord.id).filter_by(**whose).where(InstanceRecord.seen_at < report.seen_at - UNSEEN)
    # Rows that another report holds are left to it: two that wait for each other would never end.
    spare = unseen.order_by(InstanceRecord.seen_at).limit(count - MOST + 1).with_for_update(skip_locked=True)
    found = (await session.scalars(spare)).all()
    if not found:
        message = f"{MOST} instances of {report.environment} report already, and no more are kept."
        raise TooManyInstances(message, fix="Give each a name that it keeps: ASSAY_INSTANCE.")
    await session.execute(delete(InstanceRecord).where(InstanceRecord.id.in_(found)))


def _changed(known: InstanceRecord, digests: Mapping[str, str], now: str) -> dict[str, str]:
    """Since when each key has its digest that has it not since its process started."""
    if not known.digests:  # it had no key to make any with
        return {}
    since = {key: known.since.get(key) if known.digests.get(key) == digest else now for key, digest in digests.items()}
    return {key: at for key, at in since.items() if at}


async def reported(
    session: AsyncSession, project: str, environment: str | None = None, *, limit: int, before: str | None = None
) -> tuple[Sequence[ReportedInstance], str | None]:
    """A page of the instances of an environment, or of all, and where the next one begins; None after the last.

    Who reported for the first time last comes first. A page of instances with very many keys is shorter.

    Raises:
        ArgumentError: the limit or the cursor cannot be used.
    """
    require_limit(limit)
    place = numbers_of(before, 1)
    asked = select(InstanceRecord).where(InstanceRecord.project == storable(project))
    if environment is not None:
        asked = asked.where(InstanceRecord.environment == storable(environment))
    if place:
        asked = asked.where(InstanceRecord.id < place[0])
    asked = asked.order_by(InstanceRecord.id.desc()).limit(limit + 1)
    found, following, held = list[InstanceRecord](), None, 0
    async with _let_go(await session.stream_scalars(asked, execution_options=_IN_PARTS)) as records:
        async for one in records:
            if len(found) == limit or held >= MOST_DIGESTS:
                following = cursor_of(found[-1].id)
                break
            found.append(one)
            held += len(one.digests) + len(one.since)
    page = [
        ReportedInstance(
            name=one.name, host=one.host, environment=one.environment, started_at=one.started_at, seen_at=one.seen_at,
            release=one.release_id, digests=one.digests, since=one.since, processes=_processes(one),
        )
        for one in found
    ]  # fmt: skip
    return page, following


@asynccontextmanager
async def _let_go[T](found: AsyncScalarResult[T]) -> AsyncIterator[AsyncScalarResult[T]]:
    """The rows of a question that comes in parts; the rest is not asked for where they are left."""
    try:
        yield found
    finally:
        await found.close()


async def majority(session: AsyncSession, project: str, environment: str, now: datetime) -> Majority:
    """What most instances of an environment have that report; of very many, those that reported last are counted."""
    asked = (
        select(InstanceRecord.digests)
        .filter_by(project=storable(project), environment=storable(environment))
        .where(InstanceRecord.seen_at >= now - UNSEEN)
        .order_by(InstanceRecord.seen_at.desc())
        .limit(COUNTED)
    )
    counted, held = Majority(), 0
    async with _let_go(await session.stream_scalars(asked, execution_options=_IN_PARTS)) as records:
        async for digests in records:
            counted.count(digests)
            held += len(digests)
            if held >= MOST_DIGESTS:
                break
    return counted


class ReleaseInUse(Struct, frozen=True, kw_only=True):
    """How many instances of an environment run with a release.

    Attributes:
        project: whose environment it is.
        release: its id; None where they have none.
        made_at: when it was made; None where that is not known.
        head: the id of the environment's head; None where nothing was released.
        is_unseen: whether they have missed three reports.
        is_unjudged: whether they have told nothing of their values.
    """

    project: str
    environment: str
    release: int | None
    made_at: datetime | None
    head: int | None
    is_unseen: bool
    is_unjudged: bool
    count: int


async def in_use(session: AsyncSession, projects: Sequence[str], now: datetime) -> Sequence[ReleaseInUse]:
    """The releases with which the instances of these projects run."""
    one, named = InstanceRecord, {storable(name): name for name in projects}
    unseen, head = (one.seen_at < now - UNSEEN).label("unseen"), HeadRecord.release_id.label("head")
    unjudged = (one.digests == _NOTHING).label("unjudged")
    columns = (one.project, one.environment, one.release_id, ReleaseRecord.created_at, head, unseen, unjudged)
    own_release = and_(
        ReleaseRecord.id == one.release_id,
        ReleaseRecord.project == one.project,
        ReleaseRecord.environment == one.environment,
    )
    own_head = and_(HeadRecord.project == one.project, HeadRecord.environment == one.environment)
    asked = select(*columns, func.count().label("size")).outerjoin(ReleaseRecord, own_release)
    asked = asked.outerjoin(HeadRecord, own_head).where(one.project.in_(named)).group_by(*columns)
    return [
        ReleaseInUse(project=named[row.project], environment=row.environment, release=row.release_id,
                     made_at=row.created_at, head=row.head, is_unseen=row.unseen, is_unjudged=row.unjudged,
                     count=row.size)
        for row in await session.execute(asked)
    ]  # fmt: skip
