"""A report as text, in the manner of a good compiler: the place, the line, what is under the caret, what to do."""

from textwrap import wrap

import click

from app.cli.session import pass_over, pass_over_lines
from app.cli.text.values import place
from app.core.findings import Severity
from app.project.source_lines import LineOf
from app.reports import wire
from app.reports.present.causes import Cause, causes, fold
from app.reports.present.wording import counted_findings

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


def report(document: wire.Report, line: LineOf, width: int) -> str:
    """Findings first, one cause once; then a line for each environment; then what was accepted."""
    blocks = [problem(cause, line, width) for cause in causes(document)]
    blocks.append("\n".join([*_shared(document), *(_verdict(one, width) for one in document.environments)]))
    blocks += [f"{document.known} known from the baseline"] if document.known else []
    return "\n\n".join([*blocks, *_waived(document, width)])


def _waived(document: wire.Report, width: int) -> list[str]:
    """What waivers accept, with the reason and the last day."""
    found = [*document.waived, *(item for one in document.environments for item in one.waived)]
    lines = [text for cause in fold(found) for text in _accepted(cause, width)]
    return ["\n".join([f"{len(found)} waived", *lines])] if found else []


def _accepted(cause: Cause, width: int) -> list[str]:
    item = cause.finding
    if not isinstance(item, wire.WaivedFinding):
        return []
    where = "".join([f" {item.key}" if item.key else "", _among(cause)])
    text = f"{item.rule} {item.name}{where}: {item.reason} ({item.term})"
    return wrap(pass_over(text), max(width, 40), initial_indent="    waived: ", subsequent_indent="      ")


def _among(cause: Cause) -> str:
    return f" in {pass_over(', '.join(cause.environments))}" if cause.environments else ""


def problem(cause: Cause, line: LineOf, width: int) -> str:
    """A finding: what, where, the line at fault, why and what to do."""
    finding = cause.finding
    colour = _COLOURS[finding.severity]
    head = f"{click.style(f'{finding.severity}[{finding.rule}]', fg=colour, bold=True)} {finding.name}"
    origin = f"  --> {place(finding.origin)}" if finding.origin else "  --> no layer sets it"
    lines = [head + _among(cause), origin + _section(finding.origin)]
    lines += _excerpt(finding.origin, line, width, colour)
    lines += _paragraph("", pass_over(finding.message), width)
    lines += _paragraph("fix: ", _fix(finding), width) if finding.fix else []
    return "\n".join(lines)


def _fix(finding: wire.ReportedFinding) -> str:
    return pass_over_lines(finding.fix) if finding.edit else pass_over(finding.fix)


def _section(origin: wire.Origin | None) -> str:
    return f" in [{pass_over(origin.section)}]" if isinstance(origin, wire.FileOrigin) and origin.section else ""


def _paragraph(label: str, text: str, width: int) -> list[str]:
    return wrap(text, max(width, 40), initial_indent=f"  = {label}", subsequent_indent="    ",
                break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _excerpt(origin: wire.Origin | None, line_of: LineOf, width: int, colour: str) -> list[str]:
    """The source line, and carets under the place."""
    if not isinstance(origin, wire.FileOrigin) or origin.line is None or origin.column is None:
        return []
    line = line_of(origin.file, origin.line)
    if line is None:
        return []
    gutter = f"{origin.line:>4} | "
    room = max(width - len(gutter), 20)
    shown, start, length = _window(line, origin, room, unmasked="***" not in line)
    caret = click.style(" " * start + "^" * length, fg=colour)
    return [f"{gutter}{pass_over(shown)}", f"{' ' * 4} | {caret}"]


def _window(line: str, origin: wire.FileOrigin, room: int, *, unmasked: bool) -> tuple[str, int, int]:
    """The part of a line that fits, with where the carets begin and how many they are."""
    line = line.replace("\t", " ")
    start = min((origin.column or 1) - 1, len(line))
    end = (origin.end_column or start + 2) - 1 if origin.end_line == origin.line and unmasked else len(line.rstrip())
    offset = max(0, start - room // 2) if len(line) > room else 0
    shown = line[offset : offset + room]
    start -= offset
    return shown, start, max(1, min(end - offset, len(shown)) - start)


def _shared(document: wire.Report) -> list[str]:
    """A line about errors that belong to no single environment, where nothing else says why the whole is invalid."""
    found = wire.counts(Severity.of(finding.severity) for finding in document.findings)
    mark, fit = click.style("✗ invalid", fg="red"), all(one.valid for one in document.environments)
    return [f"{mark} {click.style('the files', bold=True)}: {counted_findings(found)}"] if found.error and fit else []


def _verdict(one: wire.EnvironmentReport, width: int) -> str:
    if one.reason:
        mark = click.style("✗ not judged", fg="red")
        return f"{mark} {click.style(pass_over(one.name), bold=True)}{_traits(one)}: {pass_over(one.reason)}"
    mark = click.style("✓ valid  ", fg="green") if one.valid else click.style("✗ invalid", fg="red")
    notes = [counted_findings(one.counts), f"{len(one.deferred)} deferred" if one.deferred else ""]
    line = f"{mark} {click.style(pass_over(one.name), bold=True)}{_traits(one)}"
    line += f": {', '.join(filter(None, notes))}" if any(notes) else ""
    told = [text for item in one.deferred for text in _deferred(item, width)]
    return "\n".join([line, *told])


def _traits(one: wire.EnvironmentReport) -> str:
    return "".join([", active" if one.active else "", ", production-like" if one.production else ""])


def _deferred(item: wire.DeferredLeaf, width: int) -> list[str]:
    how = f"{item.message} ({item.variable})" if item.variable else item.message
    return wrap(pass_over(how), max(width, 40), initial_indent="    deferred: ", subsequent_indent="      ")
