"""A report as text, in the manner of a good compiler: the place, the line, what is under the caret, what to do."""

from collections.abc import Iterable, Mapping
from textwrap import wrap

import click

from app.cli.session import pass_over
from app.cli.text.values import place
from app.diagnostics.excerpts import LineOf
from app.reports import wire

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


def report(document: wire.Report, line: LineOf, width: int) -> str:
    """Findings first, one cause once; then a line for each environment."""
    causes = _causes([*document.findings, *(finding for one in document.environments for finding in one.findings)])
    blocks = [_finding(found[0], [finding.environment for finding in found], line, width) for found in causes]
    return "\n\n".join([*blocks, "\n".join(_verdict(one, width) for one in document.environments)])


def _causes(findings: Iterable[wire.Finding]) -> list[list[wire.Finding]]:
    """Findings with one cause in several environments, together; the worst first."""
    folded: dict[tuple[object, ...], list[wire.Finding]] = {}
    for finding in findings:
        where = finding.environment if finding.origin is None else place(finding.origin)
        folded.setdefault((finding.rule, finding.key, finding.severity, where), []).append(finding)
    order = list(_COLOURS)
    return sorted(folded.values(), key=lambda found: order.index(found[0].severity))


def _finding(finding: wire.Finding, environments: list[str | None], line: LineOf, width: int) -> str:
    colour = _COLOURS[finding.severity]
    head = f"{click.style(f'{finding.severity}[{finding.rule}]', fg=colour, bold=True)} {finding.name}"
    where = [name for name in environments if name]
    origin = f"  --> {place(finding.origin)}" if finding.origin else "  --> no layer sets it"
    lines = [f"{head} in {', '.join(where)}" if where else head, origin + _section(finding.origin)]
    lines += _excerpt(finding.origin, line, width, colour)
    lines += _paragraph("", finding.message, width)
    lines += _paragraph("fix: ", finding.fix, width) if finding.fix else []
    return "\n".join(lines)


def _section(origin: wire.Origin | None) -> str:
    return f" in [{pass_over(origin.section)}]" if isinstance(origin, wire.FileOrigin) and origin.section else ""


def _paragraph(label: str, text: str, width: int) -> list[str]:
    return wrap(pass_over(text), max(width, 40), initial_indent=f"  = {label}", subsequent_indent="    ",
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


def _verdict(one: wire.EnvironmentReport, width: int) -> str:
    mark = click.style("✓ valid  ", fg="green") if one.valid else click.style("✗ invalid", fg="red")
    notes = [
        f"{count} {noun}{'' if count == 1 or noun == 'info' else 's'}" for noun, count in _counted(one.counts) if count
    ]
    notes += [f"{len(one.deferred)} deferred"] if one.deferred else []
    traits = "".join([", active" if one.active else "", ", production-like" if one.production else ""])
    line = f"{mark} {click.style(pass_over(one.name), bold=True)}{traits}"
    line += f": {', '.join(notes)}" if notes else ""
    told = [text for item in one.deferred for text in _deferred(item, width)]
    return "\n".join([line, *told])


def _deferred(item: wire.Deferred, width: int) -> list[str]:
    how = f"{item.message} ({item.variable})" if item.variable else item.message
    return wrap(pass_over(how), max(width, 40), initial_indent="    deferred: ", subsequent_indent="      ")


def _counted(counts: wire.Counts) -> Iterable[tuple[str, int]]:
    named: Mapping[str, int] = {"error": counts.error, "warning": counts.warning, "info": counts.info}
    return named.items()
