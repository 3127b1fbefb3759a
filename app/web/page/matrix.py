"""The matrix: keys by environments, in sections that fold."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby

from markupsafe import Markup, escape
from msgspec import UNSET, Struct

from app.core.layers import dotted, parse_key
from app.reports import wire
from app.reports.present.causes import SEVERITIES
from app.reports.present.wording import clamped
from app.web.page.grid.columns import Column, chosen, columns, pinned_of
from app.web.page.grid.rows import about, all_rows, lists_of
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import literal, on_one_line

ROWS = 20
"""So many rows a table has at most: a browser lays out only the tables that are in sight."""

_WIDTH = 60
_LAST_GROUP = 8
_TOP = "top level"

type Marks = Mapping[str, Mapping[str | None, str]]


class CellView(Struct, frozen=True, kw_only=True):
    """One cell: its classes and its text."""

    css: str
    text: str


class RowView(Struct, frozen=True, kw_only=True):
    """One key.

    Attributes:
        key: as it is spelled.
        shown: as it is shown; it may break behind its dots and underscores.
        css: its classes.
        hidden: whether the filter leaves it out.
        cells: one an environment.
    """

    key: str
    shown: Markup
    css: str
    hidden: bool
    cells: Sequence[CellView]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """Some rows of a section.

    Attributes:
        rows: these.
        tens: how many they are, in tens, rounded up: about so much room they need before they are laid out.
        hidden: whether the filter leaves all of them out.
    """

    rows: Sequence[RowView]
    tens: int
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """The keys of one table at the top.

    Attributes:
        name: the table's.
        count: how many keys it has.
        differing: how many of them differ.
        hidden: whether the filter leaves all of them out.
        tables: the rows, so many a table.
    """

    name: str
    count: int
    differing: int
    hidden: bool
    tables: Sequence[TableView]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixView:
    """The view.

    Attributes:
        environments: the columns, each with its verdict.
        pinned: how many of them, the first ones, stay in sight.
        columns: every environment, with the ways to change its column.
        unjudged: those that cannot be judged, by the reason.
        since: when the values were read, where they are not this reading's; None where they are.
        sections: the rows.
        shown: how many rows the filter leaves.
        total: how many there are.
        code: whether code is read, so that keys may be unread.
    """

    environments: Sequence[wire.EnvironmentReport]
    pinned: int
    columns: Sequence[Column]
    unjudged: Mapping[str, Sequence[str]]
    since: datetime | None
    sections: Sequence[SectionView]
    shown: int
    total: int
    code: bool = False


def matrix(reading: PageReading, asked: Asked) -> MatrixView:
    """The matrix as it is asked for.

    Raises:
        AssayError: the project cannot be used.
    """
    report = {one.name: one for one in reading.report.environments}
    shown_columns = [name for name in chosen(asked, reading.matrix.environments) if name in report]
    rows, marks = marked(reading)
    sections = [
        _section(name, list(found), shown_columns, marks, asked)
        for name, found in groupby(_in_order(rows), key=lambda row: _head(row.key))
    ]
    shown = sum(not row.hidden for section in sections for table in section.tables for row in table.rows)
    return MatrixView(
        environments=[report[name] for name in shown_columns],
        pinned=0 if asked.environment else len(pinned_of(asked, shown_columns)),
        columns=columns(asked, reading.matrix.environments),
        unjudged=reading.unjudged,
        since=reading.shown.loaded_at if reading.shown is not reading.picture else None,
        sections=sections,
        shown=shown,
        total=len(rows),
        code=any(row.usage is not UNSET for row in rows),
    )


def marked(reading: PageReading) -> tuple[list[wire.MatrixRow], Marks]:
    """The rows, and the worst that is found about each.

    Raises:
        AssayError: the project cannot be used.
    """
    found = {finding.key for finding in _all(reading.report) if finding.key}
    rows = all_rows(reading.matrix, found)
    return rows, _marks(reading.report, rows)


def _in_order(rows: Iterable[wire.MatrixRow]) -> list[wire.MatrixRow]:
    """The rows by section; keys outside of any table come first."""
    return sorted(rows, key=lambda row: (_head(row.key) != _TOP, _head(row.key)))


def _head(key: str) -> str:
    """The table at the top in which a key stands."""
    head, dot, _ = key.partition(".")
    if '"' not in head:
        return head.partition("[")[0] if dot else _TOP
    path = parse_key(key) or (key,)
    return dotted(path[:1]) if len(path) > 1 else _TOP


def _section(
    name: str, rows: Sequence[wire.MatrixRow], chosen: Sequence[str], marks: Marks, asked: Asked
) -> SectionView:
    told = [_row(row, chosen, marks.get(row.key, {}), asked) for row in rows]
    return SectionView(
        name=on_one_line(name),
        count=len(told),
        differing=sum(not row.same for row in rows),
        hidden=all(row.hidden for row in told),
        tables=[_table(rows) for rows in batched(told, ROWS)],
    )


def _table(rows: Sequence[RowView]) -> TableView:
    return TableView(rows=rows, tens=-(-len(rows) // 10), hidden=all(row.hidden for row in rows))


def _row(row: wire.MatrixRow, chosen: Sequence[str], marks: Mapping[str | None, str], asked: Asked) -> RowView:
    groups = letters(row)
    cells = [cell(row, row.cells[name], groups, marks.get(name, "")) for name in chosen]
    return RowView(
        key=row.key,
        shown=_breakable(row.key),
        css=" ".join((*_classes(row, marks), *(["lacks"] if any(map(_is_missing, cells)) else []))),
        hidden=not passes(row, cells, asked, marked=bool(marks)),
        cells=cells,
    )


def _breakable(key: str) -> Markup:
    text = str(escape(on_one_line(key)))
    return Markup(text.replace(".", ".<wbr>").replace("_", "_<wbr>"))  # noqa: S704 - escaped just above


def _classes(row: wire.MatrixRow, marks: Mapping[str | None, str]) -> Iterator[str]:
    """A row's classes: what is found in no single environment marks the row."""
    yield "same" if row.same else "differs"
    if row.secret:
        yield "secret"
    if row.usage == "unread":
        yield "unread"
    if marks:
        yield "finding"
    if None in marks:
        yield marks[None]


