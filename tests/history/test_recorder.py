"""What the service keeps of its project: every change once, whatever becomes of the database meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from postgres import run
from projects import MakeProject, ProjectFolder

from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.recorder import Recorder
from app.history.store import schema
from app.history.store.drafts import ProbeDraft
from app.history.store.queries import key_changes, snapshot, snapshots
from app.history.write_queue import Backlog
from app.reports import probe as probes
from app.reports.history import Recorded, Snapshots
from app.settings.history import HistorySettings
from app.watching.cached_answers import prepare
from app.watching.watcher import Live

ORDERS = {
    "assay.toml": 'known_environments = ["staging", "production"]\nenv = "staging"\n',
    "settings.toml": "[default]\nport = 1\n",
}


DEFAULTS = HistorySettings()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(kw_only=True)
class Clock:
    """The time, or some time later."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(kw_only=True)
class Kept:
    """A recorder at work, and what it has kept."""

    made: ProjectFolder
    manager: ConnectionManager
    live: Live
    recorder: Recorder
    clock: "Clock"
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, holds: Callable[[Backlog], bool]) -> Backlog:
        """Waits until something holds of what waits."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds(self.recorder.backlog):
                self.changed.clear()
                await self.changed.wait()
        return self.recorder.backlog

    async def written(self, number: int) -> None:
        """Waits until so many drafts are dealt with, and nothing waits."""
        await self.until(lambda backlog: sum(backlog.counts.values()) >= number and backlog.is_settled)

    async def edit(self, text: str) -> None:
        """Changes the profile, and waits until that was read."""
        number = self.live.picture.number
        self.made.write({"settings.toml": text})
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.live.newer(number)

    async def listed(self, environment: str = "production") -> Snapshots:
        async with self.manager.session() as session:
            return await snapshots(session, "orders", environment=environment, limit=50, before=None)

    async def shown(self, number: int = 0, environment: str = "production") -> Recorded:
        """The snapshot of that number, the newest first."""
        found = (await self.listed(environment)).snapshots[number]
        async with self.manager.session() as session:
            return await snapshot(session, "orders", found.id)


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def keeping(
    made: ProjectFolder,
    manager: ConnectionManager,
    settings: HistorySettings | Callable[[], HistorySettings] = DEFAULTS,
    **options: Any,
) -> AsyncIterator[Kept]:
    clock = Clock()
    live = Live(made.root, {}, clock, prepare)
    recorder = Recorder(manager, live, "orders", settings if callable(settings) else lambda: settings, clock, **options)
    kept = Kept(made=made, manager=manager, live=live, recorder=recorder, clock=clock)
    recorder.told = kept.changed.set
    following = asyncio.create_task(live.follow())
    recorder.start()
    try:
        yield kept
    finally:
        live.close()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await recorder.close(2)


def values(recorded: Recorded) -> Mapping[str, object]:
    return {value.key: value.value for value in recorded.values}


def a_probe() -> ProbeDraft:
    target = probes.ProbedTarget(host="db", port=5432, name="orders", username="app", tls="verify-full")
    found = probes.Probe(ok=True, elapsed_ms=1.0, target=target, stages=[], failure=None, server=None)
    return ProbeDraft(project="orders", probe=found, environment="production", asked_by="operator", asked_at=now())


async def lock_out(manager: ConnectionManager, server: Target, *, out: bool = True) -> None:
    """The database takes no sessions any more, and ends those that it has; or takes them again."""
    name = manager.target.name
    statements = [f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not out}']
    if out:
        statements += [f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"]  # noqa: S608
    await run(server, *statements)


@pytest.fixture
async def server(postgres_server: Any) -> Target:
    """The administrator's way in, which no database is locked for."""
    target: Target = postgres_server.target
    return target


async def test_a_start_records_every_environment_once(project: MakeProject, manager: ConnectionManager) -> None:
    made = project(ORDERS)
    for _ in range(2):
        async with keeping(made, manager) as kept:
            await kept.written(2)
    for environment in ("staging", "production"):
        (found,) = (await kept.listed(environment)).snapshots
        assert found.active is (environment == "staging")
    assert kept.recorder.backlog.counts == {"known": 2}


async def test_each_change_is_recorded_with_when_it_was_read(project: MakeProject, manager: ConnectionManager) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        before = kept.live.picture.loaded_at
        await kept.edit("[default]\nport = 2\n")
        await kept.written(4)
        newest, oldest = await kept.shown(0), await kept.shown(1)
    assert (values(oldest)["port"], values(newest)["port"]) == (1, 2)
    assert oldest.recorded_at == before < newest.recorded_at == kept.live.picture.loaded_at
    assert newest.changed == 1


