"""The checker of histories: it lets pass what may be, and tells each breach that is planted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from release_histories.history import LAWS, Acknowledgement, Answer, History, Kept, Sighting, breaches, summary

OLD, NEW, OTHER, LOST = "sha256:old", "sha256:new", "sha256:other", "sha256:lost"


def seen(number: int, digest: str, at: float, client: str = "ada", **more: Any) -> Sighting:
    fields = {"environment": "production", "body": digest, **more}
    return Sighting(client=client, at=at, id=number, digest=digest, **fields)


def told(number: int, digest: str, asked: float, **more: Any) -> Acknowledgement:
    fields = {"environment": "production", "synchronous": True, **more}
    return Acknowledgement(asked=asked, at=asked + 0.5, id=number, digest=digest, **fields)


def answered(replica: str, known: int, status: int, number: int | None = None, **more: Any) -> Answer:
    fields = {"environment": "production", "at": 4.0, **more}
    return Answer(replica=replica, known=known, status=status, id=number, **fields)


def kept(number: int, digest: str, epoch: int = 1, **more: Any) -> Kept:
    return Kept(**{"id": number, "epoch": epoch, "environment": "production", "digest": digest, "body": digest, **more})


def good() -> History:
    """Three releases, a failover that loses a fourth which waited for no standby, a rollback; one client is behind."""
    return History(
        sightings=[
            seen(1, OLD, 1.0), seen(2, NEW, 2.0), seen(4, LOST, 4.0), seen(1_000_005, OLD, 6.0),
            seen(1, OLD, 1.1, "bob"), seen(1_000_005, OLD, 7.0, "bob"),
            seen(1, OLD, 1.1, "killed"), seen(3, OTHER, 3.0, "staging 1", environment="staging"),
        ],
        acknowledged=[
            told(1, OLD, 0.1), told(2, NEW, 1.2), told(3, OTHER, 2.2, environment="staging"),
            told(4, LOST, 3.0, synchronous=False), told(1_000_005, OLD, 5.0, rolled_back_to=1),
        ],
        answers=[
            answered("one 1", 0, 200, 1),
            answered("one 1", 0, 404, environment="staging"),
            answered("one 1", 4, 503),
            answered("one 1", 2, 200, 4),
            answered("one 2", 0, 200, 2),
        ],
        written={OLD, NEW, OTHER, LOST},
        failovers=[4.5],
        kept=[
            kept(1, OLD), kept(2, NEW), kept(3, OTHER, environment="staging"),
            kept(1_000_005, OLD, 2, rolled_back_to=1),
        ],
        heads={"production": 1_000_005, "staging": 3},
        living={"ada": "production", "bob": "production", "staging 1": "staging"},
    )  # fmt: skip


def plant(**more: Any) -> Callable[[History], None]:
    """Adds to lists of the history."""

    def add(history: History) -> None:
        for name, item in more.items():
            getattr(history, name).append(item)

    return add


def without_kept(number: int) -> Callable[[History], None]:
    def take(history: History) -> None:
        history.kept = [one for one in history.kept if one.id != number]

    return take


def with_other_rollback(history: History) -> None:
    history.kept[-1] = replace(history.kept[-1], digest=NEW, body=NEW)
    history.acknowledged = [one for one in history.acknowledged if one.id < 1_000_000]
    history.sightings = [replace(one, digest=NEW, body=NEW) if one.id > 1_000_000 else one for one in history.sightings]


def with_late_ids(history: History) -> None:
    history.acknowledged[1] = replace(history.acknowledged[1], asked=5.6, at=5.8)


def without_failover(history: History) -> None:
    history.failovers.clear()


def without_sighting_of_bob(history: History) -> None:
    history.sightings = [one for one in history.sightings if one.client != "bob" or one.id < 5]


def without_bob(history: History) -> None:
    history.sightings = [one for one in history.sightings if one.client != "bob"]


PLANTED = {
    "a client goes back": (
        lambda history: history.sightings.insert(3, seen(3, OTHER, 4.1, environment="staging")),
        ["ada went back from release 4 to 3."],
    ),
    "a replica goes back": (
        plant(answers=answered("one 1", 0, 200, 2)),
        ["one 1 went back from release 4 to 2 of production."],
    ),
    "a replica that is behind says 304": (
        plant(answers=answered("one 2", 4, 304)),
        ["one 2 was asked for at least release 4 of production, and told nothing new."],
    ),
    "a replica that is behind tells an older one": (
        plant(answers=answered("two 1", 4, 200, 2)),
        ["two 1 was asked for at least release 4 of production, and told release 2."],
    ),
    "a replica fails": (
        plant(answers=answered("one 1", 0, 500)),
        ["one 1 answered 500 about production."],
    ),
    "a client holds other bytes": (
        plant(sightings=seen(2, NEW, 3.0, "killed", body="sha256:torn")),
        ["killed holds sha256:torn as release 2, whose digest is sha256:new."],
    ),
    "a client holds what nobody released": (
        lambda history: history.written.discard(LOST),
        ["ada holds sha256:lost as release 4, which nobody has released."],
    ),
    "an id comes twice": (
        plant(sightings=seen(4, NEW, 5.0, "killed")),
        ["Release 4 is several: [('production', 'sha256:lost'), ('production', 'sha256:new')]."],
    ),
    "a synchronous release is lost": (
        without_kept(2),
        ["Release 2 of production was acknowledged, and is lost."],
    ),
    "a release is lost without a failover": (
        without_failover,
        ["Release 4 of production was acknowledged, and is lost."],
    ),
    "a client stays behind": (
        without_sighting_of_bob,
        ["bob ended with release 1, and 1000005 is in force."],
    ),
    "a client sees nothing": (without_bob, ["bob ended with release None, and 1000005 is in force."]),
    "an id is given late": (with_late_ids, ["Release 2 was asked for when release 1000005 was there."]),
    "an epoch falls": (
        lambda history: history.kept.__setitem__(0, replace(history.kept[0], epoch=2)),
        ["Release 2 is of epoch 1, and release 1 of 2."],
    ),
    "a rollback has other bytes": (
        with_other_rollback, ["Release 1000005 takes up release 1 again, and has other bytes."],
    ),
}  # fmt: skip


def test_what_may_be_passes() -> None:
    assert breaches(good()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_told_and_nothing_else(name: str) -> None:
    breach, told = PLANTED[name]
    history = good()
    breach(history)
    assert [one.told for one in breaches(history)] == told


def test_every_law_has_a_breach_that_is_planted() -> None:
    broken = set()
    for breach, _ in PLANTED.values():
        history = good()
        breach(history)
        broken |= {law for law in LAWS if list(law(history))}
    assert broken == set(LAWS)


def test_a_breach_is_told_first_with_the_few_events_that_show_it() -> None:
    history = good()
    PLANTED["a client goes back"][0](history)
    first, *events = summary(101, breaches(history)).splitlines()
    assert first == "seed 101: ids_of_clients_never_fall: ada went back from release 4 to 3."
    assert events == [f"    {one}" for one in history.sightings[2:4]]


def test_of_each_law_the_first_breach_is_told() -> None:
    history = good()
    history.written.clear()
    PLANTED["an epoch falls"][0](history)
    told = summary(7, breaches(history)).splitlines()
    assert [line.partition(" ")[0] for line in told if not line.startswith(" ")] == ["seed", "epochs_rise_with_ids:"]
    assert told[2] == f"    and {len(history.sightings) - 1} more of nothing_is_held_that_was_not_released"
    assert len(told) == 6


def test_every_breach_has_events_that_show_it() -> None:
    for name, (breach, _) in PLANTED.items():
        history = good()
        breach(history)
        assert all(0 < len(one.events) <= 3 for one in breaches(history)), name
