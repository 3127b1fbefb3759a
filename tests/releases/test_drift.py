"""Who differs, and in which key: told by digests alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.releases.drift import UNSEEN, ExpectedValues, Majority, ReportedInstance, digests_of, flattened, judged
from app.reports.releases.instances import Instance

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
KEY = b"k" * 32
VALUES = {"port": 1, "pool.size": 5, "host": "db"}
SEVEN = ExpectedValues(release=7, at=NOON, digests=digests_of(VALUES, KEY))


def instance(number: int = 1, *, seen: int = 10, release: int | None = 7, **other: object) -> ReportedInstance:
    """A process that has these values, seen so many seconds before noon's ten minutes."""
    digests = digests_of({**VALUES, **{key.replace("__", "."): value for key, value in other.items()}}, KEY)
    return ReportedInstance(name=f"web-{number:02}", host="web", environment="production", started_at=NOON,
                            seen_at=NOW - timedelta(seconds=seen), release=release, digests=digests,
                            since=dict.fromkeys(digests, (NOON + timedelta(minutes=5)).isoformat()))  # fmt: skip


NOW = NOON + timedelta(minutes=10)


def told(found: list[ReportedInstance], head: ExpectedValues | None) -> list[Instance]:
    """Instances as they are judged that are all there are."""
    majority = Majority()
    for one in found:
        if NOW - one.seen_at <= UNSEEN:
            majority.count(one.digests)
    return judged(found, head, majority.usual(), NOW)


def states(found: list[ReportedInstance], head: ExpectedValues | None = SEVEN) -> dict[str, str]:
    return {one.name: one.word for one in told(found, head)}


def test_one_of_forty_is_named_by_key_and_since_when() -> None:
    found = told([*map(instance, range(39)), instance(39, pool__size=50)], SEVEN)
    (different,) = (one for one in found if one.state == "different")
    assert different.name == "web-39"
    assert [(one.key, one.since) for one in different.differs] == [("pool.size", NOON + timedelta(minutes=5))]
    assert {one.state for one in found} == {"current", "different"}


def test_a_key_that_differs_since_before_the_release_differs_since_the_release() -> None:
    later = replace(SEVEN, at=NOON + timedelta(minutes=8))
    ((drift,),) = (one.differs for one in told([instance(host="other")], later))
    assert drift.since == NOON + timedelta(minutes=8)


@pytest.mark.parametrize(("seen", "state"), [(90, "current"), (91, "unseen")])
def test_who_has_missed_three_reports_is_unseen(seen: int, state: str) -> None:
    assert states([instance(seen=seen)]) == {"web-01": state}


def test_who_runs_an_older_release_is_old_and_not_different() -> None:
    found = told([instance(release=6, host="older"), instance(2, release=None)], SEVEN)
    assert [(one.state, one.differs) for one in found] == [("old", []), ("old", [])]


def test_who_runs_a_release_that_nobody_knows_is_not_current() -> None:
    (one,) = told([instance(release=8)], SEVEN)
    assert (one.state, one.differs) == ("old", [])


def test_of_what_the_release_does_not_say_the_majority_counts() -> None:
    several = [instance(number, token="same") for number in range(3)]
    assert set(states([*several, instance(9, token="other")]).values()) == {"current", "different"}
    assert states([*several, instance(9, token="other")])["web-09"] == "different"
    assert states([*several, instance(9)])["web-09"] == "different", "it lacks the key"
    assert states([instance(1), instance(2), instance(3, extra=1)])["web-03"] == "different", "it alone has the key"


def test_where_there_is_no_majority_nobody_is_different() -> None:
    assert set(states([instance(1, token="a"), instance(2, token="b")]).values()) == {"current"}


def test_who_is_unseen_has_no_voice_in_the_majority() -> None:
    gone = [instance(number, seen=600, token="old") for number in range(5)]
    found = states([*gone, instance(8, token="new"), instance(9, token="new")])
    assert (found["web-08"], found["web-09"]) == ("current", "current")


def test_without_a_release_there_is_nothing_older() -> None:
    assert states([instance(release=None)], None) == {"web-01": "current"}


def test_who_could_make_no_digests_is_called_neither_different_nor_current() -> None:
    silent = ReportedInstance(name="x", host="h", environment="production", started_at=NOON, seen_at=NOW, release=7,
                              digests={}, since={})  # fmt: skip
    assert states([silent, instance(1), instance(2)])["x"] == "unjudged"
    assert states([silent], None)["x"] == "unjudged"
    assert states([replace(silent, release=1), instance(1)])["x"] == "old"


@pytest.mark.parametrize(
    ("table", "flat"),
    [
        ({"A": {"b": 1}}, {"a.b": 1}),
        ({"A": {"B": {}}}, {"a.B": {}}),
        ({"l": [1, {"x": 2}]}, {"l": [1, {"x": 2}]}),
        ({"a": {"b c": 1}}, {'a."b c"': 1}),
    ],
)
def test_keys_are_spelled_as_everywhere(table: Mapping[str, object], flat: Mapping[str, object]) -> None:
    assert flattened(table) == flat


def test_digests_are_those_that_the_client_makes() -> None:
    client = pytest.importorskip("assay_client.effective")
    keys = pytest.importorskip("assay_client.keys")
    table = {"A": {"b": [1, 2.5, "ü"], "c": {}}, "d": None, "e": True, "f": "text", "G": {"h": {"I": 1e300}}}
    assert digests_of(flattened(table), KEY) == client.digests(keys.flattened(table), KEY)


_HELD = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xy"), min_size=1)


@given(st.lists(_HELD, min_size=1, max_size=6), _HELD, st.sampled_from([7, 8]))
def test_what_differs_is_each_key_that_is_not_as_it_is_wanted(
    all_held: list[dict[str, str]], said: dict[str, str], release: int
) -> None:
    head = ExpectedValues(release=7, at=NOON, digests=said)
    found = [replace(instance(n, release=release), digests=one) for n, one in enumerate(all_held)]
    majority = Majority()
    for one in found:
        majority.count(one.digests)
    wanted = {**majority.usual(), **(said if release == head.release else {})}
    for one in told(found, head):
        own = next(other for other in found if other.name == one.name).digests
        assert [drift.key for drift in one.differs] == sorted(key for key in wanted if own.get(key) != wanted[key])
