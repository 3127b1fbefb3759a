"""Instances as text."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import click

from app.cli.session import pass_over
from app.cli.text.history.listing import aligned
from app.reports.present.moments import ago
from app.reports.releases.instances import Instance, Instances

_COLOURS = {"current": "green", "old": "yellow", "different": "red", "unjudged": "yellow", "unseen": "red"}


def instances(document: Instances, now: datetime) -> str:
    """Each environment with a line for each instance, and below it what differs."""
    groups = groupby(document.instances, key=lambda one: one.environment)
    blocks = ["\n".join(_environment(name, list(group), now)) for name, group in groups]
    return "\n\n".join(blocks) or "No instance has reported."


def _environment(name: str, group: list[Instance], now: datetime) -> Iterator[str]:
    counts = Counter(one.word for one in group)
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    yield f"{click.style(pass_over(name), bold=True)}: {told}"
    rows = [(one.word, pass_over(one.name), _release(one), f"seen {ago(one.seen_at, now)}") for one in group]
    for one, (state, *rest) in zip(group, aligned(rows), strict=True):
        yield "  ".join(["", click.style(state, fg=_COLOURS[one.word]), *rest]).rstrip()
        if one.processes > 1:
            yield f"      {one.processes} processes report under this name: give each an ASSAY_INSTANCE of its own"
        yield from (f"      {pass_over(drift.key)} differs since {ago(drift.since, now)}" for drift in one.differs)


def _release(one: Instance) -> str:
    return f"release {one.release}" if one.release else "no release"
