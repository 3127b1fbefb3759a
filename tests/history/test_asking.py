from uuid import uuid4

import msgspec
import pytest
from drafts import PROJECT, at, changes, draft, finding, leaf, leaves, listed, newest, place, shown, write

from app.core.errors import ArgumentError, UnknownKey, UnknownSnapshot
from app.database.engine import ConnectionManager
from app.history.store import queries
from app.history.store.drafts import GapDraft, LeafDraft, ProbeDraft
from app.history.store.recording import record_gap, record_probe
from app.reports import digests, history, wire
from app.reports.probe import Probe, ProbedTarget

TAG, OTHER_TAG = b"tag1", b"tag2"


def secret(key: str, digest: bytes | None, tag: bytes = TAG) -> LeafDraft:
    return leaf(key, secret=True, digest=tag + digest.ljust(16) if digest else digest)


async def _told(manager: ConnectionManager, key: str) -> list[tuple[str, float, object, object]]:
    """Kind, seconds after noon, value before, value after."""
    return [
        (change.kind, (change.recorded_at - at(0)).total_seconds(),
         change.left and change.left.value, change.right and change.right.value)
        for change in (await changes(manager, key)).changes
    ]  # fmt: skip


async def test_pages_hold_every_snapshot_once_whatever_is_recorded_meanwhile(manager: ConnectionManager) -> None:
    await write(manager, *(draft({"a": number}, number) for number in range(7)))
    found, before = [], None
    while True:
        page = await listed(manager, limit=3, before=before)
        found += page.snapshots
        await write(manager, draft({"a": len(found) + 100}, len(found) + 100))
        if (before := page.next) is None:
            break
    assert [one.recorded_at for one in found] == [at(number) for number in range(6, -1, -1)]


async def test_a_list_is_of_one_project_and_of_one_environment_if_it_is_asked_for(manager: ConnectionManager) -> None:
    others = [draft({"a": 2}, 1, environment="staging"), draft({"a": 3}, 2, project="stock")]
    await write(manager, draft({"a": 1}), *others, draft({"a": 4}, 3, environment="staging", active=True))
    assert [one.environment for one in (await listed(manager)).snapshots] == ["staging", "staging", "production"]
    assert [one.active for one in (await listed(manager, environment="staging")).snapshots] == [True, False]
    assert [one.environment for one in (await listed(manager, project="stock")).snapshots] == ["production"]
    assert (await listed(manager, environment="testing")).snapshots == []


async def test_a_page_that_is_just_full_is_the_last(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}), draft({"a": 2}, 1))
    page = await listed(manager, limit=2)
    assert (len(page.snapshots), page.next) == (2, None)


async def test_a_list_shows_the_latest_verdict(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}), draft({"a": 1}, 1, findings=(finding(), finding("Another."))))
    (one,) = (await listed(manager)).snapshots
    assert (one.valid, one.counts) == (False, wire.FindingCounts(error=2))


@pytest.mark.parametrize("limit", [0, -1, 501])
async def test_a_limit_out_of_bounds_names_them(manager: ConnectionManager, limit: int) -> None:
    with pytest.raises(ArgumentError, match=f"limit is {limit}, and a list has 1 to 500"):
        await listed(manager, limit=limit)


@pytest.mark.parametrize("before", ["", "x", "1.2", "-1", "1e3", "٣", "9" * 30, "9223372036854775808", " 1", "1\0"])
async def test_a_cursor_that_no_list_gave_is_refused(manager: ConnectionManager, before: str) -> None:
    with pytest.raises(ArgumentError, match="which no list gave as its next") as caught:
        await listed(manager, before=before)
    assert caught.value.fix
    await write(manager, draft({"a": 1}))
    if before != "1.2":  # is one of a key's history
        with pytest.raises(ArgumentError, match="which no list gave"):
            await changes(manager, "a", before=before)


async def test_each_gap_and_each_probe_stands_in_the_one_page_of_its_time(manager: ConnectionManager) -> None:
    await write(manager, *(draft({"a": number}, number * 10) for number in range(6)))
    moments = [-5.0, 5.0, 15.0, 30.0, 35.0, 70.0]
    async with manager.session() as session:
        for moment in moments:
            gap = GapDraft(project=PROJECT, host=f"web{moment}", since=at(moment - 1), until=at(moment), late=0, lost=1)
            await record_gap(session, gap)
            await record_probe(session, _probed(moment, "production"))
    pages, before = [], None
    while not pages or before:
        pages.append(await listed(manager, limit=2, before=before))
        before = pages[-1].next
    assert [[gap.until for gap in page.gaps] for page in pages] == [[at(70)], [at(35), at(30)], [at(15), at(5), at(-5)]]
    assert [[one.asked_at for one in page.probes] for page in pages] == [[gap.until for gap in p.gaps] for p in pages]


