"""What can be counted of the history: what was recorded, what waits, what was lost."""

from collections import Counter as Counts

from prometheus_client import CollectorRegistry, Counter, Gauge

from app.history.write_queue import Backlog

_RESULTS = ("recorded", "known", "lost")


class HistoryMetrics:
    """What one process counts of its recording; several workers' counts add up.

    Args:
        backlog: what waits, and what became of the rest.
        registry: where the metrics stand.
    """

    def __init__(self, backlog: Backlog, registry: CollectorRegistry) -> None:
        self._backlog = backlog
        self._seen: Counts[str] = Counts()
        self._records = Counter("assay_history_records", "Records of the history.", ["result"], registry=registry)
        self._waiting = Gauge("assay_history_waiting", "Records that wait to be written.", registry=registry,
                              multiprocess_mode="livesum")  # fmt: skip
        self._away = Gauge("assay_history_away_since_timestamp_seconds", "Since when nothing can be recorded, else 0.",
                           registry=registry, multiprocess_mode="livemax")  # fmt: skip
        self._last = Gauge("assay_history_last_recorded_timestamp_seconds", "When something was last recorded.",
                           registry=registry, multiprocess_mode="max")  # fmt: skip
        self.look()

    def look(self) -> None:
        """Takes the counts of this moment."""
        counts, away, last = self._backlog.counts, self._backlog.away_since, self._backlog.last_recorded_at
        for result in _RESULTS:
            self._records.labels(result).inc(counts[result] - self._seen[result])
        self._seen = counts.copy()
        self._waiting.set(len(self._backlog))
        self._away.set(away.timestamp() if away else 0)
        if last:
            self._last.set(last.timestamp())
