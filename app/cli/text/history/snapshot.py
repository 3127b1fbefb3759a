"""One snapshot as text: when and where it was read, its values and since when they hold, its verdict."""

from collections.abc import Iterator
from datetime import datetime

import click

from app.cli.session import pass_over
from app.cli.text.history.listing import SHORT, verdict, whose
from app.cli.text.history.moments import minute, stamp
from app.cli.text.report import problem
from app.cli.text.values import literal, place
from app.reports.history import Recorded, RecordedValue, Snapshot, Validation
from app.reports.present.causes import fold
from app.reports.present.moments import ago
from app.reports.present.wording import clamped, counted_findings

_KEY_WIDTH = 36
_MARK = "~"


def recorded(document: Recorded, width: int, now: datetime) -> str:
    """The moment, the values, the findings, and the verdicts; what this snapshot changed is marked."""
    blocks = ["\n".join(_head(document, now)), "\n".join(_values(document, width))]
    blocks += [problem(cause, _no_line, width) for cause in fold(document.findings)]
    return "\n\n".join([*blocks, "\n".join(_validations(document))])


def moment(snapshot: Snapshot, width: int = 0) -> str:
    """Whose values they were, in so many columns, when, and where they were read."""
    where = f"{stamp(snapshot.recorded_at)}, on {pass_over(snapshot.host)}"
    environment = click.style(whose(snapshot).ljust(width), bold=True)
    return f"{click.style(snapshot.id[:SHORT], fg='yellow')}  {environment}  {where}"


def _no_line(file: str, line: int) -> None:
    """The line as it was is not kept, and what stands there now may be another."""
    del file, line


def _head(document: Recorded, now: datetime) -> Iterator[str]:
    yield moment(document)
    yield f"  recorded     {ago(document.recorded_at, now)}, by Assay {pass_over(document.assay)}"
    yield f"  id           {document.id}"
    yield f"  fingerprint  {document.fingerprint}"
    if document.changed is not None:
        yield f"  changed      {document.changed} {'leaf' if document.changed == 1 else 'leaves'}, marked {_MARK}"


def _values(document: Recorded, width: int) -> Iterator[str]:
    if not document.values:
        yield f"{pass_over(document.environment)} had no values."
        return
    keys = min(max(len(value.key) for value in document.values), _KEY_WIDTH)
    yield click.style(f"  {'since'.ljust(16)}  {'key'.ljust(keys)}  value", dim=True)
    for value in document.values:
        yield _value(value, document, keys, width)


def _value(value: RecordedValue, document: Recorded, keys: int, width: int) -> str:
    is_new = document.changed is not None and value.since == document.recorded_at
    mark = click.style(_MARK, fg="yellow") if is_new else " "
    shown = literal(value.value, secret=value.secret, opaque=value.opaque, unresolved=value.unresolved)
    room = max(16, min(40, width - keys - 40))
    key = click.style(pass_over(value.key).ljust(keys), bold=True)
    where = click.style(place(value.origin), dim=True)
    return f"{mark} {minute(value.since)}  {key}  {clamped(shown, room).ljust(room)}  {where}"


def _validations(document: Recorded) -> Iterator[str]:
    """The verdict; where it has changed while the values stayed, each of them."""
    told = counted_findings(document.counts)
    yield f"{verdict(document)}{f': {told}' if told else ''}"
    if len(document.validations) > 1:
        yield from map(_validation, document.validations)


def _validation(one: Validation) -> str:
    word = "not judged" if one.reason else "valid" if one.valid else "invalid"
    told = counted_findings(one.counts)
    where = f"on {pass_over(one.host)}, in {one.elapsed_ms:.0f} ms"
    return f"    {stamp(one.recorded_at)}  {word}{f': {told}' if told else ''}  {click.style(where, dim=True)}"
