"""A probe as text: a line a stage, then what failed and what to do."""

from textwrap import wrap

import click

from app.cli.session import pass_over
from app.reports.probe import Probe, Stage

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red"), "skipped": ("-", None)}


def probe(document: Probe, width: int) -> str:
    """The target, the stages, and the failure with its fields and advice."""
    target = document.target
    who = f"{target.username or '(no user)'}@{target.host}:{target.port}/{target.name or target.username or ''}"
    lines = [f"{click.style(pass_over(who), bold=True)}  tls {target.tls}"]
    lines += [_stage(stage, width) for stage in document.stages]
    if document.failure:
        failure = document.failure
        lines += ["", *_paragraph(failure.message, width, "  = ")]
        lines += _paragraph(failure.advice, width, "  = fix: ")
        state = f", SQLSTATE {failure.sqlstate}" if failure.sqlstate else ""
        lines += [f"  = {failure.code} at {failure.stage}{state}"]
        lines += [f"  = look at: {', '.join(failure.fields)}"] if failure.fields else []
    return "\n".join(lines)


def _stage(stage: Stage, width: int) -> str:
    mark, colour = _MARKS[stage.status]
    time = f"{stage.ms:.1f} ms" if stage.status != "skipped" else ""
    head = f"{click.style(mark, fg=colour)} {stage.name.ljust(10)} {time.rjust(9)}"
    if not stage.message:
        return head.rstrip()
    first, *rest = wrap(pass_over(stage.message), max(width - 24, 30))
    return "\n".join([f"{head}  {first}", *(f"{' ' * 24}{line}" for line in rest)])


def _paragraph(text: str, width: int, label: str) -> list[str]:
    return wrap(pass_over(text), max(width, 40), initial_indent=label, subsequent_indent="    ")
