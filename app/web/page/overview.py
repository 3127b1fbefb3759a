"""The overview: a card for each environment, and what matters most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.reports import wire
from app.web.page.findings import FindingItem, worst
from app.web.page.reading import PageReading

_MOST = 8
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
        cards: the environments.
        worst: the most severe findings.
        more: how many others there are.
    """

    cards: Sequence[Card]
    worst: Sequence[FindingItem]
    more: int


def overview(reading: PageReading, changed: Mapping[str, str] | None) -> Overview:
    """The overview.

    Args:
        reading: what is shown.
        changed: when each environment last changed, as far as it is remembered; None where that is not known.

    Raises:
        AssayError: the project cannot be used.
    """
    listed = worst(reading, _MOST)
    told = dict.fromkeys(reading.environments, "not known now") if changed is None else changed
    cards = [_card(reading, one, told.get(one.name, "not recorded")) for one in reading.report.environments]
    return Overview(cards=cards, worst=listed, more=len(reading.causes) - len(listed))


def _card(reading: PageReading, one: wire.EnvironmentReport, changed: str) -> Card:
    states = [row.cells[one.name].state for row in reading.matrix.rows if one.name in row.cells]
    return Card(
        one=one,
        keys=len(states) - states.count("missing"),
        own=states.count("own"),
        fingerprint=one.fingerprint.partition(":")[2][:_DIGITS],
        changed=changed,
    )
