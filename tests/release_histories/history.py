"""What was seen of releases while things went wrong, and whether all of it may be: a history, and its laws."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a client runs with from one moment on; moments are seconds of the machine's monotonic clock.

    Attributes:
        client: one life of it: a process that was killed and started again is another.
        digest: of the release, as it is told.
        body: of the bytes that the client holds.
    """

    client: str
    at: float
    environment: str
    id: int
    digest: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A release of which somebody was told that it is in force.

    Attributes:
        asked: when it was asked for.
        at: when the answer was there.
        synchronous: whether it was to outlive any failover.
        rolled_back_to: the release whose bytes it takes up again; None for a new one.
    """

    asked: float
    at: float
    environment: str
    id: int
    digest: str
    synchronous: bool
    rolled_back_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a replica said of a head.

    Attributes:
        replica: one life of it.
        known: the id that was asked for at least.
        status: of the answer.
        id: that it told; None where it told none.
    """

    replica: str
    environment: str
    known: int
    status: int
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A release as the database has it in the end.

    Attributes:
        body: the digest of the bytes that it has.
    """

    id: int
    epoch: int
    environment: str
    digest: str
    body: str
    rolled_back_to: int | None = None


@dataclass(kw_only=True)
class History:
    """Everything that was seen.

    Attributes:
        written: the digests of all bodies that anybody ever wanted to release.
        failovers: when a standby was promoted.
        kept: the releases of the last primary, in the order of their ids.
        heads: the id of each environment's head there.
        living: the clients that lived to the end, and the environment of each.
    """

    sightings: list[Sighting] = field(default_factory=list)
    acknowledged: list[Acknowledgement] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    failovers: list[float] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    living: dict[str, str] = field(default_factory=dict)

    def lives(self) -> dict[str, list[Sighting]]:
        """What each client saw, in order."""
        found = defaultdict[str, list[Sighting]](list)
        for one in self.sightings:
            found[one.client].append(one)
        return found

    def told(self) -> str:
        """How much it is."""
        synchronous = sum(one.synchronous for one in self.acknowledged)
        lost = {one.id for one in self.acknowledged} - {one.id for one in self.kept}
        return (
            f"{len(self.acknowledged)} releases acknowledged ({synchronous} synchronous, {len(lost)} lost), "
            f"{len(self.kept)} kept, {len(self.lives())} lives of clients with {len(self.sightings)} sightings, "
            f"{len(self.answers)} answers of replicas"
        )


def breaches(history: History) -> list[str]:
    """What of a history may not be, each in a sentence."""
    return [broken for law in LAWS for broken in law(history)]


def ids_of_clients_never_fall(history: History) -> Iterator[str]:
    for client, seen in history.lives().items():
        for before, after in pairwise(seen):
            if after.id < before.id:
                yield f"{client} went back from release {before.id} to {after.id}."


def ids_of_replicas_never_fall(history: History) -> Iterator[str]:
    whose = lambda one: (one.replica, one.environment)  # noqa: E731
    told = sorted((one for one in history.answers if one.id is not None), key=whose)
    for (replica, environment), answers in groupby(told, whose):
        for before, after in pairwise(one.id or 0 for one in answers):
            if after < before:
                yield f"{replica} went back from release {before} to {after} of {environment}."


def nobody_who_is_behind_says_that_nothing_is_new(history: History) -> Iterator[str]:
    for one in history.answers:
        if one.status == 304 or (one.id is not None and one.id < one.known):
            told = "nothing new" if one.id is None else f"release {one.id}"
            yield f"{one.replica} was asked for at least release {one.known} of {one.environment}, and told {told}."


def bodies_are_what_they_are_called(history: History) -> Iterator[str]:
    held = [(one.client, one) for one in history.sightings] + [("the database", one) for one in history.kept]
    for who, one in held:
        if one.body != one.digest:
            yield f"{who} holds {one.body} as release {one.id}, whose digest is {one.digest}."


def nothing_is_held_that_was_not_released(history: History) -> Iterator[str]:
    for one in history.sightings:
        if one.digest not in history.written:
            yield f"{one.client} holds {one.digest} as release {one.id}, which nobody has released."


def an_id_is_one_release(history: History) -> Iterator[str]:
    known = defaultdict[int, set[tuple[str, str]]](set)
    for one in (*history.kept, *history.acknowledged, *history.sightings):
        known[one.id].add((one.environment, one.digest))
    for number, releases in known.items():
        if len(releases) > 1:
            yield f"Release {number} is several: {sorted(releases)}."


def what_was_acknowledged_is_kept(history: History) -> Iterator[str]:
    """Only what waited for no standby may be lost, and only with its primary."""
    kept = {one.id for one in history.kept}
    for one in history.acknowledged:
        may_be_lost = not one.synchronous and any(at >= one.asked for at in history.failovers)
        if one.id not in kept and not may_be_lost:
            yield f"Release {one.id} of {one.environment} was acknowledged, and is lost."


def who_lives_has_the_newest(history: History) -> Iterator[str]:
    lives = history.lives()
    for client, environment in history.living.items():
        seen, newest = lives.get(client), history.heads[environment]
        if seen is None or seen[-1].id != newest:
            yield f"{client} ended with release {seen[-1].id if seen else None}, and {newest} is in force."


def ids_rise_with_time(history: History) -> Iterator[str]:
    in_order = sorted(history.acknowledged, key=lambda one: one.at)
    for number, later in enumerate(in_order):
        before = [one.id for one in in_order[:number] if one.at < later.asked]
        if before and max(before) >= later.id:
            yield f"Release {later.id} was asked for when release {max(before)} was there."


def epochs_rise_with_ids(history: History) -> Iterator[str]:
    for before, after in pairwise(sorted(history.kept, key=lambda one: one.id)):
        if after.epoch < before.epoch:
            yield f"Release {after.id} is of epoch {after.epoch}, and release {before.id} of {before.epoch}."


def what_is_taken_up_again_has_the_old_bytes(history: History) -> Iterator[str]:
    bodies = {one.id: one.body for one in history.kept}
    told: Sequence[Kept | Acknowledgement] = (*history.kept, *history.acknowledged)
    for one in told:
        older = bodies.get(one.rolled_back_to or 0)
        if older is not None and one.digest != older:
            yield f"Release {one.id} takes up release {one.rolled_back_to} again, and has other bytes."


LAWS = (
    ids_of_clients_never_fall,
    ids_of_replicas_never_fall,
    nobody_who_is_behind_says_that_nothing_is_new,
    bodies_are_what_they_are_called,
    nothing_is_held_that_was_not_released,
    an_id_is_one_release,
    what_was_acknowledged_is_kept,
    who_lives_has_the_newest,
    ids_rise_with_time,
    epochs_rise_with_ids,
    what_is_taken_up_again_has_the_old_bytes,
)
