"""A probe as text: a line a stage, then what failed and what to do."""

from textwrap import wrap

import click

from app.cli.session import pass_over
from app.reports.probe import Probe, ProbeFailure, Stage

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red"), "skipped": ("-", None)}


def probe(document: Probe, width: int) -> str:
    """The target, the stages, and the failure with its fields and advice."""
    target = document.target
    who = f"{target.username or '(no user)'}@{target.place}/{target.name or target.username or ''}"
    lines = [f"{click.style(pass_over(who), bold=True)}  tls {target.tls}"]
    lines += [_stage(stage, width) for stage in document.stages]
    lines += ["", *failure(document.failure, width)] if document.failure else []
    return "\n".join(lines)


def failure(found: ProbeFailure, width: int) -> list[str]:
    """What failed, what to do, and where to look."""
    state = f", SQLSTATE {found.sqlstate}" if found.sqlstate else ""
    return [
        *_paragraph(found.message, width, "  = "),
        *_paragraph(found.advice, width, "  = fix: "),
        f"  = {found.code} at {found.stage}{state}",
        *([f"  = look at: {', '.join(found.fields)}"] if found.fields else []),
    ]


def _stage(stage: Stage, width: int) -> str:
    mark, colour = _MARKS[stage.status]
    time = f"{stage.ms:.1f} ms" if stage.status != "skipped" else ""
    head = f"{click.style(mark, fg=colour)} {stage.name.ljust(10)} {time.rjust(9)}"
    # What has failed is explained below; here are the server's own words, if it said any.
    said = str(stage.detail.get("server_message") or "") if stage.status == "failed" else stage.message
    if not said:
        return head.rstrip()
    first, *rest = wrap(pass_over(said), max(width - 24, 30))
    return "\n".join([f"{head}  {first}", *(f"{' ' * 24}{line}" for line in rest)])


def _paragraph(text: str, width: int, label: str) -> list[str]:
    return wrap(pass_over(text), max(width, 40), initial_indent=label, subsequent_indent="    ")