def passes(row: wire.MatrixRow, cells: Sequence[CellView], asked: Asked, *, marked: bool) -> bool:
    """Whether the matrix shows a row as it is asked for."""
    match asked.only:
        case "differences":
            fits = not row.same
        case "missing":
            fits = any(_is_missing(one) for one in cells)
        case "findings":
            fits = marked
        case "secrets":
            fits = row.secret
        case "unread":
            fits = row.usage == "unread"
        case _:
            fits = True
    said = "\n".join((row.key, *(one.text for one in cells))).casefold()
    return fits and all(word in said for word in asked.filter.casefold().split())


def _is_missing(cell: CellView) -> bool:
    return cell.css.startswith("m")


def letters(row: wire.MatrixRow) -> Mapping[int, int]:
    """A number for each of the different values of a row, 0 for what most have; none where all set ones are equal."""
    groups = Counter(said.group for said in row.cells.values() if said.state != "missing").most_common()
    return {group: number for number, (group, _) in enumerate(groups)} if len(groups) > 1 else {}


def cell(row: wire.MatrixRow, said: wire.MatrixCell, groups: Mapping[int, int], mark: str = "") -> CellView:
    """One cell of a row, with the worst that is found about it."""
    css = said.state[0]
    if row.secret:
        css += " s"
    if said.state != "missing" and said.group in groups:
        css += f" g{min(groups[said.group], _LAST_GROUP)}"
    return CellView(css=f"{css} {mark}" if mark else css, text=_text(row, said))


def _text(row: wire.MatrixRow, said: wire.MatrixCell) -> str:
    if said.state == "missing":
        return "not set" if row.secret else "—"
    if row.secret and said.value is None and not said.unresolved:
        return "secret, set"
    return clamped(literal(said.value, opaque=said.opaque, unresolved=said.unresolved), _WIDTH)


def _marks(report: wire.Report, rows: Iterable[wire.MatrixRow]) -> Marks:
    """The worst that is found about a row, by environment; about a list, that is each of its rows."""
    found: dict[str, dict[str | None, str]] = {}
    spelled = {row.key.casefold(): row.key for row in rows}
    lists = lists_of(spelled)
    for finding in _all(report):
        for key in about(finding.key.casefold(), spelled, lists) if finding.key else ():
            said, where = found.setdefault(spelled.get(key, key), {}), finding.environment
            said[where] = min(said.get(where, finding.severity), finding.severity, key=_rank)
    return found


def _all(report: wire.Report) -> Iterator[wire.ReportedFinding]:
    yield from report.findings
    for one in report.environments:
        yield from one.findings


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity)
