"""What was recorded as text: a line a snapshot, and the gaps between them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter, itemgetter

import click

from app.cli.session import pass_over
from app.cli.text.history.moments import span, stamp
from app.reports import wire
from app.reports.history import Gap, LaterVerdict, Present, RecordedProbe, Snapshot, Snapshots
from app.reports.present.moments import ago
from app.reports.present.wording import clamped, counted_findings

SHORT = 8
"""So many digits of an id are enough to name it."""

_BETWEEN = "  "
_NARROWEST = 12

type Told = Callable[[wire.FindingCounts], str]
type Row = tuple[str, ...]
type Entry = Snapshot | LaterVerdict


def snapshots(document: Snapshots, width: int, now: datetime, name: str) -> str:
    """Newest first: what was recorded, the probes meanwhile, and when nothing could be recorded.

    Args:
        document: the list.
        width: the columns of the terminal.
        now: what time it is.
        name: whose list it is.
    """
    lines = list(_lines(document, width))
    if not document.snapshots:
        nothing = f"Nothing was recorded of {pass_over(name)}: a running service records, or `assay check --record`."
        return "\n".join([nothing, *lines])
    hosts = {snapshot.host for snapshot in document.snapshots} | {one.host for one in document.verdicts}
    where = f", all of them on {pass_over(hosts.pop())}" if len(hosts) == 1 else ""
    lines += ["", f"The newest was read {ago(document.snapshots[0].recorded_at, now)}{where}."]
    if document.next:
        lines.append(f"There are older ones: add --before {document.next}")
    return "\n".join(lines)


def whose(entry: Entry | Present) -> str:
    """The environment, and whether it was the active one."""
    return pass_over(entry.environment) + (", active" if entry.active else "")


def verdict(entry: Entry) -> str:
    """The verdict as a mark and a word."""
    if entry.reason:
        return click.style("✗ not judged", fg="red")
    return click.style("✓ valid", fg="green") if entry.valid else click.style("✗ invalid", fg="red")


def _briefly(counts: wire.FindingCounts) -> str:
    """How many of each severity, where there is little room."""
    return " ".join(f"{n}{word}" for n, word in ((counts.error, "E"), (counts.warning, "W"), (counts.info, "I")) if n)


def _lines(document: Snapshots, width: int) -> Iterator[str]:
    """The snapshots; above each what has happened, or has ended, after it was recorded."""
    entries = list(_merged(document.snapshots, document.verdicts, attrgetter("recorded_at")))
    told = [(entry.recorded_at, line) for entry, line in zip(entries, _table(entries, width), strict=True)]
    between = [(gap.until, _gap(gap)) for gap in document.gaps]
    between += [(probe.asked_at, _probe(probe)) for probe in document.probes]
    return (line for _, line in _merged(told, between, itemgetter(0)))


def _merged[A, B](found: Iterable[A], others: Iterable[B], when: Callable[[A | B], datetime]) -> Iterator[A | B]:
    """What was found, as it stands; the others, each above what is older than it."""
    waiting = deque(sorted(others, key=when, reverse=True))
    for one in found:
        while waiting and when(waiting[0]) > when(one):
            yield waiting.popleft()
        yield one
    yield from waiting


def _table(found: Sequence[Entry], width: int) -> list[str]:
    """One line each, the columns aligned; a host that is all the same is told elsewhere."""
    one_host = len({entry.host for entry in found}) == 1
    rows = aligned([_row(entry, counted_findings, named=not one_host) for entry in found])
    if any(len(_BETWEEN.join(row)) > width for row in rows):
        rows = aligned([_row(entry, _briefly, named=not one_host) for entry in found])
    return [_coloured(entry, row, width) for entry, row in zip(found, rows, strict=True)]


def _row(entry: Entry, told: Told, *, named: bool) -> Row:
    name, changed = (entry.id, _changed(entry)) if isinstance(entry, Snapshot) else (entry.snapshot, "same values")
    return (
        stamp(entry.recorded_at),
        whose(entry),
        click.unstyle(verdict(entry)),
        told(entry.counts),
        changed,
        name[:SHORT],
        pass_over(entry.host) if named else "",
    )


def _changed(entry: Snapshot) -> str:
    by = f" by {pass_over(entry.asked_by)}" if entry.asked_by else ""
    return "first" if entry.changed is None else f"{entry.changed} changed{by}"


def aligned(rows: Sequence[Row]) -> list[Row]:
    """The rows, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [tuple(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def _coloured(entry: Entry, row: Row, width: int) -> str:
    """The line; the host's name is cut where there is little room for it."""
    when, environment, judged, counts, changed, name, host = row
    room = max(width - len(_BETWEEN.join(row[:-1])) - len(_BETWEEN), _NARROWEST)
    cells = [
        when,
        click.style(environment, bold=True),
        click.style(judged, fg="green" if entry.valid else "red"),
        *([counts] if counts else []),
        changed,
        click.style(name, fg="yellow"),
        *([click.style(clamped(host.rstrip(), room), dim=True)] if host else []),
    ]
    return _BETWEEN.join(cells)


def _gap(gap: Gap) -> str:
    kept = f"{gap.late} came late, {gap.lost} {'is' if gap.lost == 1 else 'are'} lost"
    text = f"⋯ {span(gap.since, gap.until)}  nothing could be recorded on {pass_over(gap.host)}: {kept}"
    return click.style(text, fg="yellow" if gap.lost else None)


def _probe(found: RecordedProbe) -> str:
    """Who asked which database, and what came of it."""
    target = found.target
    where = f"{target.username or ''}@{target.place}/{target.name or target.username or ''}"
    result = (
        click.style("✓ answers", fg="green") if found.ok else click.style("✗ " + (found.code or "failed"), fg="red")
    )
    at = "" if found.ok else f" at {found.failed_stage}"
    whose = f" of {found.environment}" if found.environment else ""
    text = f"{stamp(found.asked_at)}  probe{pass_over(whose)}  {result}{at}"
    return f"{text}  {click.style(pass_over(f'{where}, asked by {found.asked_by}'), dim=True)}"
