"""Two columns compared: what one lacks of the other comes first, as a table and as lines to paste."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.core.errors import UnknownEnvironment, did_you_mean
from app.reports import wire
from app.web.page.grid.export import toml_of
from app.web.page.matrix import CellView, cell
from app.web.page.query import Asked
from app.web.page.reading import PageReading

type Kind = Literal["missing", "more", "differs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One key in both."""

    key: str
    left: CellView
    right: CellView


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterPart:
    """What is the matter with some keys, and the lines that would mend it; empty where there are none."""

    kind: Kind
    title: str
    pairs: Sequence[Pair]
    lines: str
    whose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The view.

    Attributes:
        environments: those that can be compared.
        left: the one that is compared.
        right: the other one.
        parts: what differs: what the right one lacks, what the left one lacks, then other values.
        equal: how many keys are the same in both.
    """

    environments: Sequence[str]
    left: str
    right: str
    parts: Sequence[MatterPart]
    equal: int


def comparison(reading: PageReading, asked: Asked) -> Comparison:
    """The comparison that is asked for; where none is, the active environment with a production-like one.

    Raises:
        UnknownEnvironment: there is none of that name.
        AssayError: the project cannot be used.
    """
    names = reading.matrix.environments
    left, right = (_known(name.strip().lower(), names) for name in (asked.left, asked.right))
    left = left or next(name for name in (reading.active, *names) if name in names)
    right = right or next((name for name in _likely(reading) if name != left), left)
    rows = [row for row in reading.matrix.rows if _is_different(row, left, right)]
    return Comparison(
        environments=names,
        left=left,
        right=right,
        parts=[part for part in _parts(rows, left, right) if part.pairs],
        equal=len(reading.matrix.rows) - len(rows),
    )


def _known(name: str, names: Sequence[str]) -> str:
    if name and name not in names:
        raise UnknownEnvironment(f"There is no environment {name[:60]!r}.", fix=did_you_mean(name[:100], names))
    return name


def _likely(reading: PageReading) -> Iterable[str]:
    """The environments that somebody compares with, the likeliest first."""
    yield from (one.name for one in reading.report.environments if one.production)
    yield from reading.matrix.environments


def _is_different(row: wire.MatrixRow, left: str, right: str) -> bool:
    one, other = row.cells[left], row.cells[right]
    return (one.state != other.state and "missing" in {one.state, other.state}) or (
        one.state != "missing" and one.group != other.group
    )


def _parts(rows: Sequence[wire.MatrixRow], left: str, right: str) -> Iterable[MatterPart]:
    lacking = [row for row in rows if row.cells[right].state == "missing"]
    more = [row for row in rows if row.cells[left].state == "missing"]
    changed = [row for row in rows if "missing" not in {row.cells[left].state, row.cells[right].state}]
    yield _part("missing", f"{right} lacks what {left} has", lacking, (left, right), source=left, whose=right)
    yield _part("more", f"{left} lacks what {right} has", more, (left, right), source=right, whose=left)
    yield _part("differs", "Other values", changed, (left, right), source=left, whose=right)


def _part(
    kind: Kind, title: str, rows: Sequence[wire.MatrixRow], sides: tuple[str, str], *, source: str, whose: str
) -> MatterPart:
    pairs = [Pair(key=row.key, left=_cell(row, sides[0]), right=_cell(row, sides[1])) for row in rows]
    return MatterPart(kind=kind, title=title, pairs=pairs, lines=toml_of(rows, source, whose), whose=whose)


def _cell(row: wire.MatrixRow, name: str) -> CellView:
    return cell(row, row.cells[name], {})
