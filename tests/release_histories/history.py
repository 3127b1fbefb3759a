"""What was seen of releases while things went wrong, and whether all of it may be: a history, and its laws."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What a client runs with from one moment on; moments are seconds since the trial began.

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
    """What a replica said of a head, or in the place of a release that it did not make.

    Attributes:
        replica: one life of it.
        at: when it was there.
        known: the id that was asked for at least.
        status: of the answer.
        id: that it told; None where it told none.
    """

    replica: str
    at: float
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
        living: the clients that nobody killed to the end, and the environment of each.
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


type Event = Sighting | Acknowledgement | Answer | Kept
type Broken = Iterator[tuple[str, Sequence[Event]]]
"""Each breach of a law: a sentence, and the events that show it."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that may not be.

    Attributes:
        law: the name of the one that it breaks.
        told: a sentence.
        events: those that show it.
    """

    law: str
    told: str
    events: Sequence[Event]

    def __str__(self) -> str:
        return "\n".join([f"{self.law}: {self.told}", *(f"    {event}" for event in self.events)])


def breaches(history: History) -> list[Breach]:
    """What of a history may not be."""
    return [Breach(law.__name__, told, events) for law in LAWS for told, events in law(history)]


def summary(seed: int, found: Sequence[Breach]) -> str:
    """The breaches of a trial: of each law the first one, since one often brings many of its like."""
    lines = []
    for law, broken in groupby(found, lambda one: one.law):
        first, *others = broken
        lines += [str(first), *([f"    and {len(others)} more of {law}"] if others else [])]
    return f"seed {seed}: " + "\n".join(lines)


def ids_of_clients_never_fall(history: History) -> Broken:
    for client, seen in history.lives().items():
        for before, after in pairwise(seen):
            if after.id < before.id:
                yield f"{client} went back from release {before.id} to {after.id}.", (before, after)


def ids_of_replicas_never_fall(history: History) -> Broken:
    whose = lambda one: (one.replica, one.environment)  # noqa: E731
    told = sorted((one for one in history.answers if one.id is not None), key=whose)
    for (replica, environment), answers in groupby(told, whose):
        for before, after in pairwise(answers):
            if (after.id or 0) < (before.id or 0):
                told = f"{replica} went back from release {before.id} to {after.id} of {environment}."
                yield told, (before, after)


def nobody_who_is_behind_says_that_nothing_is_new(history: History) -> Broken:
    for one in history.answers:
        if one.status == 304 or (one.id is not None and one.id < one.known):
            told = "nothing new" if one.id is None else f"release {one.id}"
            asked = f"{one.replica} was asked for at least release {one.known} of {one.environment}"
            yield f"{asked}, and told {told}.", (one,)


def who_cannot_answer_says_so(history: History) -> Broken:
    """While a database is away that is a 503; any other error would be one of the service's own."""
    for one in history.answers:
        if one.status >= 500 and one.status != 503:
            yield f"{one.replica} answered {one.status} about {one.environment}.", (one,)


def bodies_are_what_they_are_called(history: History) -> Broken:
    held = [(one.client, one) for one in history.sightings] + [("the database", one) for one in history.kept]
    for who, one in held:
        if one.body != one.digest:
            yield f"{who} holds {one.body} as release {one.id}, whose digest is {one.digest}.", (one,)


def nothing_is_held_that_was_not_released(history: History) -> Broken:
    for one in history.sightings:
        if one.digest not in history.written:
            yield f"{one.client} holds {one.digest} as release {one.id}, which nobody has released.", (one,)


def an_id_is_one_release(history: History) -> Broken:
    known = defaultdict[int, dict[tuple[str, str], Event]](dict)
    for one in (*history.kept, *history.acknowledged, *history.sightings):
        known[one.id].setdefault((one.environment, one.digest), one)
    for number, releases in known.items():
        if len(releases) > 1:
            yield f"Release {number} is several: {sorted(releases)}.", (*releases.values(),)


def what_was_acknowledged_is_kept(history: History) -> Broken:
    """Only what waited for no standby may be lost, and only with its primary."""
    kept = {one.id for one in history.kept}
    for one in history.acknowledged:
        may_be_lost = not one.synchronous and any(at >= one.asked for at in history.failovers)
        if one.id not in kept and not may_be_lost:
            yield f"Release {one.id} of {one.environment} was acknowledged, and is lost.", (one,)


def who_lives_has_the_newest(history: History) -> Broken:
    lives = history.lives()
    for client, environment in history.living.items():
        seen, newest = lives.get(client, [])[-1:], history.heads[environment]
        if [one.id for one in seen] != [newest]:
            told = f"{client} ended with release {seen[0].id if seen else None}, and {newest} is in force."
            yield told, (*seen, *(one for one in history.kept if one.id == newest))


def ids_rise_with_time(history: History) -> Broken:
    in_order = sorted(history.acknowledged, key=lambda one: one.at)
    for number, later in enumerate(in_order):
        before = [one for one in in_order[:number] if one.at < later.asked]
        newest = max(before, key=lambda one: one.id, default=None)
        if newest and newest.id >= later.id:
            yield f"Release {later.id} was asked for when release {newest.id} was there.", (newest, later)


def epochs_rise_with_ids(history: History) -> Broken:
    for before, after in pairwise(sorted(history.kept, key=lambda one: one.id)):
        if after.epoch < before.epoch:
            yield (
                f"Release {after.id} is of epoch {after.epoch}, and release {before.id} of {before.epoch}.",
                (before, after),
            )


def what_is_taken_up_again_has_the_old_bytes(history: History) -> Broken:
    kept = {one.id: one for one in history.kept}
    told: Sequence[Kept | Acknowledgement] = (*history.kept, *history.acknowledged)
    for one in told:
        older = kept.get(one.rolled_back_to or 0)
        if older and one.digest != older.body:
            yield f"Release {one.id} takes up release {one.rolled_back_to} again, and has other bytes.", (older, one)


LAWS = (
    ids_of_clients_never_fall,
    ids_of_replicas_never_fall,
    nobody_who_is_behind_says_that_nothing_is_new,
    who_cannot_answer_says_so,
    bodies_are_what_they_are_called,
    nothing_is_held_that_was_not_released,
    an_id_is_one_release,
    what_was_acknowledged_is_kept,
    who_lives_has_the_newest,
    ids_rise_with_time,
    epochs_rise_with_ids,
    what_is_taken_up_again_has_the_old_bytes,
)