async def test_only_the_environments_that_changed_are_written(project: MakeProject, manager: ConnectionManager) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await kept.edit("[default]\nport = 1\n[production]\nport = 9\n")
        await kept.written(3)
        assert len((await kept.listed("production")).snapshots) == 2
        assert len((await kept.listed("staging")).snapshots) == 1
    assert kept.recorder.backlog.counts == {"recorded": 3}


async def test_a_broken_edit_is_recorded_once_and_says_so(project: MakeProject, manager: ConnectionManager) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await kept.edit("[default\nport = 2\n")
        await kept.written(4)
        broken = await kept.shown(0)
        await kept.edit("[default]\nport = 2\n")
        await kept.written(6)
        mended = await kept.shown(0)
        before = (await kept.listed()).snapshots[1]
        assert len((await kept.listed()).snapshots) == 2
    assert (broken.valid, "SRC002" in {finding.rule for finding in broken.findings}) == (False, True)
    assert (broken.judged, broken.reason) == (False, "settings.toml:1 does not parse")
    assert (values(broken)["port"], mended.judged) == (1, True)
    assert (before.id, before.judged, before.valid) == (broken.id, True, True)
    assert "SRC002" not in {finding.rule for finding in mended.findings}
    assert values(mended)["port"] == 2


async def test_a_broken_save_that_is_mended_changes_no_value(project: MakeProject, manager: ConnectionManager) -> None:
    whole = "[default]\n" + "".join(f"key_{number} = {number}\n" for number in range(15))
    made = project({**ORDERS, "settings.toml": whole})
    async with keeping(made, manager) as kept:
        await kept.written(2)
        await kept.edit(whole.replace("key_3 = 3", "key_3 = '3"))
        await kept.written(4)
        await kept.edit(whole)
        await kept.written(6)
        listed = await kept.listed()
        async with kept.manager.session() as session:
            story = await key_changes(session, "orders", "production", "key_3", limit=50)
    assert len(listed.snapshots) == 1
    assert [(one.judged, one.valid) for one in listed.verdicts] == [(True, True), (False, False)]
    assert [change.kind for change in story.changes] == ["added"]


async def test_a_save_that_is_mended_at_once_is_no_history_at_all(
    project: MakeProject, manager: ConnectionManager
) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await kept.edit("[default\nport = 1\n")
        await kept.edit("[default]\nport = 1\n")
        await kept.edit("[default]\nport = 2\n")
        await kept.written(4)
        listed = await kept.listed()
    assert len(listed.snapshots) == 2
    assert listed.verdicts == []


async def test_a_project_that_was_never_seen_whole_has_no_snapshot_of_nothing(
    project: MakeProject, manager: ConnectionManager
) -> None:
    async with keeping(project({**ORDERS, "settings.toml": "[default\nport = 1\n"}), manager) as kept:
        await kept.written(2)
        assert (await kept.listed()).snapshots == []
        await kept.edit(ORDERS["settings.toml"])
        await kept.written(4)
        (only,) = (await kept.listed()).snapshots
    assert only.changed is None


async def test_an_edit_just_before_the_end_is_recorded_all_the_same(
    project: MakeProject, manager: ConnectionManager
) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await kept.edit("[default]\nport = 2\n")
    assert len((await kept.listed()).snapshots) == 2


