"""What was released, as people and replicas ask for it."""

from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import UnknownRelease
from app.history.store.queries.paging import cursor_of, numbers_of, require_limit
from app.history.store.spelling import storable
from app.releases.store.models import ApprovalRecord, BodyRecord, HeadRecord, ReleaseRecord
from app.reports import wire
from app.reports.releases import Release, Releases, ReleaseState

_APPROVED = (
    select(func.array_agg(aggregate_order_by(ApprovalRecord.name, ApprovalRecord.approved_at)))
    .where(ApprovalRecord.release_id == ReleaseRecord.id)
    .correlate(ReleaseRecord)
    .scalar_subquery()
    .label("approved")
)

_OWN_HEAD = and_(HeadRecord.project == ReleaseRecord.project, HeadRecord.environment == ReleaseRecord.environment)


def _releases() -> Select[*tuple[Any, ...]]:
    """Every release, with the head of its environment and those who approved it."""
    columns = select(ReleaseRecord, HeadRecord.release_id.label("head"), _APPROVED)
    return columns.outerjoin(HeadRecord, _OWN_HEAD)


async def release(session: AsyncSession, project: str, number: int) -> Release:
    """One release of a project.

    Raises:
        UnknownRelease: it has none of that id.
    """
    asked = _releases().where(ReleaseRecord.project == storable(project), ReleaseRecord.id == number)
    row = (await session.execute(asked)).one_or_none()
    if row is None:
        message = f"There is no release {number} of the project {project}."
        raise UnknownRelease(message, fix="`assay release list` lists those that there are.")
    return _release(row)


async def releases(
    session: AsyncSession, project: str, *, environment: str | None = None, limit: int, before: str | None = None
) -> Releases:
    """A page of a project's releases, newest first, of one environment or of all.

    Raises:
        ArgumentError: the limit or the cursor cannot be used.
    """
    require_limit(limit)
    place = numbers_of(before, 1)
    asked = _releases().where(ReleaseRecord.project == storable(project))
    if environment is not None:
        asked = asked.where(ReleaseRecord.environment == storable(environment))
    if place:
        asked = asked.where(ReleaseRecord.id < place[0])
    found = (await session.execute(asked.order_by(ReleaseRecord.id.desc()).limit(limit + 1))).all()
    listed = [_release(row) for row in found[:limit]]
    return Releases(releases=listed, next=cursor_of(listed[-1].id) if len(found) > limit else None)


async def heads(session: AsyncSession) -> list[Release]:
    """The heads of all environments of all projects, in the order of their ids."""
    asked = _releases().where(HeadRecord.release_id == ReleaseRecord.id).order_by(ReleaseRecord.id)
    return [_release(row) for row in await session.execute(asked)]


async def head(session: AsyncSession, project: str, environment: str) -> Release | None:
    """The head of an environment; None where nothing was released yet."""
    number = await head_id(session, project, environment)
    return None if number is None else await release(session, project, number)


async def head_id(session: AsyncSession, project: str, environment: str) -> int | None:
    """The id of an environment's head; None where nothing was released yet."""
    place = (HeadRecord.project == storable(project), HeadRecord.environment == storable(environment))
    return await session.scalar(select(HeadRecord.release_id).where(*place))


async def base_id(session: AsyncSession, number: int) -> int | None:
    """The id of the head that a release was compared with; None where nothing was released yet."""
    return await session.scalar(select(ReleaseRecord.base).where(ReleaseRecord.id == number))


async def body(session: AsyncSession, digest: str) -> bytes | None:
    """The bytes with a digest; None where no release has them."""
    return await session.scalar(select(BodyRecord.body).where(BodyRecord.digest == digest))


def _release(row: Row[*tuple[Any, ...]]) -> Release:
    kept: ReleaseRecord = row.ReleaseRecord
    return Release(
        id=kept.id,
        epoch=kept.epoch,
        project=kept.project,
        environment=kept.environment,
        digest=kept.digest,
        fingerprint=kept.fingerprint,
        author=kept.author,
        message=kept.message,
        commit=kept.commit,
        created_at=kept.created_at,
        state=_state(kept.id, row.head),
        rolled_back_from=kept.rolled_back_from,
        rolled_back_to=kept.rolled_back_to,
        approvals=kept.approvals,
        approved_by=row.approved or [],
        supplied=kept.supplied,
        counts=wire.FindingCounts(**kept.verdict),
        forced=kept.forced,
    )


def _state(number: int, head: int | None) -> ReleaseState:
    """What a release is to its environment; a head moves in the transaction of its release, unless that has to wait."""
    if number == head:
        return "head"
    return "waiting" if head is None or number > head else "past"
