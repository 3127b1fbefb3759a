import asyncio
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from drafts import NOON, at, changes, draft, finding, leaf, listed, newest, place, shown, write
from drafts import leaves as leaves_named
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.errors import UnknownSnapshot
from app.database.engine import ConnectionManager
from app.database.target import Target
from app.history.store import queries
from app.history.store.drafts import GapDraft, LeafDraft, ProbeDraft, SnapshotDraft
from app.history.store.queries import LeafRow
from app.history.store.recording import record, record_gap, record_probe
from app.history.store.retention import prune
from app.probing.stages import probe
from app.reports import wire
from app.reports.probe import Probe
from app.reports.probe import ProbedTarget as Asked

TEXTS = st.text(alphabet=st.characters(), max_size=30)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.integers() | st.integers(min_value=2**63, max_value=10**40) | FLOATS
VALUES = st.none() | st.booleans() | NUMBERS | TEXTS | st.just([]) | st.just({})
KEYS = st.sampled_from([
    "port", "Port", "database.host", "database.HOST", "hosts[0]", "hosts[10]", '"a.b"', '"say \\"hi\\"".x', "ü.ß",
    '"\0"',
]) | TEXTS.filter(bool)  # fmt: skip
PLACES = st.sampled_from([
    None, place(1), place(2), place(1, "a\udc80.toml"), wire.VariableOrigin(name="ASSAY_\udcff"),
    wire.DotenvOrigin(file=".env", line=3, name="X"), wire.DefaultOrigin(model="Settings"), wire.FileOrigin(file="x"),
])  # fmt: skip
DIGESTS = st.sampled_from([None, b"", b"tagA" + bytes(16), b"tagA" + b"1" * 16, b"tagB" + b"1" * 16])
PLAIN = st.fixed_dictionaries({"value": VALUES | st.sampled_from([1, 1.0, True, "1"]), "origin": PLACES})
SECRET = st.fixed_dictionaries({"secret": st.sampled_from([True]), "digest": DIGESTS, "origin": PLACES})
OTHER = st.fixed_dictionaries({"value": TEXTS, "state": st.sampled_from(["opaque", "unresolved"]), "origin": PLACES})
LEAVES = st.dictionaries(KEYS, PLAIN | SECRET | OTHER, max_size=8)


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _known(leaves: Iterable[LeafDraft]) -> dict[str, tuple[object, ...]]:
    """All of the leaves but the lines on which they stand."""
    return {
        _storable(one.key): (json.dumps(one.value), one.secret, one.digest, one.state, _place(one.origin))
        for one in leaves
    }


def _place(origin: wire.Origin | None) -> object:
    lines = {"line": None, "column": None, "end_line": None, "end_column": None}
    return msgspec.structs.replace(origin, **lines) if isinstance(origin, wire.FileOrigin) else origin


def _drafts(project: str, sequence: list[dict[str, dict[str, Any]]]) -> list[SnapshotDraft]:
    def leaves(values: dict[str, dict[str, Any]]) -> list[LeafDraft]:
        return [LeafDraft(key=key, **({"value": None} | fields)) for key, fields in values.items()]

    return [draft(leaves(values), number, project=project) for number, values in enumerate(sequence)]


async def _leaves(manager: ConnectionManager, project: str, snapshot: str) -> list[LeafRow]:
    async with manager.session() as session:
        return (await queries.leaves_of(session, project, snapshot))[1]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(LEAVES, min_size=1, max_size=8), st.integers(1, 9))
async def test_each_snapshot_that_is_kept_comes_back_as_it_was_recorded(
    manager: ConnectionManager, sequence: list[dict[str, dict[str, Any]]], keep: int
) -> None:
    project = uuid4().hex
    drafts = _drafts(project, sequence)
    outcomes = await write(manager, *drafts)
    kept = [one for one, outcome in zip(drafts, outcomes, strict=True) if outcome == "recorded"]
    recorded = (await listed(manager, project=project)).snapshots[::-1]
    assert [one.fingerprint for one in recorded] == [one.fingerprint for one in kept]
    for one, snapshot in zip(kept, recorded, strict=True):
        assert _known(await _leaves(manager, project, snapshot.id)) == _known(one.leaves)
    await prune(manager, before=NOON, keep=keep, project=project)
    for one, snapshot in zip(kept[-keep:], recorded[-keep:], strict=True):
        assert _known(await _leaves(manager, project, snapshot.id)) == _known(one.leaves)
    for snapshot in recorded[:-keep]:
        with pytest.raises(UnknownSnapshot):
            await shown(manager, snapshot.id, project)


