import asyncio
from datetime import datetime, timedelta

import pytest
from drafts import NOON, PROJECT, at, changes, draft, finding, leaf, listed, newest, shown, write
from sqlalchemy import func, select, text

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import retention, verdicts
from app.history.store.drafts import GapDraft, ProbeDraft, SnapshotDraft
from app.history.store.models import Base, FindingSet, LeafRecord, SnapshotRecord, ValidationRecord
from app.history.store.recording import record, record_gap, record_probe
from app.history.store.retention import Pruned, prune
from app.reports.probe import Probe
from app.reports.probe import ProbedTarget as Asked
from app.settings.database import PoolSettings

MANY = 10_000
BEGINNING = NOON - timedelta(days=1)


async def _count(manager: ConnectionManager, table: type[Base]) -> int:
    async with manager.session() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def _times(manager: ConnectionManager, **fields: str) -> list[datetime]:
    return [one.recorded_at for one in (await listed(manager, **fields)).snapshots]


def _drafts(count: int, **fields: str) -> list[SnapshotDraft]:
    return [draft({"a": number, "b": 0}, number, **fields) for number in range(count)]


async def test_what_is_too_old_is_removed(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(5))
    pruned = await prune(manager, before=at(3), keep=MANY)
    assert (pruned.snapshots, pruned.is_complete) == (3, True)
    assert await _times(manager) == [at(4), at(3)]


async def test_of_too_many_the_oldest_are_removed(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(5))
    assert (await prune(manager, before=BEGINNING, keep=2)).snapshots == 3
    assert await _times(manager) == [at(4), at(3)]


@pytest.mark.parametrize(("before", "keep"), [(at(100), MANY), (BEGINNING, 1), (at(100), 0)])
async def test_the_newest_snapshot_of_each_series_stays(
    manager: ConnectionManager, before: datetime, keep: int
) -> None:
    others = [*_drafts(3, environment="staging"), draft({"a": 1}, active=True), *_drafts(2, project="stock")]
    await write(manager, *_drafts(3), *others)
    assert (await prune(manager, before=before, keep=keep)).snapshots == 5
    assert [(one.environment, one.active, one.recorded_at) for one in (await listed(manager)).snapshots] == [
        ("production", True, at(0)), ("staging", False, at(2)), ("production", False, at(2)),
    ]  # fmt: skip
    assert await _times(manager, project="stock") == [at(1)]
    assert {value.key: value.value for value in (await newest(manager)).values} == {"a": 1}


async def test_another_project_is_left_alone_where_one_is_named(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(3), *_drafts(3, project="stock"))
    assert (await prune(manager, before=at(100), keep=MANY, project="stock")).snapshots == 2
    assert len(await _times(manager)) == 3


async def test_leaves_that_no_snapshot_has_any_more_are_removed(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(10))
    pruned = await prune(manager, before=at(8), keep=MANY)
    assert pruned.leaves == 7
    assert await _count(manager, LeafRecord) == 4  # b, and a of 9, of 8, and of what 8 changed
    assert await _count(manager, ValidationRecord) == 2


async def test_the_oldest_that_stays_still_tells_what_it_changed(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(10))
    await prune(manager, before=at(8), keep=MANY)
    found = (await changes(manager, "a")).changes
    assert [(one.kind, one.left and one.left.value, one.right and one.right.value) for one in found] == [
        ("changed", 8, 9), ("changed", 7, 8),
    ]  # fmt: skip


async def test_since_when_a_value_stands_outlives_its_snapshot(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(5))
    await prune(manager, before=at(4), keep=MANY)
    assert {value.key: value.since for value in (await newest(manager)).values} == {"a": at(4), "b": at(0)}
    found = await changes(manager, "b")
    assert (found.changes, found.since) == ([], at(0))


async def test_recording_goes_on_after_it(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(5))
    await prune(manager, before=at(100), keep=1)
    assert await write(manager, draft({"a": 4, "b": 0}, 200), draft({"a": 1, "b": 0}, 201)) == ["known", "recorded"]
    assert [one.changed for one in (await listed(manager)).snapshots] == [1, 1]


async def test_old_probes_and_gaps_are_removed(manager: ConnectionManager) -> None:
    target = Asked(host="db", port=5432, name="orders", username="app", tls="disable")
    answer = Probe(ok=True, elapsed_ms=1.0, target=target, stages=(), failure=None, server=None)
    async with manager.session() as session:
        for hour in range(3):
            moment = at(hour * 3600)
            probed = ProbeDraft(project=PROJECT, probe=answer, environment=None, asked_by="ci", asked_at=moment)
            await record_probe(session, probed)
            gap = GapDraft(project=PROJECT, host=f"{hour}", since=at(-99), until=moment, late=0, lost=1)
            await record_gap(session, gap)
    pruned = await prune(manager, before=at(3600), keep=MANY)
    assert (pruned.probes, pruned.gaps) == (1, 1)
    page = await listed(manager)
    assert ([one.asked_at for one in page.probes], len(page.gaps)) == ([at(7200), at(3600)], 2)


async def test_findings_that_no_verdict_has_any_more_are_removed(manager: ConnectionManager) -> None:
    await write(
        manager,
        draft({"a": 1}, findings=(finding("Old."),)),
        draft({"a": 2}, 1, findings=(finding("Old and new."),)),
        draft({"a": 3}, 2, findings=(finding("Old and new."),)),
    )
    assert (await prune(manager, before=at(2), keep=MANY)).finding_sets == 1
    assert [one.message for one in (await newest(manager)).findings] == ["Old and new."]


