"""What a replica reads of the releases, on whichever server answers, and what instances' digests are made with."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.spelling import storable
from app.releases.store.models import ApprovalRecord, BodyRecord, DigestKeyRecord, HeadRecord, ReleaseRecord

_KEY_BYTES = 32


async def head_ids(session: AsyncSession, projects: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """The id of the head of each environment of these projects, by both names."""
    named = _stored(projects)
    columns = (HeadRecord.project, HeadRecord.environment, HeadRecord.release_id)
    found = await session.execute(select(*columns).where(HeadRecord.project.in_(named)))
    return {(named[row.project], row.environment): row.release_id for row in found}


async def released_body(session: AsyncSession, project: str, environment: str, digest: str) -> bytes | None:
    """The bytes with a digest that are or were in force in an environment; None where none were.

    What waits for approval, or never got it, is none of the instances'.
    """
    kept = ReleaseRecord
    place = (kept.project == storable(project), kept.environment == storable(environment), kept.digest == digest)
    approvals = select(func.count()).where(ApprovalRecord.release_id == kept.id).correlate(kept).scalar_subquery()
    asked = select(BodyRecord.body).join(kept, kept.digest == BodyRecord.digest).where(*place)
    return await session.scalar(asked.where(kept.approvals <= approvals).limit(1))


async def digest_key(session: AsyncSession, project: str) -> bytes | None:
    """What the digests of a project's instances are made with; None where it has no key yet."""
    return await session.scalar(select(DigestKeyRecord.key).where(DigestKeyRecord.project == storable(project)))


async def digest_keys(session: AsyncSession, projects: Sequence[str]) -> Mapping[str, bytes]:
    """The same of several, by their names; who has none yet is not among them."""
    named = _stored(projects)
    found = await session.scalars(select(DigestKeyRecord).where(DigestKeyRecord.project.in_(named)))
    return {named[kept.project]: kept.key for kept in found}


async def make_digest_keys(session: AsyncSession, projects: Sequence[str]) -> Mapping[str, bytes]:
    """The same; each that has none is given one. Asks for a primary.

    Several processes may do so at once: one key is kept.
    """
    found = await digest_keys(session, projects)
    lacking = [name for name in projects if name not in found]
    if not lacking:
        return found
    made = [{"project": storable(name), "key": secrets.token_bytes(_KEY_BYTES)} for name in lacking]
    await session.execute(insert_or(DigestKeyRecord).values(made).on_conflict_do_nothing())
    return {**found, **await digest_keys(session, lacking)}


def _stored(projects: Sequence[str]) -> dict[str, str]:
    """Each name by how the tables have it."""
    return {storable(name): name for name in projects}
