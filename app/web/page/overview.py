"""The overview: a card for each environment, and what matters most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.reports import wire
from app.reports.history import Snapshot
from app.web.page.findings import FindingItem, worst
from app.web.page.reading import PageReading
from app.web.page.recorded.history import Past

_MOST = 5
_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One environment.

    Attributes:
        one: its verdict.
        keys: how many values it has.
        own: how many of them it sets itself.
        fingerprint: so much of it as tells two apart.
        changed: when its values last changed, in words.
    """

    one: wire.EnvironmentReport
    keys: int
    own: int
    fingerprint: str
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The view.

    Attributes:
        cards: the environments: what is production-like first, then what is wrong above what is fine.
        lately: what changed last, newest first; None where that is not known now.
        now: what time it is.
        worst: the most severe findings.
        more: how many others there are.
    """

    cards: Sequence[Card]
    lately: Sequence[Snapshot] | None
    now: datetime | None
    worst: Sequence[FindingItem]
    more: int


def overview(reading: PageReading, past: Past) -> Overview:
    """The overview.

    Args:
        reading: what is shown.
        past: what is remembered.

    Raises:
        AssayError: the project cannot be used.
    """
    listed = worst(reading, _MOST)
    told = dict.fromkeys(reading.environments, "not known now") if past.changed is None else past.changed
    ordered = sorted(reading.report.environments, key=_rank)
    cards = [_card(reading, one, told.get(one.name, "not recorded")) for one in ordered]
    more = len(reading.causes) - len(listed)
    return Overview(cards=cards, lately=past.lately, now=past.now, worst=listed, more=more)


def _rank(one: wire.EnvironmentReport) -> tuple[bool, bool, int, int]:
    return not one.production, one.valid, -one.counts.error, -one.counts.warning


def _card(reading: PageReading, one: wire.EnvironmentReport, changed: str) -> Card:
    states = [row.cells[one.name].state for row in reading.matrix.rows if one.name in row.cells]
    return Card(
        one=one,
        keys=len(states) - states.count("missing"),
        own=states.count("own"),
        fingerprint=one.fingerprint.partition(":")[2][:_DIGITS],
        changed=changed,
    )