HOSTILE: dict[str, Any] = {
    "nul": "a\0b",
    "surrogate": "caf\udce9",
    "big": 10**30,
    "small": -(2**70),
    "hexadecimal": 2**20000,
    "one": 1,
    "one_point": 1.0,
    "yes": True,
    "exponent": 1e22,
    "minus_nothing": -0.0,
    "tiny": 5e-324,
    "nan": "nan",
    "long": "x" * 10_000,
    "empty_list": [],
    "empty_table": {},
    "nothing": None,
    'inner."quo\\"ted.and dotted"': "q",
    ".".join(f"level{number}" for number in range(500)): "deep",
    "k" * 10_000: "long key",
}


async def test_whatever_a_profile_may_say_comes_back_as_it_was(manager: ConnectionManager) -> None:
    await write(manager, draft({}), draft(leaves_named(HOSTILE), 1, fingerprint="sha256:1"))
    recorded = {value.key: value.value for value in (await newest(manager)).values}
    assert recorded.pop("hexadecimal") == hex(2**20000)  # Python does not write so many decimal digits
    expected = {key: value for key, value in HOSTILE.items() if key != "hexadecimal"}
    assert {key: (type(value), value) for key, value in recorded.items()} == {
        key: (type(value), value) for key, value in expected.items()
    }
    assert str(recorded["minus_nothing"]) == "-0.0"
    for key in HOSTILE:
        assert [change.kind for change in (await changes(manager, key)).changes] == ["added"]


async def test_names_that_a_database_cannot_hold_are_escaped(manager: ConnectionManager) -> None:
    values = {'"a\0b"': 1, '"caf\udce9"': 2}
    hostile = {"project": "orders", "host": "w\0eb", "environment": "production"}
    assert await write(manager, draft(values, **hostile), draft(values, 1, **hostile)) == ["recorded", "known"]
    recorded = await newest(manager)
    assert [value.key for value in recorded.values] == ['"a\\x00b"', '"caf\\udce9"']
    assert recorded.host == "w\\x00eb"
    assert [change.key for change in (await changes(manager, '"A\0B"')).changes] == ['"a\\x00b"']


async def test_a_snapshot_writes_only_the_leaves_that_differ(manager: ConnectionManager) -> None:
    many = {f"key{number}": number for number in range(300)}
    await write(manager, draft(many), draft(many | {"key7": 0}, 1), draft(many | {"key7": 0, "new": 1}, 2))
    async with manager.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM leaf")) == 302
    assert [one.changed for one in (await listed(manager)).snapshots] == [1, 1, None]


async def test_equal_values_are_recorded_once(manager: ConnectionManager) -> None:
    outcomes = await write(manager, draft({"a": 1}), draft({"a": 1}, 5), draft({"a": 2}, 10), draft({"a": 2}, 15))
    assert outcomes == ["recorded", "known", "recorded", "known"]
    assert [one.recorded_at for one in (await listed(manager)).snapshots] == [at(10), at(0)]


async def test_who_made_the_values_is_said_whichever_process_records_them_first(manager: ConnectionManager) -> None:
    unsigned = draft({"port": 1})
    signed = [msgspec.structs.replace(unsigned, asked_by=name, commit="c0ffee") for name in ("ada", "bob")]
    assert await write(manager, unsigned, *signed) == ["recorded", "known", "known"]
    [found] = (await listed(manager)).snapshots
    assert (found.asked_by, found.commit) == ("ada", None)
    assert await write(manager, msgspec.structs.replace(draft({"port": 2}, 1), asked_by="eve", commit="c0ffee"))
    assert [(one.asked_by, one.commit) for one in (await listed(manager)).snapshots] == [
        ("eve", "c0ffee"),
        ("ada", None),
    ]


async def test_what_comes_back_is_recorded_again(manager: ConnectionManager) -> None:
    assert await write(manager, draft({"a": 1}), draft({"a": 2}, 1), draft({"a": 1}, 2)) == ["recorded"] * 3
    assert [change.right and change.right.value for change in (await changes(manager, "a")).changes] == [1, 2, 1]


async def test_one_is_not_one_point_nought_nor_true(manager: ConnectionManager) -> None:
    await write(manager, *(draft({"a": value}, number) for number, value in enumerate([1, 1.0, True, "1"])))
    found = [change.right and change.right.value for change in (await changes(manager, "a")).changes]
    assert [type(value) for value in found] == [str, bool, float, int]


