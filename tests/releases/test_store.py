"""What is released stays as it is, ids rise, and of two who release at once one wins."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from drafts import NOON, PROJECT
from releases_kit import approved, body, head, release_draft, released
from sqlalchemy import text

from app.core.errors import UnknownRelease
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.releases.errors import ApprovalRefused, ReleaseConflict
from app.releases.store import queries
from app.releases.store.publishing import CHANNEL, publish


async def listed(manager: ConnectionManager, **asked: Any) -> list[int]:
    async with manager.session() as session:
        found = await queries.releases(session, PROJECT, **({"limit": 10} | asked))
    return [one.id for one in found.releases]


async def test_a_release_is_the_head_and_its_bytes_are_kept(manager: ConnectionManager) -> None:
    made = await released(manager, body=body(port=1), message="first")
    assert (made.id, made.epoch, made.state, made.message) == (1, 1, "head", "first")
    async with manager.session() as session:
        assert await queries.body(session, made.digest) == body(port=1).content
        assert await queries.heads(session) == [made]


async def test_the_head_before_is_past(manager: ConnectionManager) -> None:
    first = await released(manager)
    second = await released(manager, first.id, body=body(port=2))
    assert second.id > first.id
    async with manager.session() as session:
        assert (await queries.release(session, PROJECT, first.id)).state == "past"


async def test_a_body_that_was_released_before_is_kept_once(manager: ConnectionManager) -> None:
    first = await released(manager)
    await released(manager, first.id)
    async with manager.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM release_body")) == 1


async def test_whoever_listens_is_told_once_it_is_committed(manager: ConnectionManager, migrated: Target) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listening = await asyncpg.connect(**migrated.arguments())
    await listening.add_listener(CHANNEL, lambda *told: heard.put_nowait(told[-1]))
    async with manager.session() as session:
        made = await publish(session, release_draft())
        assert heard.empty()
    assert await heard.get() == str(made.id)
    await listening.close()


async def test_of_two_who_release_at_once_one_wins(manager: ConnectionManager) -> None:
    first = await released(manager)
    found = await asyncio.gather(
        *(released(manager, first.id, author=name, body=body(port=name)) for name in ("ada", "bob", "eve")),
        return_exceptions=True,
    )
    made = [one for one in found if not isinstance(one, BaseException)]
    lost = [one for one in found if isinstance(one, ReleaseConflict)]
    assert (len(made), len(lost)) == (1, 2)
    assert {one.head for one in lost} == {made[0].id}
    assert await listed(manager) == [made[0].id, first.id]


async def test_what_is_lost_leaves_nothing_behind(manager: ConnectionManager) -> None:
    first = await released(manager)
    with pytest.raises(ReleaseConflict, match="meanwhile"):
        await released(manager, None, body=body(port=9))
    async with manager.session() as session:
        assert await queries.body(session, body(port=9).digest) is None
    assert (await released(manager, first.id)).id == first.id + 1


async def test_environments_and_projects_have_heads_of_their_own(manager: ConnectionManager) -> None:
    one = await released(manager)
    other = await released(manager, environment="staging")
    foreign = await released(manager, project="billing")
    assert one.id < other.id < foreign.id
    assert await head(manager) == one
    assert await listed(manager) == [other.id, one.id]
    assert await listed(manager, environment="staging") == [other.id]


async def test_pages_go_on_where_the_last_one_ended(manager: ConnectionManager) -> None:
    ids = [(await released(manager, base)).id for base in (None, 1, 2)]
    async with manager.session() as session:
        page = await queries.releases(session, PROJECT, limit=2)
        rest = await queries.releases(session, PROJECT, limit=2, before=page.next)
    assert [one.id for one in (*page.releases, *rest.releases)] == ids[::-1]
    assert rest.next is None


async def test_a_release_of_another_project_is_unknown(manager: ConnectionManager) -> None:
    foreign = await released(manager, project="billing")
    async with manager.session() as session:
        with pytest.raises(UnknownRelease, match="no release 1 of the project orders"):
            await queries.release(session, PROJECT, foreign.id)


async def test_what_needs_approval_waits_for_somebody_else(manager: ConnectionManager) -> None:
    first = await released(manager)
    waiting = await released(manager, first.id, approvals=1)
    assert (waiting.state, await head(manager)) == ("waiting", first)
    with pytest.raises(ApprovalRefused, match="ada released it"):
        await approved(manager, waiting.id, "ada")
    assert (await head(manager)) == first
    found = await approved(manager, waiting.id, "bob")
    assert (found.state, found.approved_by) == ("head", ["bob"])
    with pytest.raises(ReleaseConflict, match="it is the head"):
        await approved(manager, waiting.id, "eve")


async def test_two_approvals_are_of_two_people(manager: ConnectionManager) -> None:
    waiting = await released(manager, approvals=2)
    assert (await approved(manager, waiting.id, "bob")).state == "waiting"
    with pytest.raises(ApprovalRefused, match="bob has approved it already"):
        await approved(manager, waiting.id, "bob")
    assert (await approved(manager, waiting.id, "eve")).state == "head"


async def test_what_was_compared_with_another_head_is_not_approved(manager: ConnectionManager) -> None:
    first, second = [await released(manager, approvals=1) for _ in range(2)]
    in_force = await approved(manager, first.id, "bob", NOON + timedelta(seconds=1))
    with pytest.raises(ReleaseConflict, match="came into force after release 2 was made"):
        await approved(manager, second.id, "bob", NOON + timedelta(seconds=2))
    assert await head(manager) == in_force


@pytest.mark.parametrize("hours", [-1, 0, 1])
async def test_no_clock_decides_whether_the_head_is_the_one_that_it_was_compared_with(
    manager: ConnectionManager, hours: int
) -> None:
    """Services on two hosts release, and the clock of one goes before the other's."""
    other = NOON + timedelta(hours=hours)
    base = await released(manager, at=other)
    first, second = [await released(manager, base.id, approvals=1, at=NOON) for _ in range(2)]
    assert (await approved(manager, first.id, "bob", other)).state == "head"
    with pytest.raises(ReleaseConflict, match="came into force after release 3 was made"):
        await approved(manager, second.id, "bob", other)


async def test_what_waited_too_long_is_never_the_head(manager: ConnectionManager) -> None:
    waiting = await released(manager, approvals=1)
    newer = await released(manager)
    with pytest.raises(ReleaseConflict, match="a newer one was released"):
        await approved(manager, waiting.id, "bob")
    assert await head(manager) == newer


async def test_another_server_begins_another_epoch_far_above_the_ids_before(manager: ConnectionManager) -> None:
    first = await released(manager)
    waiting = await released(manager, first.id, approvals=1)
    async with manager.session() as session:
        await session.execute(text("UPDATE release_epoch SET timeline = timeline + 7"))
    with pytest.raises(ReleaseConflict, match="before another server took over"):
        await approved(manager, waiting.id, "bob")
    second = await released(manager, first.id)
    assert (second.epoch, second.id) == (2, waiting.id + 1_000_001)
    assert (await released(manager, second.id)).id == second.id + 1


async def test_a_role_of_no_privileges_but_its_tables_can_release(migrated: Target) -> None:
    owner = await asyncpg.connect(**migrated.arguments())
    name = f"plain_{migrated.database}"
    await owner.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'plain'")
    await owner.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")

    plain = ConnectionManager(replace(migrated, username=name, password="plain"))
    try:
        assert (await released(plain)).state == "head"
    finally:
        await plain.close()
        await owner.execute(f"DROP OWNED BY {name}")
        await owner.execute(f"DROP ROLE {name}")
        await owner.close()
