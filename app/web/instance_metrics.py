"""What can be counted of instances: how many run with which release, and how old the oldest of these is."""

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.core.errors import AssayError
from app.releases.store.instances import ReleaseInUse, in_use
from app.service.questions import one_moment
from app.service.runtime import Service

_PATIENCE_SECONDS = 1.0
"""A database that takes longer for so little keeps no scrape waiting; then nothing is told of instances."""

_KEPT_SECONDS = 10.0
"""So long the same is told to whoever scrapes: instances report every half minute, and it is counted over all rows."""


class RecentlyInUse:
    """Which releases instances run with, asked once in a while, however many scrape and however often.

    Args:
        ask: tells it.
        clock: tells seconds.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[Sequence[ReleaseInUse]]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._clock = ask, clock
        self._asking = asyncio.Lock()
        self._found: Sequence[ReleaseInUse] = ()
        self._good_until = -math.inf

    async def found(self) -> Sequence[ReleaseInUse]:
        """What was told last; asked anew where that is too old."""
        async with self._asking:
            if self._clock() >= self._good_until:
                self._found = await self._ask()
                self._good_until = self._clock() + _KEPT_SECONDS
            return self._found


async def instances_in_use(service: Service) -> Sequence[ReleaseInUse]:
    """Which releases the instances run with that report; empty where that cannot be told just now."""
    if service.manager is None:
        return ()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), one_moment(service.manager) as session:
            return await in_use(session, list(service.projects), service.now())
    except (AssayError, TimeoutError):
        return ()


class InstancesInUse(Collector):
    """The metrics of instances.

    Args:
        found: which releases they run with.
    """

    def __init__(self, found: Sequence[ReleaseInUse]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """How many there are in each state with each release, and since when there is the oldest that is in use."""
        counts: Counter[tuple[str, str, str, str]] = Counter()
        for one in self._found:
            counts[one.project, one.environment, _state(one), str(one.release or "")] += one.count
        family = GaugeMetricFamily(
            "assay_instances",
            "Instances, by the release that they run with.",
            labels=["project", "environment", "state", "release"],
        )
        for labels, count in counts.items():
            family.add_metric(labels, count)
        yield family
        oldest = GaugeMetricFamily(
            "assay_release_oldest_in_use_timestamp_seconds",
            "When the oldest release was made that an instance reports.",
            labels=["project", "environment"],
        )
        seen = defaultdict[tuple[str, str], list[float]](list)
        for one in self._found:
            if one.made_at and not one.is_unseen:
                seen[one.project, one.environment].append(one.made_at.timestamp())
        for place in sorted(seen):
            oldest.add_metric(place, min(seen[place]))
        yield oldest


def _state(one: ReleaseInUse) -> str:
    if one.is_unseen:
        return "unseen"
    if one.head is not None and (one.release or 0) < one.head:
        return "old"
    return "unjudged" if one.is_unjudged else "current"