async def test_a_leaf_that_only_moved_to_another_line_is_the_same(manager: ConnectionManager) -> None:
    moved, elsewhere = leaf("a", 1, origin=place(9)), leaf("a", 1, origin=place(1, "other.toml"))
    other = leaf("b", 1)
    await write(manager, draft([leaf("a", 1)]), draft([moved, other], 1), draft([elsewhere], 2))
    found = (await changes(manager, "a")).changes
    assert [(change.kind, change.recorded_at) for change in found] == [("changed", at(2)), ("added", at(0))]
    assert found[0].left
    assert found[0].left.origin == place(1)
    assert found[0].right
    assert found[0].right.origin == place(1, "other.toml")


async def test_series_of_active_and_inactive_readings_are_apart(manager: ConnectionManager) -> None:
    drafts = [draft({"a": 1}), draft({"a": 2}, 1, active=True), draft({"a": 1}, 2), draft({"a": 2}, 3, active=True)]
    assert await write(manager, *drafts) == ["recorded", "recorded", "known", "known"]
    assert [one.active for one in (await listed(manager)).snapshots] == [True, False]


async def test_a_secret_is_kept_as_its_digest_alone(manager: ConnectionManager) -> None:
    told = leaf("password", "canary-7f3a", secret=True, digest=b"tag1" + b"d" * 16)
    await write(manager, draft([told]))
    (value,) = (await newest(manager)).values
    assert (value.value, value.secret) == (None, True)
    async with manager.session() as session:
        rows = await session.scalar(text("SELECT string_agg(leaf::text, '') FROM leaf"))
    assert "canary" not in rows
    assert (b"tag1" + b"d" * 16).hex() in rows


async def test_a_verdict_that_changes_is_recorded_without_a_new_snapshot(manager: ConnectionManager) -> None:
    broken = {"findings": (finding(),)}
    outcomes = await write(
        manager, draft({"a": 1}), draft({"a": 1}, 1, **broken), draft({"a": 1}, 2, **broken), draft({"a": 1}, 3)
    )
    assert outcomes == ["recorded", "recorded", "known", "recorded"]
    recorded = await newest(manager)
    assert [(one.recorded_at, one.valid, one.counts.error) for one in recorded.validations] == [
        (at(0), True, 0), (at(1), False, 1), (at(3), True, 0),
    ]  # fmt: skip
    assert recorded.valid
    assert recorded.findings == []
    assert len((await listed(manager)).snapshots) == 1


async def test_findings_are_kept_once_however_many_verdicts_have_them(manager: ConnectionManager) -> None:
    findings = (finding("a\0 and \udce9"),)
    await write(manager, *(draft({"a": number}, number, findings=findings) for number in range(5)))
    async with manager.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM finding_set")) == 1
    assert (await newest(manager)).findings == list(findings)


async def test_findings_that_only_moved_are_no_new_verdict(manager: ConnectionManager) -> None:
    first, moved = draft({"a": 1}, findings=(finding(line=3),)), draft({"a": 1}, 1, findings=(finding(line=7),))
    other = draft({"a": 1}, 2, findings=(finding("Another.", line=7),))
    assert await write(manager, first, moved, other) == ["recorded", "known", "recorded"]


async def test_what_another_process_recorded_first_is_known(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}, 0), draft({"a": 2}, 100), draft({"a": 3}, 200))
    seen = [(1, 0.5), (2, 99.5), (2, 150), (3, 199), (1, -3)]
    late = [draft({"a": value}, seconds) for value, seconds in seen]
    assert await write(manager, *late) == ["known"] * 5
    assert len((await listed(manager)).snapshots) == 3


async def test_what_was_read_before_the_newest_and_nobody_recorded_is_late(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}, 0), draft({"a": 2}, 100), draft({"a": 3}, 200))
    late = [draft({"a": 9}, 50), draft({"a": 1}, 120), draft({"a": 2}, 20), draft({"a": 0}, -100)]
    assert await write(manager, *late) == ["late"] * 4
    assert [one.recorded_at for one in (await listed(manager)).snapshots] == [at(200), at(100), at(0)]


async def test_a_late_verdict_is_known_or_late_too(manager: ConnectionManager) -> None:
    broken, worse = {"findings": (finding(),)}, {"findings": (finding("Worse."),)}
    await write(manager, draft({"a": 1}), draft({"a": 1}, 10, **broken), draft({"a": 1}, 20))
    late = [draft({"a": 1}, 9.5, **broken), draft({"a": 1}, 15, **worse), draft({"a": 1}, 0.5)]
    assert await write(manager, *late) == ["known", "late", "known"]
    assert len((await newest(manager)).validations) == 3


