"""An edit as text: what becomes of the file, what changes where, and what speaks against it."""

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap

import click

from app.cli.session import pass_over
from app.cli.text.values import literal, place
from app.reports import wire
from app.reports.edit import EditReport, EnvironmentChange
from app.reports.present.wording import clamped

_NOTHING = "—"


def edit(document: EditReport, width: int) -> str:
    """The verdict, then each key with a line for every environment where it changes, then the new findings."""
    lines = [_verdict(document), *_changes(document, width)]
    for finding in document.findings:
        lines += ["", *_finding(finding, width)]
    lines += _paragraphs("refused: ", [document.refusal] if document.refusal and not document.written else [], width)
    lines += _paragraphs("note: ", document.notes, width)
    return "\n".join(lines)


def _verdict(document: EditReport) -> str:
    where = pass_over(document.file) + (f" in [{pass_over(document.section)}]" if document.section else "")
    if document.written:
        return f"{click.style('wrote', fg='green')} {where}"
    return f"{click.style('not written', fg='red' if document.refusal else 'yellow')}: {where}"


def _changes(document: EditReport, width: int) -> Iterator[str]:
    if not document.changes:
        yield "  no environment's values change"
    ordered = sorted(document.changes, key=lambda change: change.key)
    for key, changes in groupby(ordered, key=lambda change: change.key):
        yield f"~ {click.style(pass_over(key), bold=True)}"
        yield from _environments(list(changes), width)


def _environments(changes: list[EnvironmentChange], width: int) -> Iterator[str]:
    names = max(len(change.environment) for change in changes)
    room = max(16, (width - names - 10) // 2)
    for change in changes:
        before, after = (clamped(_side(side), room) for side in (change.left, change.right))
        yield f"    {pass_over(change.environment).ljust(names)}  {before} → {after}"


def _side(side: wire.Side | None) -> str:
    if side is None:
        return _NOTHING
    return literal(side.value, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved)


def _finding(finding: wire.ReportedFinding, width: int) -> list[str]:
    colour = "red" if finding.severity == "error" else "yellow"
    head = click.style(f"{finding.severity}[{finding.rule}]", fg=colour, bold=True)
    where = f" in {pass_over(finding.environment)}" if finding.environment else ""
    told = [f"{head} {finding.name}{where}", f"  --> {place(finding.origin)}"]
    return [*told, *_paragraphs("  = ", [finding.message], width), *_paragraphs("  = fix: ", [finding.fix], width)]


def _paragraphs(label: str, texts: list[str], width: int) -> list[str]:
    return [
        line
        for text in texts
        for line in wrap(pass_over(text), max(width, 40), initial_indent=label, subsequent_indent="    ",
                         break_long_words=False, break_on_hyphens=False)
    ]  # fmt: skip
