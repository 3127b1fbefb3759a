"""What waits to be recorded is counted, whatever becomes of it."""

from datetime import UTC, datetime, timedelta

from app.history.store.drafts import GapDraft, ProbeDraft
from app.history.write_queue import Backlog, is_worth_telling
from app.reports import probe as probes

TARGET = probes.ProbedTarget(host="db", port=5432, name="orders", username="app", tls="disable")
PROBE = probes.Probe(ok=True, elapsed_ms=1.0, target=TARGET, stages=[], failure=None, server=None)


def at(seconds: float) -> datetime:
    return datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=seconds)


def a_draft(number: int = 0) -> ProbeDraft:
    return ProbeDraft(project="orders", probe=PROBE, environment=None, asked_by=f"{number}", asked_at=at(number))


def filled(number: int, room: int = 10) -> Backlog:
    backlog = Backlog(room)
    for one in range(number):
        backlog.add(a_draft(one), at(one))
    return backlog


def write_all(backlog: Backlog, now: datetime) -> None:
    while len(backlog):
        backlog.take()
        backlog.wrote("recorded", now)


def test_the_oldest_comes_first_and_what_was_put_back_comes_again() -> None:
    backlog = filled(2)
    assert backlog.take() == a_draft(0)
    assert len(backlog) == 2
    backlog.put_back()
    assert [backlog.take(), len(backlog)] == [a_draft(0), 2]
    backlog.wrote("recorded", at(9))
    assert [backlog.take(), len(backlog)] == [a_draft(1), 1]


def test_of_too_many_the_oldest_goes_but_not_the_one_at_work() -> None:
    backlog = filled(2, room=2)
    taken = backlog.take()
    assert not backlog.add(a_draft(2), at(2))
    backlog.put_back()
    assert (taken, len(backlog), backlog.counts["lost"]) == (a_draft(0), 2, 1)
    assert [backlog.take(), backlog.wrote("recorded", at(3)), backlog.take()] == [a_draft(0), None, a_draft(2)]


def test_a_gap_lasts_from_the_first_failure_to_the_first_answer_and_is_told_when_nothing_waits_any_more() -> None:
    backlog = filled(2)
    backlog.missed(at(10))
    backlog.missed(at(20))
    assert backlog.trouble == "Nothing can be recorded since 2026-07-01T12:00:10+00:00; 2 wait, 0 were lost."
    backlog.take()
    backlog.wrote("recorded", at(30))
    assert (backlog.trouble, backlog.away_since, backlog.gap("orders", "web-1")) == (None, None, None)
    backlog.add(a_draft(3), at(31))
    backlog.take()
    backlog.wrote("recorded", at(32))
    told = GapDraft(project="orders", host="web-1", since=at(10), until=at(30), late=2, lost=0)
    assert backlog.gap("orders", "web-1") == told
    write_all(backlog, at(33))
    assert backlog.gap("orders", "web-1") == told
    assert not backlog.is_settled
    backlog.close_gap()
    assert backlog.is_settled


def test_a_gap_that_begins_again_before_it_was_told_is_one() -> None:
    backlog = filled(1)
    backlog.missed(at(10))
    backlog.answered(at(20))
    backlog.missed(at(21))
    assert backlog.away_since == at(10)
    write_all(backlog, at(40))
    gap = backlog.gap("orders", "web-1")
    assert gap is not None
    assert (gap.since, gap.until, gap.late) == (at(10), at(40), 1)


def test_what_others_have_recorded_is_not_late_and_what_came_too_late_is_lost() -> None:
    backlog = filled(2)
    backlog.missed(at(10))
    backlog.take()
    backlog.wrote("known", at(20))
    backlog.take()
    backlog.wrote("late", at(20))
    gap = backlog.gap("orders", "web-1")
    assert gap is not None
    assert (gap.late, gap.lost, backlog.counts) == (0, 1, {"known": 1, "lost": 1})
    assert backlog.last_recorded_at is None


def test_what_is_refused_is_lost_and_told() -> None:
    backlog = filled(1)
    backlog.take()
    backlog.refused(at(5))
    backlog.answered(at(5))
    gap = backlog.gap("orders", "web-1")
    assert gap is not None
    assert is_worth_telling(gap)
    assert (len(backlog), gap.lost) == (0, 1)


def test_what_was_mended_at_once_is_no_gap() -> None:
    def gap(seconds: float, lost: int = 0) -> GapDraft:
        return GapDraft(project="orders", host="web-1", since=at(0), until=at(seconds), late=1, lost=lost)

    assert not is_worth_telling(gap(0.9))
    assert is_worth_telling(gap(1))
    assert is_worth_telling(gap(0, lost=1))


def test_nothing_is_left_of_what_is_not_wanted_any_more() -> None:
    backlog = filled(3)
    backlog.missed(at(10))
    backlog.clear()
    assert (len(backlog), backlog.away_since, backlog.is_settled) == (0, None, True)