async def test_four_processes_record_the_same_changes_once_each(migrated: Target) -> None:
    """Each has read them a little apart, and some values come back."""
    values = [1, 2, 1, 3, 3, 2, 4, 1]
    managers = [ConnectionManager(migrated) for _ in range(4)]
    findings = [(), (finding(),), (), (), (finding(),), (), (), ()]

    def seen(process: int) -> list[SnapshotDraft]:
        apart = process * 0.2
        return [
            draft({"a": value, "b": 0}, number * 100 + apart, findings=findings[number])
            for number, value in enumerate(values)
        ]

    outcomes = await asyncio.gather(*(write(manager, *seen(number)) for number, manager in enumerate(managers)))
    found = (await listed(managers[0])).snapshots[::-1]
    recorded = [(await shown(managers[0], one.id)).values[0].value for one in found]
    for manager in managers:
        await manager.close()
    assert recorded == [1, 2, 1, 3, 2, 4, 1]
    assert sum(outcome == "recorded" for each in outcomes for outcome in each) == 8  # one is a verdict
    assert not [outcome for each in outcomes for outcome in each if outcome == "late"]
    assert [one.recorded_at for one in found] == sorted(one.recorded_at for one in found)


async def test_four_processes_begin_a_history_once(migrated: Target) -> None:
    managers = [ConnectionManager(migrated) for _ in range(4)]
    outcomes = await asyncio.gather(*(write(manager, draft({"a": 1})) for manager in managers))
    for manager in managers:
        await manager.close()
    assert sorted(outcomes) == [["known"]] * 3 + [["recorded"]]


async def test_a_record_that_breaks_off_leaves_nothing_behind(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}))

    async def break_off() -> None:
        async with manager.session() as session:
            await record(session, draft({"a": 2}, 1, findings=(finding(),)))
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await break_off()
    assert (await newest(manager)).values[0].value == 1
    assert await write(manager, draft({"a": 2}, 1)) == ["recorded"]


async def test_a_probe_keeps_its_project_and_its_reason_and_no_password(manager: ConnectionManager) -> None:
    passed, failed = await probe(manager.target), await probe(replace(manager.target, password="wrong"))
    async with manager.session() as session:
        for answer in (passed, failed):
            asked = ProbeDraft(project="orders", probe=answer, environment="staging", asked_by="ci", asked_at=NOON)
            await record_probe(session, asked)
        found = (await queries.probes(session, "orders", limit=5)).probes
        assert [(one.ok, one.failed_stage, one.code) for one in found] == [
            (False, "login", "password-rejected"), (True, None, None),
        ]  # fmt: skip
        assert (found[0].environment, found[0].asked_by, found[0].asked_at) == ("staging", "ci", NOON)
        assert found[0].target == failed.target
        whole = await session.scalar(text("SELECT string_agg(probe::text, '') FROM probe"))
    assert manager.target.password
    assert manager.target.password not in (whole or "")


async def test_a_probe_of_a_hostile_name_is_kept_too(manager: ConnectionManager) -> None:
    target = Asked(host="h", port=1, name=None, username="a\0\udce9", tls="disable")
    answer = Probe(ok=True, elapsed_ms=1.0, target=target, stages=(), failure=None, server=None)
    async with manager.session() as session:
        asked = ProbeDraft(project="orders", probe=answer, environment=None, asked_by="operator", asked_at=NOON)
        await record_probe(session, asked)
        (found,) = (await queries.probes(session, "orders", limit=5)).probes
    assert found.target.username == "a\\x00\\udce9"


async def test_gaps_of_one_host_that_overlap_are_one(manager: ConnectionManager) -> None:
    def gap(since: float, until: float, host: str = "web-1", lost: int = 0) -> GapDraft:
        return GapDraft(project="orders", host=host, since=at(since), until=at(until), late=2, lost=lost)

    gaps = [gap(0, 10), gap(20, 30), gap(0, 10, "web-2"), gap(9, 21, lost=3), gap(40, 50)]
    for one in gaps:
        async with manager.session() as session:
            await record_gap(session, one)
    found = (await listed(manager)).gaps
    told = [(one.host, one.since, one.until, one.late, one.lost) for one in found]
    assert told == [
        ("web-1", at(40), at(50), 2, 0), ("web-1", at(0), at(30), 6, 3), ("web-2", at(0), at(10), 2, 0),
    ]  # fmt: skip


async def test_processes_that_tell_one_gap_at_once_tell_it_once(migrated: Target) -> None:
    managers = [ConnectionManager(migrated) for _ in range(4)]

    async def tell(manager: ConnectionManager) -> None:
        gap = GapDraft(project="orders", host="web-1", since=NOON, until=at(9), late=1, lost=1)
        async with manager.session() as session:
            await record_gap(session, gap)

    await asyncio.gather(*map(tell, managers))
    (found,) = (await listed(managers[0])).gaps
    assert (found.late, found.lost) == (4, 4)
    for manager in managers:
        await manager.close()