async def test_options_that_cannot_be_used_are_a_verdict_on_what_stood_before(
    project: MakeProject, manager: ConnectionManager
) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        number = kept.live.picture.number
        kept.made.write({"assay.toml": "unknown = 1\n"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            await kept.live.newer(number)
        await kept.written(4)
        only = await kept.shown(0)
        assert len((await kept.listed()).snapshots) == 1
    assert (only.valid, [finding.rule for finding in only.findings]) == (False, ["project-unusable"])
    assert len(only.validations) == 2
    assert values(only)["port"] == 1
    assert str(kept.made.root) not in repr(only)


async def test_an_environment_that_a_broken_file_takes_away_is_not_valid_any_more(
    project: MakeProject, manager: ConnectionManager
) -> None:
    made = project({"settings.toml": "[default]\nport = 1\n[production]\nport = 2\n"})
    async with keeping(made, manager) as kept:
        await kept.written(2)
        await kept.edit("[default]\nport = 1\n[production\nport = 2\n")
        await kept.written(4)
        assert [one.valid for one in (await kept.listed()).snapshots] == [False]
        await kept.edit("[default]\nport = 1\n[production]\nport = 2\n")
        await kept.written(6)
        only = await kept.shown(0)
    assert [one.valid for one in only.validations][1] is False
    assert "SRC002" not in {finding.rule for finding in only.findings}


async def test_four_processes_record_one_change_once(project: MakeProject, manager: ConnectionManager) -> None:
    made = project(ORDERS)
    async with (
        keeping(made, manager) as one,
        keeping(made, manager) as two,
        keeping(made, manager) as three,
        keeping(made, manager) as four,
    ):
        workers = (one, two, three, four)
        await asyncio.gather(*(worker.written(2) for worker in workers))
        made.write({"settings.toml": "[default]\nport = 2\n"})
        await asyncio.gather(*(worker.written(4) for worker in workers))
        found = (await one.listed()).snapshots
    assert len(found) == 2
    assert sum(worker.recorder.backlog.counts["recorded"] for worker in workers) == 4
    assert sum(worker.recorder.backlog.counts["lost"] for worker in workers) == 0


async def test_what_could_not_be_written_is_written_when_the_database_is_back(
    project: MakeProject, manager: ConnectionManager, server: Target
) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await lock_out(manager, server)
        await kept.edit("[default]\nport = 2\n")
        await kept.until(lambda backlog: backlog.away_since is not None)
        away = kept.recorder.backlog.away_since
        await kept.edit("[default]\nport = 3\n")
        kept.recorder.remember(a_probe())
        await kept.until(lambda backlog: len(backlog) == 5)
        trouble = kept.recorder.backlog.trouble or ""
        kept.clock.ahead = timedelta(seconds=2)
        await lock_out(manager, server, out=False)
        await kept.written(7)
        listed = await kept.listed()
    assert "5 wait, 0 were lost" in trouble
    assert [values(await kept.shown(number))["port"] for number in range(3)] == [3, 2, 1]
    assert len(listed.probes) == 1
    (gap,) = listed.gaps
    assert (gap.since, gap.late, gap.lost) == (away, 5, 0)
    assert gap.until > gap.since + timedelta(seconds=1)
    assert kept.recorder.backlog.trouble is None


async def test_a_gap_is_told_though_nothing_happened_in_it(
    project: MakeProject, manager: ConnectionManager, server: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.history.recorder._PULSE_SECONDS", 0.2)
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await lock_out(manager, server)
        await kept.until(lambda backlog: backlog.away_since is not None)
        kept.clock.ahead = timedelta(seconds=2)
        await lock_out(manager, server, out=False)
        await kept.until(lambda backlog: backlog.is_settled)
        (gap,) = (await kept.listed()).gaps
    assert (gap.late, gap.lost) == (0, 0)


async def test_of_too_many_the_oldest_are_lost_counted_and_told_and_the_present_is_recorded(
    project: MakeProject, manager: ConnectionManager, server: Target
) -> None:
    async with keeping(project(ORDERS), manager, room=3) as kept:
        await kept.written(2)
        await lock_out(manager, server)
        await kept.edit("[default]\nport = 2\n")
        await kept.until(lambda backlog: backlog.away_since is not None)
        for _ in range(5):
            kept.recorder.remember(a_probe())
        assert (len(kept.recorder.backlog), kept.recorder.backlog.counts["lost"]) == (3, 4)
        await lock_out(manager, server, out=False)
        await kept.written(2 + 4 + 3 + 2)
        listed = await kept.listed()
        newest = await kept.shown(0)
    assert values(newest)["port"] == 2
    assert [(gap.late, gap.lost) for gap in listed.gaps] == [(3, 4)]


async def test_what_can_never_be_written_is_lost_and_keeps_nobody_waiting(
    project: MakeProject, manager: ConnectionManager, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        kept.recorder.remember(ProbeDraft(**{**as_fields(a_probe()), "asked_at": "never"}))
        kept.recorder.remember(a_probe())
        await kept.until(lambda backlog: backlog.counts["recorded"] == 3 and backlog.is_settled)
        listed = await kept.listed()
    assert kept.recorder.backlog.counts["lost"] == 1
    assert len(listed.probes) == 1
    assert "A ProbeDraft was not recorded" in caplog.text


def as_fields(draft: ProbeDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__struct_fields__}


async def test_a_database_that_is_away_at_the_start_is_migrated_when_it_answers(
    project: MakeProject, postgres: Target, server: Target
) -> None:
    manager = ConnectionManager(postgres)
    await lock_out(manager, server)
    async with keeping(project(ORDERS), manager, HistorySettings(migrate_on_start=True)) as kept:
        await kept.until(lambda backlog: backlog.away_since is not None and len(backlog) == 2)
        await lock_out(manager, server, out=False)
        await kept.written(2)
        state = await schema.state(manager)
        assert len((await kept.listed()).snapshots) == 1
    assert state.pending == 0
    await manager.close()


async def test_tables_that_are_not_there_are_waited_for_and_not_made_unasked(
    project: MakeProject, postgres: Target
) -> None:
    manager = ConnectionManager(postgres)
    async with keeping(project(ORDERS), manager) as kept:
        await kept.until(lambda backlog: backlog.away_since is not None)
        assert (await schema.state(manager)).current is None
        assert kept.recorder.backlog.trouble
        await schema.upgrade(manager)
        await kept.written(2)
        assert len((await kept.listed()).snapshots) == 1
    await manager.close()


async def test_another_database_that_takes_over_gets_the_present_state(
    project: MakeProject, manager: ConnectionManager, postgres: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.history.recorder._PULSE_SECONDS", 0.2)
    async with keeping(project(ORDERS), manager, HistorySettings(migrate_on_start=True)) as kept:
        await kept.written(2)
        manager.use(postgres)
        await kept.written(4)
        assert len((await kept.listed()).snapshots) == 1


async def test_switched_off_nothing_is_recorded_and_switched_on_again_everything(
    project: MakeProject, manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.history.recorder._PULSE_SECONDS", 0.2)
    settings = [HistorySettings()]
    async with keeping(project(ORDERS), manager, lambda: settings[-1]) as kept:
        await kept.written(2)
        settings.append(HistorySettings(enabled=False))
        await kept.edit("[default]\nport = 2\n")
        assert len((await kept.listed()).snapshots) == 1
        await kept.edit("[default]\nport = 3\n")
        settings.append(HistorySettings())
        await kept.written(4)
        newest = await kept.shown(0)
        assert len((await kept.listed()).snapshots) == 2
    assert values(newest)["port"] == 3


async def test_what_waits_at_the_end_is_written(project: MakeProject, manager: ConnectionManager) -> None:
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        for _ in range(20):
            kept.recorder.remember(a_probe())
    assert len(kept.recorder.backlog) == 0
    assert len((await kept.listed()).probes) == 20


async def test_at_the_end_a_database_that_is_away_keeps_nobody_and_no_task_is_left(
    project: MakeProject, manager: ConnectionManager, server: Target
) -> None:
    before = asyncio.all_tasks()
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        await lock_out(manager, server)
        kept.recorder.remember(a_probe())
        await kept.until(lambda backlog: backlog.away_since is not None)
    assert asyncio.all_tasks() <= before
    await lock_out(manager, server, out=False)


async def test_what_is_old_is_removed_at_the_start(project: MakeProject, manager: ConnectionManager) -> None:
    made = project(ORDERS)
    async with keeping(made, manager) as kept:
        await kept.written(2)
        for port in (2, 3):
            await kept.edit(f"[default]\nport = {port}\n")
            await kept.written(port * 2)
    async with keeping(made, manager, HistorySettings(max_snapshots=1)) as kept:
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(polled(kept)) as found:
            async for listed in found:
                if len(listed.snapshots) == 1:
                    break
        assert values(await kept.shown(0))["port"] == 3


async def polled(kept: Kept) -> AsyncIterator[Snapshots]:
    while True:
        yield await kept.listed()
        await asyncio.sleep(0.05)


def breaking(told: asyncio.Event) -> Callable[..., Any]:
    """Fails for no reason that anybody thought of, and tells that it did."""
    loop = asyncio.get_running_loop()

    def broken(*_: object, **__: object) -> Any:
        loop.call_soon_threadsafe(told.set)
        raise ZeroDivisionError

    return broken


async def test_a_change_whose_draft_fails_for_whatever_reason_is_tried_again(
    project: MakeProject, manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = asyncio.Event()
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        with monkeypatch.context() as patch:
            patch.setattr("app.history.recorder.changes", breaking(failed))
            await kept.edit("[default]\nport = 2\n")
            await asyncio.wait_for(failed.wait(), PATIENCE_SECONDS)
        await kept.written(4)
        assert values(await kept.shown())["port"] == 2
        assert kept.recorder.background[0].failures > 0
        assert not any(one.failing for one in kept.recorder.background)


async def test_what_fails_behind_a_record_loses_none(project: MakeProject, manager: ConnectionManager) -> None:
    failed = asyncio.Event()
    async with keeping(project(ORDERS), manager) as kept:
        await kept.written(2)
        tell, kept.recorder.told = kept.recorder.told, breaking(failed)
        await kept.edit("[default]\nport = 2\n")
        await asyncio.wait_for(failed.wait(), PATIENCE_SECONDS)
        kept.recorder.told = tell
        await kept.written(4)
        assert values(await kept.shown())["port"] == 2
