"""The write queue: what waits to be recorded, bounded, and what became of it. No database is asked here."""

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.history.store.drafts import GapDraft, Outcome, ProbeDraft, SnapshotDraft

ROOM = 1_000
"""So many drafts may wait."""

_SHORTEST = timedelta(seconds=1)
"""What was mended before is no gap, if nothing was lost."""

type Draft = SnapshotDraft | ProbeDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft, and since when it waits."""

    draft: Draft
    since: datetime


@dataclass(kw_only=True)
class _Gap:
    """A time in which nothing could be recorded; `until` is None as long as it goes on."""

    since: datetime
    until: datetime | None = None
    late: int = 0
    lost: int = 0


class Backlog:
    """The drafts that wait, oldest first; of too many the oldest is lost.

    Args:
        room: how many may wait.

    Attributes:
        counts: how many were `recorded`, `known` to the database already, or `lost`.
        last_recorded_at: when one was last written; None before that.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._drafts: deque[Waiting] = deque()
        self._at_work: Waiting | None = None
        self._gap: _Gap | None = None
        self.counts: Counter[str] = Counter()
        self.last_recorded_at: datetime | None = None

    def __len__(self) -> int:
        return len(self._drafts) + (self._at_work is not None)

    @property
    def away_since(self) -> datetime | None:
        """Since when nothing can be recorded; None while it can."""
        return self._gap.since if self._gap and self._gap.until is None else None

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to write, not even that there was a gap."""
        return not len(self) and self._gap is None

    @property
    def trouble(self) -> str | None:
        """Why the history is incomplete just now, in a sentence; None where it is not."""
        if self._gap is None or self._gap.until is not None:
            return None
        since = self._gap.since.isoformat(timespec="seconds")
        return f"Nothing can be recorded since {since}; {len(self)} wait, {self._gap.lost} were lost."

    def add(self, draft: Draft, now: datetime) -> bool:
        """Takes a draft in; false where there was no room, so that the oldest is lost."""
        self._drafts.append(Waiting(draft=draft, since=now))
        if len(self) <= self._room:
            return True
        self._drafts.popleft()
        self._lose(now)
        return False

    def take(self) -> Draft:
        """The oldest, to be written now; until it is `wrote`, `refused` or `put_back`, it still waits."""
        self._at_work = self._drafts.popleft()
        return self._at_work.draft

    def put_back(self) -> None:
        """What was taken could not be written yet."""
        if self._at_work:
            self._drafts.appendleft(self._at_work)
        self._at_work = None

    def clear(self) -> None:
        """Nothing is to be recorded any more."""
        self._drafts.clear()
        self._gap = None

    def wrote(self, outcome: Outcome, now: datetime) -> None:
        """What was taken is written, or need not be; `late`: it cannot be any more, since newer ones are."""
        taken, self._at_work = self._at_work, None
        self.answered(now)
        if outcome == "late":
            self._lose(now)
            return
        self.counts[outcome] += 1
        if outcome == "recorded":
            self.last_recorded_at = now
            if self._gap and self._waited(taken):
                self._gap.late += 1

    def refused(self, now: datetime) -> None:
        """What was taken will never be written."""
        self._at_work = None
        self._lose(now)

    def _lose(self, now: datetime) -> None:
        self.counts["lost"] += 1
        self._gap = self._gap or _Gap(since=now)
        self._gap.lost += 1

    def missed(self, now: datetime) -> None:
        """The database is away."""
        self._gap = self._gap or _Gap(since=now)
        self._gap.until = None

    def answered(self, now: datetime) -> None:
        """The database is there."""
        if self._gap and self._gap.until is None:
            self._gap.until = now

    def _waited(self, waiting: Waiting | None) -> bool:
        """Whether a draft waited in the gap, which is over."""
        over = self._gap.until if self._gap else None
        return waiting is not None and over is not None and waiting.since <= over

    def gap(self, project: str, host: str) -> GapDraft | None:
        """The gap that is to be told now: it is over, and what waited in it is written. None where there is none."""
        found = self._gap
        if found is None or found.until is None or self._waited(next(iter(self._drafts), None)):
            return None
        return GapDraft(project=project, host=host, since=found.since, until=found.until, late=found.late,
                        lost=found.lost)  # fmt: skip

    def close_gap(self) -> None:
        """The gap was told."""
        self._gap = None


def is_worth_telling(gap: GapDraft) -> bool:
    """Whether anybody would miss it: a session that was replaced at once is no gap."""
    return gap.lost > 0 or gap.until - gap.since >= _SHORTEST
