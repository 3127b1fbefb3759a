"""The findings: the worst first, by rule, each with its place and a fix to copy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.project.source_lines import LineOf
from app.reports import wire
from app.reports.present.causes import SEVERITIES, Cause
from app.web.page.changing import Way, fix_ways
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import on_one_line

MOST = 50
"""So many findings of one rule are listed; its own link lists them all."""

_WIDEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A source line, in three parts: the middle one is at fault."""

    number: int
    before: str
    fault: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingItem:
    """One finding, in every environment that has it.

    Attributes:
        finding: as it is told in the first of them.
        environments: those it is found in, of those that are shown; empty where it belongs to the project.
        excerpt: the source line; None where there is none, or none may be shown.
        explained: the environment whose explanation says most.
        paste: what is copied: the lines of the fix's edit, else its sentence.
        ways: the command that makes the edit, and the variable that would do.
    """

    finding: wire.ReportedFinding
    environments: Sequence[str]
    excerpt: Excerpt | None
    explained: str
    paste: str
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one rule.

    Attributes:
        rule: its id.
        name: its name.
        items: those that are listed.
        count: how many there are.
    """

    rule: str
    name: str
    items: Sequence[FindingItem]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The findings of one severity."""

    severity: str
    count: int
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The view.

    Attributes:
        levels: the worst first; those without findings are not there.
        waived: what waivers accept.
        deferred: what each deployment supplies itself, by environment.
    """

    levels: Sequence[Level]
    waived: Sequence[Cause]
    deferred: Sequence[tuple[str, Sequence[wire.DeferredLeaf]]]


def findings(reading: PageReading, asked: Asked) -> Findings:
    """The findings as they are asked for.

    Raises:
        AssayError: the project cannot be used.
    """
    found = [cause for cause in reading.causes if _is_asked(cause, asked)]
    shown = [one for one in reading.report.environments if asked.environment in {"", one.name}]
    return Findings(
        levels=[level for word in SEVERITIES if (level := _level(reading, asked, word, found)).count],
        waived=[cause for cause in reading.waived if _is_asked(cause, asked)],
        deferred=[(one.name, one.deferred) for one in shown if one.deferred and not asked.rule],
    )


def worst(reading: PageReading, most: int) -> Sequence[FindingItem]:
    """The worst findings, so many.

    Raises:
        AssayError: the project cannot be used.
    """
    return [item(reading, cause) for cause in reading.causes[:most]]


def about(reading: PageReading, key: str, environment: str) -> Sequence[FindingItem]:
    """What is found about a key, or below it, in an environment.

    Raises:
        AssayError: the project cannot be used.
    """
    below = (f"{key}.", f"{key}[")
    found = [
        cause
        for cause in reading.causes
        if (at := cause.finding.key) and (at == key or at.startswith(below))
        if not cause.environments or environment in cause.environments
    ]
    return [item(reading, cause) for cause in found]


def _is_asked(cause: Cause, asked: Asked) -> bool:
    rule = not asked.rule or cause.finding.rule == asked.rule.upper()
    return rule and (not asked.environment or not cause.environments or asked.environment in cause.environments)


def _level(reading: PageReading, asked: Asked, severity: str, found: Iterable[Cause]) -> Level:
    chosen = sorted((one for one in found if one.finding.severity == severity), key=lambda one: one.finding.rule)
    groups = [_group(reading, asked, list(said)) for _, said in groupby(chosen, key=lambda one: one.finding.rule)]
    return Level(severity=severity, count=len(chosen), groups=groups)


def _group(reading: PageReading, asked: Asked, found: Sequence[Cause]) -> Group:
    first = found[0].finding
    listed = found if asked.rule else found[:MOST]
    items = [item(reading, cause, asked.environment) for cause in listed]
    return Group(rule=first.rule, name=first.name, items=items, count=len(found))


def item(reading: PageReading, cause: Cause, narrowed: str = "") -> FindingItem:
    """A finding with its source line."""
    environments = [name for name in cause.environments if narrowed in {"", name}]
    explained = next((name for name in (narrowed, *environments, reading.active) if name), "")
    return FindingItem(
        finding=cause.finding,
        environments=environments,
        excerpt=excerpt(cause.finding.origin, reading.line),
        explained=explained,
        paste=_paste(cause.finding),
        ways=fix_ways(reading.shown.workspace, cause.finding, explained),
    )


def _paste(finding: wire.ReportedFinding) -> str:
    """What can be pasted, every line as legible as the page shows it."""
    text = finding.edit.text if finding.edit else finding.fix
    return "\n".join(on_one_line(line) for line in text.split("\n")) if finding.edit else on_one_line(text)


def excerpt(origin: wire.Origin | None, line_of: LineOf) -> Excerpt | None:
    """The source line of a place; None where there is none, or none may be shown."""
    if not isinstance(origin, wire.FileOrigin) or origin.line is None:
        return None
    line = line_of(origin.file, origin.line)
    if line is None:
        return None
    start, end = _fault(line, origin)
    indented = len(line) - len(line.lstrip())
    offset = max(0, start - _WIDEST // 4) if len(line) > _WIDEST else min(indented, start)
    return Excerpt(
        number=origin.line,
        before=("…" if offset > indented else "") + on_one_line(line[offset:start]),
        fault=on_one_line(line[start:end][:_WIDEST]),
        after=on_one_line(line[end : offset + _WIDEST].rstrip()) + ("…" if len(line) > offset + _WIDEST else ""),
    )


def _fault(line: str, origin: wire.FileOrigin) -> tuple[int, int]:
    """From where to where a line is at fault; behind stars the columns are not those of the file."""
    start = min((origin.column or 1) - 1, len(line))
    within = origin.end_line == origin.line and "***" not in line
    end = (origin.end_column or start + 2) - 1 if within else len(line.rstrip())
    return start, max(start, min(end, len(line)))