def _probed(moment: float, environment: str | None, project: str = PROJECT) -> ProbeDraft:
    target = ProbedTarget(host="db", port=5432, name="orders", username="app", tls="disable")
    answer = Probe(ok=True, elapsed_ms=1.0, target=target, stages=(), failure=None, server=None)
    return ProbeDraft(project=project, probe=answer, environment=environment, asked_by="ci", asked_at=at(moment))


async def test_probes_come_newest_first_in_pages(manager: ConnectionManager) -> None:
    async with manager.session() as session:
        for number, environment in enumerate(["production", None, "staging", "production"]):
            await record_probe(session, _probed(number, environment))
        await record_probe(session, _probed(9, "production", project="stock"))
        first = await queries.probes(session, PROJECT, limit=3)
        rest = await queries.probes(session, PROJECT, limit=3, before=first.next)
        of_one = await queries.probes(session, PROJECT, environment="production", limit=3)
    assert [one.environment for one in [*first.probes, *rest.probes]] == ["production", "staging", None, "production"]
    assert rest.next is None
    assert [one.asked_at for one in of_one.probes] == [at(3), at(0)]
    assert of_one.probes[0].target.host == "db"


async def test_a_snapshot_is_found_by_the_beginning_of_its_id(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}))
    (one,) = (await listed(manager)).snapshots
    for name in (one.id, one.id[:4], one.id[:12], one.id.upper(), one.id.replace("-", "")):
        assert (await shown(manager, name)).id == one.id


@pytest.mark.parametrize("name", ["", "abc", "xyzt", "now", "0000", "00000000-0000-0000-0000-000000000000", "0" * 40])
async def test_a_snapshot_that_is_not_there_is_told_with_what_to_do(manager: ConnectionManager, name: str) -> None:
    await write(manager, draft({"a": 1}))
    with pytest.raises(UnknownSnapshot) as caught:
        await shown(manager, name)
    assert "assay history list" in caught.value.fix


async def test_a_snapshot_of_another_project_is_not_there(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1}))
    (one,) = (await listed(manager)).snapshots
    with pytest.raises(UnknownSnapshot):
        await shown(manager, one.id, "stock")


async def test_a_beginning_that_several_have_is_refused(
    manager: ConnectionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = uuid4().hex[:8]
    made = iter([f"{first}-0000-4000-8000-00000000000{number}" for number in range(2)])
    monkeypatch.setattr("app.history.store.recording.uuid4", lambda: next(made))
    await write(manager, draft({"a": 1}), draft({"a": 2}, 1))
    with pytest.raises(UnknownSnapshot, match="Several snapshots begin"):
        await shown(manager, first)
    assert (await shown(manager, f"{first}-0000-4000-8000-000000000001")).recorded_at == at(1)


async def test_a_snapshot_tells_since_when_each_value_stands(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1, "b": 1}), draft({"a": 2, "b": 1}, 1), draft({"a": 2, "c": 1}, 2))
    found = [[(one.key, one.since) for one in (await shown(manager, each.id)).values]
             for each in (await listed(manager)).snapshots]  # fmt: skip
    assert found == [[("a", at(1)), ("c", at(2))], [("a", at(1)), ("b", at(0))], [("a", at(0)), ("b", at(0))]]


async def test_values_stand_in_the_order_of_their_keys(manager: ConnectionManager) -> None:
    keys = ["b", "a.z", "a[10]", "a[2]", "a.b", "A"]
    await write(manager, draft(dict.fromkeys(keys, 1)))
    assert [one.key for one in (await newest(manager)).values] == ["A", "a.b", "a.z", "a[2]", "a[10]", "b"]


async def test_a_key_tells_each_of_its_changes_newest_first(manager: ConnectionManager) -> None:
    seen = [{"a": 1, "b": 0}, {"a": 2, "b": 0}, {"b": 0}, {"b": 1}, {"a": 3, "b": 1}]
    await write(manager, *(draft(values, number) for number, values in enumerate(seen)))
    assert await _told(manager, "a") == [
        ("added", 4, None, 3), ("removed", 2, 2, None), ("changed", 1, 1, 2), ("added", 0, None, 1),
    ]  # fmt: skip
    assert (await changes(manager, "a")).since == at(4)


async def test_a_key_that_is_gone_has_no_present_value(manager: ConnectionManager) -> None:
    await write(manager, draft({"a": 1, "b": 0}), draft({"b": 0}, 1))
    found = await changes(manager, "a")
    assert ([change.kind for change in found.changes], found.since) == (["removed", "added"], None)


