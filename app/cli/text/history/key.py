"""When a key changed, as text: a line a change, newest first."""

from datetime import datetime

import click

from app.cli.session import pass_over
from app.cli.text.history.listing import SHORT
from app.cli.text.history.moments import stamp
from app.cli.text.values import literal, place
from app.reports import wire
from app.reports.history import KeyChange, KeyHistory
from app.reports.present.moments import ago
from app.reports.present.wording import clamped

_MARKS = {"changed": ("~", "yellow"), "added": ("+", "green"), "removed": ("-", "red")}
_ARROW = " → "
_SHORTEST = 12
_GAPS = 6
"""The mark, and the columns between a line's parts."""


def changes(document: KeyHistory, width: int, now: datetime) -> str:
    """The key, when it last changed, then each change: when, from what to what, and where it was set."""
    key, whose = click.style(pass_over(document.key), bold=True), pass_over(document.environment)
    if not document.known:
        return "\n".join([_unknown(key, whose), *_known(document, width)])
    if not document.changes:
        since = f" it stands as it is since {stamp(document.since)}." if document.since else ""
        return f"{key} in {whose}: no change is kept;{since}" if since else f"{key} in {whose}: no change is kept."
    head = f"{key} in {whose}, last changed {ago(document.changes[0].recorded_at, now)}"
    return "\n".join([head, *_known(document, width)])


def _unknown(key: str, whose: str) -> str:
    """What is said of a secret that may have changed without a trace."""
    why = "It is a secret that was recorded without a digest key."
    return (
        f"{key} in {whose}: whether it changed cannot be known.\n{why} With ASSAY_DIGEST_KEY set, changes are noticed."
    )


def _known(document: KeyHistory, width: int) -> list[str]:
    """The changes, a pair of lines each."""
    if not document.changes:
        return []
    several = len({change.key for change in document.changes}) > 1 or document.changes[0].key != document.key
    mixed = len({change.active for change in document.changes}) > 1
    lines = [line for change in document.changes for line in _change(change, width, named=several, mixed=mixed)]
    more = ["", f"There are older ones: add --before {document.next}"] if document.next else []
    return ["", *lines, *more]


def _change(change: KeyChange, width: int, *, named: bool, mixed: bool) -> list[str]:
    mark, colour = _MARKS[change.kind]
    which = f"  {click.style(pass_over(change.key), bold=True)}" if named else ""
    beside = ", where it was active" if change.active and mixed else ""
    room = width - len(stamp(change.recorded_at)) - (len(change.key) + _GAPS if named else _GAPS)
    return [
        f"{click.style(mark, fg=colour)} {stamp(change.recorded_at)}{which}  {_values(change, room)}",
        f"    {_places(change)}  {click.style(f'({change.snapshot[:SHORT]}{beside})', dim=True)}",
    ]


def _values(change: KeyChange, width: int) -> str:
    room = max(_SHORTEST, (width - len(_ARROW)) // 2)
    if change.left is None:
        return f"= {clamped(_shown(change.right), room)}"
    if change.right is None:
        return f"{clamped(_shown(change.left), room)}{_ARROW}removed"
    return f"{clamped(_shown(change.left), room)}{_ARROW}{clamped(_shown(change.right), room)}"


def _places(change: KeyChange) -> str:
    """Where it is set; where it was set before, too, if that was elsewhere."""
    before, after = (place(side.origin) if side else "" for side in (change.left, change.right))
    if not before or not after or before == after:
        return after or before
    return f"{before}{_ARROW}{after}"


def _shown(side: wire.Side | None) -> str:
    if side is None:
        return ""
    return literal(side.value, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved)
