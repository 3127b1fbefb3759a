"""`/metrics`: what can be counted, in Prometheus' text format.

Counters and histograms add up over all workers, which share a folder. What a worker knows as well as any other (the
reports, the fingerprints) the one that is asked tells.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app import __version__
from app.core.errors import AssayError
from app.releases.delivery.delivery import Delivery
from app.releases.store.instances import ReleaseInUse
from app.reports.environments import Environments
from app.reports.probe import Probe
from app.service.runtime import Service
from app.watching.cached_answers import listing
from app.web.history_metrics import HistoryMetrics
from app.web.instance_metrics import InstancesInUse, RecentlyInUse, instances_in_use

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one application counts.

    Args:
        service: what its own collectors ask.
        shared: the folder which all workers share; None where there is one alone.

    Attributes:
        in_use: which releases the instances run with, for `text`.
    """

    def __init__(self, service: Service, shared: str | None) -> None:
        self._service = service
        self._shared = shared
        self._loop = asyncio.get_running_loop()
        self.in_use = RecentlyInUse(partial(instances_in_use, service))
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "assay_http_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "assay_http_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self._probes = Histogram(
            "assay_probe_stage_seconds", "Time of each stage of probes.", ["stage"], buckets=_SECONDS, registry=registry
        )
        self._failures = Counter("assay_probe_failures", "Probes that failed.", ["stage", "code"], registry=registry)
        self._pool = Gauge(
            "assay_pool_connections",
            "Connections of the pools.",
            ["state"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._listeners = Gauge("assay_release_listeners", "Streams that tell of releases.", registry=registry,
                                multiprocess_mode="livesum")  # fmt: skip
        self._history = HistoryMetrics(service.recorder.backlog, registry) if service.recorder else None
        if service.recorder and self._history:
            service.recorder.told = self._history.look

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def probed(self, probe: Probe) -> None:
        """One probe has ended."""
        for stage in probe.stages:
            if stage.status != "skipped":
                self._probes.labels(stage.name).observe(stage.ms / 1000)
        if probe.failure:
            self._failures.labels(probe.failure.stage, probe.failure.code).inc()

    def look(self) -> None:
        """Takes the pool's counts, and the history's."""
        if self._history:
            self._history.look()
        if self._service.delivery:
            self._listeners.set(self._service.delivery.listeners)
        if self._service.manager:
            pool = self._service.manager.pool
            for state, number in (("in_use", pool.in_use), ("idle", pool.idle), ("overflow", pool.overflow)):
                self._pool.labels(state).set(number)

    def text(self, instances: Sequence[ReleaseInUse] = ()) -> bytes:
        """Everything, as Prometheus reads it.

        Args:
            instances: which releases they run with.
        """
        self.look()
        if self._shared is None:
            counted = generate_latest(self._registry)
        else:
            _bury(Path(self._shared))
            all_workers = CollectorRegistry()
            all_workers.register(AllWorkers(Path(self._shared)))
            counted = generate_latest(all_workers)
        own = CollectorRegistry()
        own.register(Known(self._service, self._loop))
        own.register(InstancesInUse(instances))
        return counted + generate_latest(own)


class AllWorkers(Collector):
    """What all workers count together; a file that one has only just made, and that is empty yet, says nothing.

    Args:
        folder: which they share.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """The sums."""
        files = [str(file) for file in self._folder.glob("*.db") if _has_begun(file)]
        yield from MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]  # it has no types


def _has_begun(file: Path) -> bool:
    """Whether a worker has written anything there; that of one that has ended goes meanwhile."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


class Known(Collector):
    """What every worker knows: the reports and the readings.

    Args:
        service: whose.
        loop: where it runs.
    """

    def __init__(self, service: Service, loop: asyncio.AbstractEventLoop) -> None:
        self._service = service
        self._loop = loop

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        live = self._service.live
        yield InfoMetricFamily("assay_build", "This program.", value={"version": __version__})
        reloads = CounterMetricFamily("assay_profile_reloads", "Readings of the profiles.", labels=["result"])
        reloads.add_metric(["success"], live.successes)
        reloads.add_metric(["failure"], live.failures)
        yield reloads
        broken = CounterMetricFamily("assay_background_failures", "Background work begun again.", labels=["work"])
        recorder = self._service.recorder
        delivery = self._service.delivery
        kept = (*(recorder.background if recorder else ()), *(delivery.background if delivery else ()))
        for one in (*self._service.background, *kept):
            broken.add_metric([one.name], one.failures)
        yield broken
        if restarts := self._service.restarts:
            yield CounterMetricFamily(
                "assay_embedded_restarts", "Starts of the embedded database after it had ended.", restarts.count
            )
        yield GaugeMetricFamily(
            "assay_tasks", "What is going on in the event loop.", len(asyncio.all_tasks(self._loop))
        )
        if delivery:
            yield from _delivered(delivery)
        good = live.last_good_at
        yield GaugeMetricFamily(
            "assay_profile_last_good_timestamp_seconds",
            "When the profiles last were read without an error in them.",
            value=good.timestamp() if good else 0,
        )
        with suppress(AssayError):
            # What was worked out for this reading already; to do so at each scrape would keep everybody waiting.
            listed = live.picture.answer(listing(live.picture.workspace))
            yield from _verdicts(msgspec.json.decode(listed.body, type=Environments))


def _delivered(delivery: Delivery) -> Iterator[Metric]:
    labels = ("project", "environment")
    heads = GaugeMetricFamily("assay_release_head_id", "The release that is delivered.", labels=labels)
    for place, number in delivery.heads.ids.items():
        heads.add_metric(place, number)
    yield heads
    at = delivery.read_at
    yield GaugeMetricFamily(
        "assay_release_read_timestamp_seconds",
        "When the releases last were read from the database, 0 where never.",
        value=at.timestamp() if at else 0,
    )


def _verdicts(listed: Environments) -> Iterator[Metric]:
    findings = GaugeMetricFamily("assay_findings", "Findings.", labels=["environment", "severity"])
    fingerprints = InfoMetricFamily("assay_configuration", "What each environment runs with.", labels=["environment"])
    unjudged = GaugeMetricFamily(
        "assay_environment_not_judged", "Whether an environment could not be judged (1).", labels=["environment"]
    )
    for one in listed.environments:
        unjudged.add_metric([one.name], 0 if one.judged else 1)
        for severity in ("error", "warning", "info"):
            findings.add_metric([one.name, severity], getattr(one.counts, severity))
        fingerprints.add_metric([one.name], {"fingerprint": one.fingerprint})
    yield findings
    yield unjudged
    yield fingerprints


def _bury(folder: Path) -> None:
    """Forgets the gauges of workers that have ended."""
    for path in folder.glob("gauge_live*.db"):
        pid = int(path.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # it has no types
        except PermissionError:
            continue
