"""How two snapshots differ, as text: both moments, what is different in numbers, then leaf by leaf."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from textwrap import wrap

import click
from msgspec.structs import replace

from app.cli.session import pass_over
from app.cli.text.comparison import difference as leaf_by_leaf
from app.cli.text.history.listing import SHORT, whose
from app.cli.text.history.moments import stamp
from app.cli.text.history.snapshot import moment
from app.reports import wire
from app.reports.history import Present, Snapshot, SnapshotDifference
from app.reports.present.moments import ago

NOW = "now"
_KINDS = ("changed", "added", "removed", "same")


def difference(document: SnapshotDifference, width: int, now: datetime) -> str:
    """A line for each of the two moments, the sum, then a line for the key and one for each side that has it."""
    known = [change for change in document.changes if not change.unknown]
    unknown = [change.key for change in document.changes if change.unknown]
    blocks = ["\n".join([*_moments(document, now), _sum(known)])]
    if known:
        named = replace(document, left=document.left[:SHORT], right=document.right[:SHORT], changes=known)
        blocks.append(leaf_by_leaf(named, width))
    return "\n\n".join([*blocks, *(["\n".join(_unknown(unknown, width))] if unknown else [])])


def _moments(document: SnapshotDifference, now: datetime) -> Iterator[str]:
    left, right = document.left_snapshot, document.right_snapshot
    width = max(len(whose(left)), len(whose(right)) if right else 0)
    yield f"{moment(left, width)} ({ago(left.recorded_at, now)})"
    if right:
        yield f"{moment(right, width)} ({ago(right.recorded_at, now)})"
    if document.now:
        yield from _present(document.now, left, now, width)


def _present(present: Present, left: Snapshot, now: datetime, width: int) -> Iterator[str]:
    """The project as it is; the same files say something else where there are other variables."""
    name = click.style(NOW.ljust(SHORT), fg="yellow")
    environment = click.style(whose(present).ljust(width), bold=True)
    yield f"{name}  {environment}  {stamp(now)}, as it is here"
    if present.active != left.active:
        where = ("right", "is active here, and was not there") if present.active else (
            "left", "was active there, and is not here")  # fmt: skip
        yield f"Variables count on the {where[0]} alone: {pass_over(left.environment)} {where[1]}."


def _sum(changes: Sequence[wire.LeafChange]) -> str:
    """How many leaves differ, and how."""
    kinds: Counter[str] = Counter(change.kind for change in changes)
    return ", ".join(f"{kinds[kind]} {kind}" for kind in _KINDS if kinds[kind]) or "Nothing is known to differ."


def _unknown(keys: Sequence[str], width: int) -> list[str]:
    """The secrets of which nobody can know whether they differ."""
    text = f"Cannot be compared, for want of one digest key for both: {', '.join(keys)}"
    mark = click.style("?", fg="yellow")
    first, *rest = wrap(pass_over(text), max(width, 40) - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{mark} {first}", *(f"  {line}" for line in rest)]
