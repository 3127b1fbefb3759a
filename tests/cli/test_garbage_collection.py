"""Tests of what the collector looks through while the service runs."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.cli.garbage_collection import MANY, THOROUGH_SECONDS, ShortCollections


class Circle:
    """Something that only the collector can take away."""

    def __init__(self) -> None:
        self.itself = self


class Hours:
    """A clock that is set by hand."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Iterator[Hours]:
    """The clock of the collections, which are short as long as a test runs, and for which everything is much."""
    hours = Hours()
    short = ShortCollections(hours, many=0)
    short.begin()
    yield hours
    short.end()


@pytest.mark.usefixtures("clock")
def test_what_stays_is_looked_through_once() -> None:
    stays = [Circle() for _ in range(100)]
    gc.collect()
    watched = {id(one) for one in gc.get_objects()}
    assert not watched & {id(one) for one in stays}


@pytest.mark.usefixtures("clock")
def test_what_nobody_needs_is_taken_away() -> None:
    gone = weakref.ref(Circle())
    gc.collect()
    assert gone() is None


def test_what_became_garbage_after_it_was_frozen_is_taken_away_within_the_hour(clock: Hours) -> None:
    later = Circle()
    gc.collect()
    gone = weakref.ref(later)
    del later
    gc.collect()
    assert gone() is not None
    clock.seconds = THOROUGH_SECONDS + 1
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("clock")
def test_garbage_among_what_is_frozen_never_grows_beyond_half_of_it() -> None:
    kept = gc.get_freeze_count()
    most = 0
    for _ in range(10):
        gone = [Circle() for _ in range(kept // 8)]
        gc.collect()
        del gone
        most = max(most, gc.get_freeze_count())
    assert kept < most < 2 * kept


def test_little_is_not_frozen_so_that_its_garbage_goes_at_once() -> None:
    short = ShortCollections()
    short.begin()
    try:
        frozen, later = gc.get_freeze_count(), Circle()
        gc.collect()
        gone = weakref.ref(later)
        del later
        gc.collect()
        assert gone() is None
        much = [Circle() for _ in range(MANY)]
        gc.collect()
        assert gc.get_freeze_count() >= frozen + len(much)
    finally:
        short.end()


@pytest.mark.usefixtures("clock")
def test_young_collections_freeze_nothing() -> None:
    before = gc.get_freeze_count()
    young = [Circle() for _ in range(100)]
    gc.collect(0)
    gc.collect(1)
    assert gc.get_freeze_count() == before
    assert len(young) == 100


def test_after_the_end_everything_is_looked_through_again() -> None:
    short = ShortCollections()
    short.begin()
    short.end()
    assert gc.get_freeze_count() == 0