async def test_a_table_tells_the_changes_of_all_its_leaves_and_of_nothing_else(manager: ConnectionManager) -> None:
    values = {"pool.size": 1, "pool.hosts[0]": "a", "pools": 1, "pool-x": 1, '"pool.x"': 1, "apool": 1}
    await write(manager, draft(values), draft(dict.fromkeys(values, 2), 1))
    found = await changes(manager, "pool", limit=500)
    assert [(one.key, one.kind) for one in found.changes] == [
        ("pool.size", "changed"), ("pool.hosts[0]", "changed"), ("pool.size", "added"), ("pool.hosts[0]", "added"),
    ]  # fmt: skip


async def test_a_key_is_found_whatever_its_case(manager: ConnectionManager) -> None:
    await write(manager, draft({"database.POOL_SIZE": 1, "STRASSE.x": 2}))
    found = await changes(manager, "Database.pool_Size")
    assert (found.key, len(found.changes)) == ("database.POOL_SIZE", 1)
    assert len((await changes(manager, "straße")).changes) == 1


@pytest.mark.parametrize("depth", [60, 199, 200, 201, 500])
async def test_long_keys_that_begin_alike_are_told_apart(manager: ConnectionManager, depth: int) -> None:
    beginning = "k" * depth
    await write(manager, draft({beginning: 1, beginning + "x": 2, beginning + ".y": 3, beginning + "[0]": 4}))
    found = (await changes(manager, beginning)).changes
    assert sorted(change.key.removeprefix(beginning) for change in found) == ["", ".y", "[0]"]
    assert [change.key for change in (await changes(manager, beginning + "x")).changes] == [beginning + "x"]


async def test_pages_of_a_key_hold_every_change_once(manager: ConnectionManager) -> None:
    many = [{f"t.k{key}": number for key in range(4)} for number in range(4)]
    await write(manager, *(draft(values, number) for number, values in enumerate(many)), draft({"x": 1}, 9))
    whole = (await changes(manager, "t")).changes
    found, before = [], None
    while True:
        page = await changes(manager, "t", limit=3, before=before)
        assert len(page.changes) <= 3
        found += page.changes
        if (before := page.next) is None:
            break
    assert found == whole
    assert len(found) == 20
    assert [change.kind for change in found] == ["removed"] * 4 + ["changed"] * 12 + ["added"] * 4


async def test_changes_of_both_series_are_told_together(manager: ConnectionManager) -> None:
    drafts = [draft({"a": 1}), draft({"a": 2}, 1, active=True), draft({"a": 3}, 2), draft({"a": 4}, 3, active=True)]
    await write(manager, *drafts, draft({"a": 9}, 4, environment="staging"))
    found = (await changes(manager, "a")).changes
    assert [(one.active, one.left and one.left.value, one.right and one.right.value) for one in found] == [
        (True, 2, 4), (False, 1, 3), (True, None, 2), (False, None, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("databse.host", "database.host"),
        ("databas", "database"),
        ("DATABASE.HSOT", "database.host"),
        ("old.kye", "old.key"),
    ],
)
async def test_a_key_that_was_never_recorded_suggests_the_nearest(
    manager: ConnectionManager, key: str, meant: str
) -> None:
    await write(manager, draft({"old.key": 1}), draft({"database.host": 1, "port": 2}, 1))
    with pytest.raises(UnknownKey) as caught:
        await changes(manager, key)
    assert caught.value.fix == f"Did you mean {meant!r}?"


@pytest.mark.parametrize("key", ["", ".", "a..b", "[0]", "%", "a\0b", "\udce9", "x" * 5000])
async def test_what_is_no_key_is_told_too(manager: ConnectionManager, key: str) -> None:
    await write(manager, draft({"port": 1}))
    with pytest.raises(UnknownKey, match="Nothing was recorded"):
        await changes(manager, key)
    with pytest.raises(UnknownKey, match="Nothing was recorded"):
        await changes(manager, "port", environment="staging")


async def test_a_change_of_a_secret_is_told_without_its_value(manager: ConnectionManager) -> None:
    digests_seen = [b"one", b"two", None]
    await write(manager, *(draft([secret("password", digest)], number) for number, digest in enumerate(digests_seen)))
    found = (await changes(manager, "password")).changes
    assert [(change.kind, change.unknown) for change in found] == [
        ("changed", False),
        ("changed", False),
        ("added", False),
    ]
    assert all(side.value is None and side.secret for change in found for side in (change.left, change.right) if side)


async def test_digests_under_another_key_tell_no_change(manager: ConnectionManager) -> None:
    await write(manager, draft([secret("password", b"one")]), draft([secret("password", b"one", OTHER_TAG)], 1))
    assert [change.unknown for change in (await changes(manager, "password")).changes] == [True, False]


