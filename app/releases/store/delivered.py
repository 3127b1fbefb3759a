"""What a replica reads of the releases, on whichever server answers, and what instances' digests are made with."""

import secrets
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.spelling import storable
from app.releases.store.models import ApprovalRecord, BodyRecord, DigestKeyRecord, HeadRecord, ReleaseRecord

_KEY_BYTES = 32


async def head_ids(session: AsyncSession, project: str) -> Mapping[str, int]:
    """The id of each environment's head, by its name."""
    asked = select(HeadRecord.environment, HeadRecord.release_id).where(HeadRecord.project == storable(project))
    return {row.environment: row.release_id for row in await session.execute(asked)}


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


async def make_digest_key(session: AsyncSession, project: str) -> bytes:
    """The same; a project that has none is given one. Asks for a primary.

    Several processes may do so at once: one key is kept.
    """
    if (found := await digest_key(session, project)) is not None:
        return found
    made = {"project": storable(project), "key": secrets.token_bytes(_KEY_BYTES)}
    await session.execute(insert_or(DigestKeyRecord).values(made).on_conflict_do_nothing())
    return (await session.scalars(select(DigestKeyRecord.key).where(DigestKeyRecord.project == made["project"]))).one()
