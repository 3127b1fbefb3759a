"""The columns of the matrix: which, in which order, and which stay in sight; all of it in the address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.errors import did_you_mean
from app.web.page.query import Asked

MOST_PINNED = 3
"""So many columns may stay beside the keys; more would leave no room for the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One environment in the list of columns, with the addresses that change its place; empty where it cannot change.

    Attributes:
        name: the environment's.
        shown: whether it has a column.
        pinned: whether it stays in sight.
        toggle: shows it, or leaves it out.
        pin: pins it, or lets it go.
        earlier: one place to the left.
        later: one place to the right.
    """

    name: str
    shown: bool
    pinned: bool
    toggle: str
    pin: str
    earlier: str
    later: str


def chosen(asked: Asked, environments: Sequence[str]) -> list[str]:
    """The environments that have a column, in their order: those that are pinned come first."""
    if asked.environment:
        return [asked.environment]
    named = [name for name in _names(asked.columns) if name in environments] or list(environments)
    pinned = pinned_of(asked, named)
    return [*pinned, *(name for name in named if name not in pinned)]


def pinned_of(asked: Asked, named: Sequence[str]) -> list[str]:
    """Those of them that stay in sight."""
    return [name for name in _names(asked.pinned) if name in named][:MOST_PINNED]


def unknown(asked: Asked, environments: Sequence[str]) -> Iterator[str]:
    """What the address names and no environment is, each with the nearest."""
    for name in dict.fromkeys((*_names(asked.columns), *_names(asked.pinned))):
        if environments and name not in environments:
            yield f"There is no environment {name[:60]!r}. {did_you_mean(name[:100], environments)}"


def columns(asked: Asked, environments: Sequence[str]) -> list[Column]:
    """Every environment with the ways to change its column, those that are shown first."""
    shown = chosen(asked, environments)
    others = [name for name in environments if name not in shown]
    return [_column(asked, environments, shown, name) for name in (*shown, *others)]


def _column(asked: Asked, environments: Sequence[str], shown: list[str], name: str) -> Column:
    pinned = pinned_of(asked, shown)
    is_shown, is_pinned = name in shown, name in pinned
    without = [one for one in shown if one != name]
    toggled = without if is_shown else [*shown, name]
    may_pin = is_shown and (is_pinned or len(pinned) < MOST_PINNED)
    pins = [one for one in pinned if one != name] if is_pinned else [*pinned, name]
    return Column(
        name=name,
        shown=is_shown,
        pinned=is_pinned,
        toggle=_link(asked, environments, toggled, [one for one in pinned if one in toggled]) if toggled else "",
        pin=_link(asked, environments, shown, pins) if may_pin else "",
        earlier=_moved(asked, environments, shown, name, -1) if is_shown else "",
        later=_moved(asked, environments, shown, name, 1) if is_shown else "",
    )


def _moved(asked: Asked, environments: Sequence[str], shown: Sequence[str], name: str, step: int) -> str:
    """The address with a column one place further, among the pinned or among the others."""
    pinned = pinned_of(asked, shown)
    place, other = shown.index(name), shown.index(name) + step
    if not 0 <= other < len(shown) or (name in pinned) != (shown[other] in pinned):
        return ""
    moved = list(shown)
    moved[place], moved[other] = moved[other], moved[place]
    return _link(asked, environments, moved, [one for one in moved if one in pinned])


def _link(asked: Asked, environments: Sequence[str], shown: Sequence[str], pinned: Sequence[str]) -> str:
    """The address of these columns; what is as always is left out of it."""
    plain = [*pinned, *(name for name in environments if name not in pinned)]
    said = "" if list(shown) == plain else ",".join(shown)
    return asked.link(columns=said, pinned=",".join(pinned), environment="", key="") + "#columns"


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip().lower())]