def _compared(left: LeafDraft, right: LeafDraft) -> tuple[str, bool]:
    (change,) = queries.compared([left], [right])
    return change.kind, change.unknown


def test_secrets_are_compared_by_digests_that_can_be_compared() -> None:
    one = secret("password", b"one")
    assert _compared(one, secret("password", b"one")) == ("same", False)
    assert _compared(one, secret("password", b"two")) == ("changed", False)
    assert _compared(one, secret("password", b"one", OTHER_TAG)) == ("changed", True)
    assert _compared(one, leaf("password", secret=True, digest=digests.SET)) == ("changed", True)
    assert _compared(one, secret("password", None)) == ("changed", False)
    assert _compared(secret("password", None), secret("password", None)) == ("same", False)
    assert _compared(one, leaf("password", "open")) == ("changed", False)


def test_masked_values_are_compared_by_what_is_seen_and_by_digest() -> None:
    def masked(value: str, digest: bytes) -> LeafDraft:
        return leaf("url", value, digest=digest)

    one, key = masked("pg://u:***@h/x", TAG + b"1" * 16), digests.SET
    assert _compared(one, masked("pg://u:***@h/x", TAG + b"1" * 16)) == ("same", False)
    assert _compared(one, masked("pg://u:***@h/x", TAG + b"2" * 16)) == ("changed", False)
    assert _compared(one, masked("pg://u:***@other/x", TAG + b"1" * 16)) == ("changed", False)
    assert _compared(masked("pg://u:***@h/x", key), masked("pg://u:***@h/x", key)) == ("same", True)
    assert _compared(masked("pg://u:***@h/x", key), masked("pg://u:***@g/x", key)) == ("changed", False)


@pytest.mark.parametrize(
    ("left", "right"), [(1, 1.0), (1, True), (0, False), ("1", 1), (None, ""), ([], {}), (0.0, -0.0)]
)
def test_values_of_different_types_differ(left: object, right: object) -> None:
    assert _compared(leaf("a", left), leaf("a", right)) == ("changed", False)


async def test_two_snapshots_are_compared_with_origins_on_both_sides(manager: ConnectionManager) -> None:
    before, after = (
        [leaf("a", 1), leaf("b", 1), leaf("d", 1)],
        [leaf("a", 2, origin=place(5)), leaf("c", 1), leaf("d", 1)],
    )
    await write(manager, draft(before), draft(after, 1))
    new, old = (await listed(manager)).snapshots
    async with manager.session() as session:
        (one, left), (_, right) = [await queries.leaves_of(session, PROJECT, each.id) for each in (old, new)]
    assert isinstance(one, history.Snapshot)
    found = queries.compared(left, right)
    assert [(change.key, change.kind) for change in found] == [
        ("a", "changed"), ("b", "removed"), ("c", "added"), ("d", "same"),
    ]  # fmt: skip
    assert (found[0].left, found[0].right) == (
        wire.Side(value=1, secret=False, origin=place(1)), wire.Side(value=2, secret=False, origin=place(5)),
    )  # fmt: skip
    assert queries.compared(left, leaves({"a": 1}))[0].kind == "same"  # with leaves of now


def test_a_change_that_is_known_says_nothing_of_it() -> None:
    """Other documents have changes too, and are as they were."""
    change = wire.LeafChange(key="a", kind="added", left=None, right=None)
    assert msgspec.json.encode(change) == b'{"key":"a","kind":"added","left":null,"right":null}'
    assert b'"unknown":true' in msgspec.json.encode(msgspec.structs.replace(change, unknown=True))


async def test_a_secret_that_was_recorded_without_a_key_may_have_changed_without_a_trace(
    manager: ConnectionManager,
) -> None:
    found = [secret("keyed", b"one"), secret("blind", digests.SET), leaf("open", value=1)]
    await write(manager, draft(found))
    known = {key: (await changes(manager, key)).known for key in ("keyed", "blind", "open")}
    assert known == {"keyed": True, "blind": False, "open": True}


async def test_a_list_names_the_first_keys_that_a_snapshot_changed(manager: ConnectionManager) -> None:
    many = {f"key_{number}": number for number in range(6)}
    await write(manager, draft({"a": 1, "b": 1, "c": 1}), draft({"a": 2, "b": 1, "d": 1}, 1), draft(many, 2))
    newest, middle, first = (await listed(manager)).snapshots
    assert (first.changed, first.keys) == (None, [])
    assert (middle.changed, middle.keys) == (3, ["a", "c", "d"])
    assert (newest.changed, newest.keys) == (9, ["a", "b", "d", "key_0"])