async def test_findings_that_are_being_used_again_stay(manager: ConnectionManager) -> None:
    again = (finding("It comes back."),)
    await write(manager, draft({"a": 1}, findings=again), draft({"a": 2}, 1))
    async with manager.session() as session:
        await record(session, draft({"a": 3}, 2, findings=again))
        pruned = await prune(manager, before=at(1), keep=MANY)
        assert (pruned.snapshots, pruned.finding_sets) == (1, 0)
    assert (await newest(manager)).findings == list(again)
    assert await _count(manager, FindingSet) == 2


async def test_findings_that_a_verdict_is_about_to_use_stay_until_it_has_ended(manager: ConnectionManager) -> None:
    digest = b"unused"
    async with manager.session() as session:
        session.add(FindingSet(digest=digest, findings=[]))
    async with manager.session() as session:
        await verdicts._keep_findings(session, digest, [])  # noqa: SLF001 - the moment before the verdict is written
        assert (await prune(manager, before=at(0), keep=MANY)).finding_sets == 0
    assert (await prune(manager, before=at(0), keep=MANY)).finding_sets == 1


async def test_it_goes_batch_by_batch(manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    await write(manager, *(draft({"a": number}, number, findings=(finding(str(number)),)) for number in range(10)))
    assert await prune(manager, before=at(9), keep=MANY) == Pruned(
        snapshots=9, leaves=8, finding_sets=9, compacted=("snapshot", "leaf", "finding_set", "validation")
    )


async def test_one_process_at_a_time_does_it(migrated: Target) -> None:
    managers = [ConnectionManager(migrated) for _ in range(3)]
    await write(managers[0], *_drafts(50))
    done = await asyncio.gather(*(prune(manager, before=at(40), keep=MANY) for manager in managers))
    assert sum(one.snapshots for one in done) == 40
    async with managers[0].connect() as connection:
        await connection.execute(select(func.pg_advisory_xact_lock(retention._LOCK)))  # noqa: SLF001 - another process
        assert await prune(managers[1], before=at(49), keep=MANY) == Pruned(is_complete=False)
    assert (await prune(managers[1], before=at(49), keep=MANY)).snapshots == 9
    for manager in managers:
        await manager.close()


async def test_a_pool_of_one_connection_is_enough(migrated: Target) -> None:
    manager = ConnectionManager(migrated, pool=PoolSettings(size=1, max_overflow=0, timeout=60))
    await write(manager, *_drafts(5))
    assert (await prune(manager, before=at(3), keep=MANY)).compacted
    async with manager.connect() as connection:
        left = [await connection.scalar(text(f"SHOW {name}")) for name in ("lock_timeout", "statement_timeout")]
        assert await connection.scalar(text("SELECT current_setting('transaction_isolation')")) == "read committed"
    assert left == ["0", f"{migrated.statement_timeout or 0:g}" + ("s" if migrated.statement_timeout else "")]
    await manager.close()


async def _bytes(manager: ConnectionManager) -> int:
    async with manager.session() as session:
        return await session.scalar(text("SELECT pg_total_relation_size('leaf')")) or 0


async def test_the_disk_has_its_room_back_where_there_is_much_of_it(manager: ConnectionManager) -> None:
    values = [{f"key{key}": f"{number}{'x' * 2000}" for key in range(50)} for number in range(10)]
    await write(manager, *(draft(each, number) for number, each in enumerate(values)))
    before = await _bytes(manager)
    assert "leaf" not in (await prune(manager, before=at(2), keep=MANY)).compacted
    pruned = await prune(manager, before=at(9), keep=MANY)
    assert "leaf" in pruned.compacted
    assert await _bytes(manager) < before / 3
    assert {one.key: one.value for one in (await newest(manager)).values} == values[-1]


async def test_a_table_that_somebody_reads_for_long_is_left_as_it_is(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(5))
    async with manager.session() as session:
        await session.execute(select(LeafRecord))
        pruned = await prune(manager, before=at(100), keep=1)
        assert (pruned.snapshots, "snapshot" in pruned.compacted, "leaf" in pruned.compacted) == (4, True, False)


async def test_behind_a_pgbouncer_no_table_is_written_anew(migrated: Target) -> None:
    """A limit to the wait for its lock would stay on a session that another client has next."""
    manager = ConnectionManager(migrated, pgbouncer=True)
    await write(manager, *_drafts(5))
    assert await prune(manager, before=at(100), keep=1) == Pruned(snapshots=4, leaves=3)
    await manager.close()


async def test_questions_are_answered_meanwhile(manager: ConnectionManager) -> None:
    await write(manager, *_drafts(60))
    pruning = asyncio.create_task(prune(manager, before=at(50), keep=MANY))
    asked = 0
    while not pruning.done():
        found = (await listed(manager)).snapshots
        assert (found[0].recorded_at, len(found) >= 10) == (at(59), True)
        assert len((await shown(manager, found[0].id)).values) == 2
        asked += 1
    assert asked
    assert pruning.result().snapshots == 50


async def test_an_empty_history_has_nothing_to_remove(manager: ConnectionManager) -> None:
    assert await prune(manager, before=at(100), keep=1) == Pruned()
    await write(manager, draft([leaf("a", 1)]))
    assert await prune(manager, before=at(100), keep=1) == Pruned()
    assert await _count(manager, SnapshotRecord) == 1
