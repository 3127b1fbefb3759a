"""Writes releases: each is one transaction, which also moves the head of its environment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncSession

from app.history.store.spelling import storable
from app.releases.body import ReleaseBody
from app.releases.errors import ApprovalRefused, ReleaseConflict
from app.releases.store import queries
from app.releases.store.models import ApprovalRecord, BodyRecord, HeadRecord, ReleaseRecord
from app.releases.store.numbering import epoch_alone, next_number
from app.reports.releases import Release

CHANNEL = "assay_release"
"""Where the server tells who LISTENs that a head has moved; the payload is the id of the release."""


class ReleaseDraft(Struct, frozen=True, kw_only=True):
    """What is to be released.

    Attributes:
        fingerprint: of the environment's values.
        counts: of its findings, by severity.
        forced: why, where it has errors.
        author: who releases.
        base: the id of the head that it was compared with; None where there was none.
        approvals: how many it needs.
        rolled_back_to: the release whose body is taken up again; None for a new one.
        at: the moment, with its zone.
    """

    project: str
    environment: str
    body: ReleaseBody
    fingerprint: str
    counts: dict[str, int]
    forced: str | None = None
    author: str
    message: str
    commit: str | None
    base: int | None
    approvals: int = 0
    rolled_back_to: int | None = None
    at: datetime


async def publish(session: AsyncSession, draft: ReleaseDraft) -> Release:
    """Writes a release; the head moves with it, unless it needs approval.

    Args:
        session: of the primary, in a transaction of its own: who else releases waits for its end.
        draft: what to write.

    Raises:
        ReleaseConflict: another release became the head since the draft was compared with it.
    """
    number = await next_number(session)
    head = await queries.head_id(session, draft.project, draft.environment)
    if head != draft.base:
        raise _overtaken(draft.environment, head)
    content = {"digest": draft.body.digest, "body": draft.body.content}
    await session.execute(insert_or(BodyRecord).values(content).on_conflict_do_nothing())
    await session.execute(insert(ReleaseRecord).values(id=number.id, epoch=number.epoch, **_columns(draft)))
    if not draft.approvals:
        await _move(session, number.id, draft.project, draft.environment, draft.at)
    return await queries.release(session, draft.project, number.id)


async def approve(session: AsyncSession, project: str, number: int, name: str, at: datetime) -> Release:
    """Notes an approval; with the last that is needed, the release becomes the head.

    Raises:
        UnknownRelease: there is none of that id.
        ReleaseConflict: it does not wait: it is or was the head, or a newer one is; or the head that it was compared
            with is in force no more.
        ApprovalRefused: its author asks, or somebody who has approved it already.
    """
    found = await _waiting(session, project, number)
    if found.author == name:
        message = f"{name} released it, and somebody else has to approve it."
        raise ApprovalRefused(message, fix="Ask another operator, with a token of their own.")
    if storable(name) in found.approved_by:
        raise ApprovalRefused(f"{name} has approved it already.", fix="Ask another operator.")
    await session.execute(insert(ApprovalRecord).values(release_id=number, name=storable(name), approved_at=at))
    if len(found.approved_by) + 1 >= found.approvals:
        await _move(session, number, found.project, found.environment, at)
    return await queries.release(session, project, number)


async def _waiting(session: AsyncSession, project: str, number: int) -> Release:
    """A release that waits for approval; nothing moves its environment's head before the transaction ends.

    Raises:
        UnknownRelease: there is none of that id.
        ReleaseConflict: it does not wait.
    """
    epoch = await epoch_alone(session)
    found = await queries.release(session, project, number)
    if found.state != "waiting":
        why = "it is the head" if found.state == "head" else "a newer one was released"
        fix = f"`assay release list {found.environment}` tells what is in force."
        raise ReleaseConflict(f"Release {number} does not wait for approval: {why}.", fix=fix)
    if await queries.base_id(session, number) != await queries.head_id(session, project, found.environment):
        message = f"Another release of {found.environment} came into force after release {number} was made."
        raise ReleaseConflict(message, fix=f"Look at what it changed, and release {found.environment} again.")
    if found.epoch != epoch:
        # The lost primary may have had a newer head, and ids only rise.
        message = f"Release {number} was made before another server took over."
        raise ReleaseConflict(message, fix=f"Release {found.environment} again.")
    return found


def _columns(draft: ReleaseDraft) -> dict[str, Any]:
    return {
        "project": storable(draft.project),
        "environment": storable(draft.environment),
        "digest": draft.body.digest,
        "fingerprint": draft.fingerprint,
        "verdict": draft.counts,
        "forced": draft.forced and storable(draft.forced),
        "author": storable(draft.author),
        "message": storable(draft.message),
        "commit": draft.commit,
        "base": draft.base,
        "rolled_back_from": draft.base if draft.rolled_back_to else None,
        "rolled_back_to": draft.rolled_back_to,
        "supplied": _storable_all(draft.body.supplied),
        "approvals": draft.approvals,
        "created_at": draft.at,
    }


def _storable_all(keys: Sequence[str]) -> list[str]:
    return [storable(key) for key in keys]


async def _move(session: AsyncSession, number: int, project: str, environment: str, at: datetime) -> None:
    """Makes a release the head, and tells who listens when the transaction commits."""
    place = {"project": storable(project), "environment": storable(environment)}
    moved = {"release_id": number, "moved_at": at}
    written = insert_or(HeadRecord).values(**place, **moved)
    await session.execute(written.on_conflict_do_update(index_elements=list(place), set_=moved))
    await session.execute(select(func.pg_notify(CHANNEL, str(number))))


def _overtaken(environment: str, head: int | None) -> ReleaseConflict:
    message = f"Release {head} of {environment} was made meanwhile."
    return ReleaseConflict(message, fix="Look at what it changed, and release again.", head=head)
