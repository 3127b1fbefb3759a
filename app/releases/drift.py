"""Drift: what an instance runs with that its release and its deployment do not say, told by digests alone.

What the release says is known, and so is what the deployment's manifests say. Of every other key (secrets, what only
the host has, what the code sets) the value is nobody's business: there the instances are held against each other, and
who is not with the majority is different.
"""

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from msgspec import Struct

from app.core.layers import dotted
from app.releases.body import canonical
from app.reports import wire
from app.reports.releases.instances import Drift, Instance, InstanceState

REPORT_SECONDS = 30
"""So often an instance reports."""

UNSEEN = timedelta(seconds=3 * REPORT_SECONDS)
"""Who has missed three reports is unseen."""


class ReportedInstance(Struct, frozen=True, kw_only=True):
    """What an instance has reported.

    Attributes:
        digests: the keyed digest of each effective value, by key.
        since: since when keys have their digests that changed after the process had started, as ISO 8601, by key.
        processes: how many report under its name just now.
    """

    name: str
    host: str
    environment: str
    started_at: datetime
    seen_at: datetime
    release: int | None
    digests: Mapping[str, str]
    since: Mapping[str, str]
    processes: int = 1


class ExpectedValues(Struct, frozen=True, kw_only=True):
    """What instances of the head should have.

    Attributes:
        release: the head's id.
        at: when it was made.
        digests: of each key that the release or the deployment says, by key.
    """

    release: int
    at: datetime
    digests: Mapping[str, str]


def flattened(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> dict[str, Any]:
    """The values of nested tables by their dotted keys; a list is one value, and so is an empty table."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        path = (*above, str(name) if above else str(name).lower())
        found |= flattened(value, path) if isinstance(value, dict) and value else {dotted(path): value}
    return found


def digests_of(values: Mapping[str, Any], key: bytes) -> dict[str, str]:
    """The keyed digest (HMAC-SHA256, in hexadecimal digits) of each value, as instances make it."""
    plain = {name: wire.plain(value) for name, value in values.items()}
    return {name: hmac.new(key, canonical(value), sha256).hexdigest() for name, value in plain.items()}


class Majority:
    """What most instances of an environment have, of which one after the other is counted."""

    def __init__(self) -> None:
        self._size = 0
        self._counts: dict[str, Counter[str]] = {}

    def count(self, digests: Mapping[str, str]) -> None:
        """One more instance, by what it has."""
        self._size += 1
        for key, digest in digests.items():
            self._counts.setdefault(key, Counter())[digest] += 1

    def usual(self) -> dict[str, str | None]:
        """What more than half of them have, by key: a digest, or None for not having it."""
        usual: dict[str, str | None] = {}
        for key, found in self._counts.items():
            digest, count = found.most_common(1)[0]
            if 2 * count > self._size:
                usual[key] = digest
            elif 2 * (self._size - found.total()) > self._size:
                usual[key] = None
        return usual


def judged(
    reported: Sequence[ReportedInstance], head: ExpectedValues | None, usual: Mapping[str, str | None], now: datetime
) -> list[Instance]:
    """Instances of one environment, each with its state.

    Args:
        reported: what they have told.
        head: what they should have; None where nothing was released.
        usual: what most instances of the environment have.
        now: the moment, with its zone.
    """
    held = {key: digest for key, digest in usual.items() if digest is not None}
    return [_judged(one, head, usual, held, now) for one in reported]


def _judged(
    one: ReportedInstance,
    head: ExpectedValues | None,
    usual: Mapping[str, str | None],
    held: Mapping[str, str],
    now: datetime,
) -> Instance:
    running = one.release or 0
    is_old = head is not None and running < head.release
    is_lost = head is not None and running > head.release  # of a primary that is gone, or of nobody
    differs = [] if is_old else _drift(one, head if head and head.release == running else None, usual, held)
    state: InstanceState = "different" if differs else "old" if is_old or is_lost else "current"
    return Instance(
        name=one.name, host=one.host, environment=one.environment, started_at=one.started_at, seen_at=one.seen_at,
        state="unseen" if now - one.seen_at > UNSEEN else state, release=one.release, differs=differs,
        judged=bool(one.digests), processes=one.processes,
    )  # fmt: skip


def _drift(
    one: ReportedInstance, expected: ExpectedValues | None, usual: Mapping[str, str | None], held: Mapping[str, str]
) -> list[Drift]:
    """The keys that differ; of a key that the release says, no earlier than since the release says so.

    Args:
        one: the instance.
        expected: what its release says.
        usual: what most have of each key that any has: of all of them only the instance's own are looked at.
        held: those of them that most have.
    """
    if not one.digests:  # it could make none: nothing is known of its values
        return []
    said = expected.digests if expected else {}
    differing = [key for key, digest in one.digests.items() if said.get(key, usual.get(key, digest)) != digest]
    lacking = [key for key in {**held, **said} if key not in one.digests]
    return [Drift(key=key, since=_since(one, key, expected)) for key in sorted([*differing, *lacking])]


def _since(one: ReportedInstance, key: str, expected: ExpectedValues | None) -> datetime:
    since = datetime.fromisoformat(one.since[key]) if key in one.since else min(one.started_at, one.seen_at)
    return max(since, expected.at) if expected and key in expected.digests else since
