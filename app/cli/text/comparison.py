"""Differences and the matrix as text."""

from collections.abc import Iterator

import click

from app.cli.session import pass_over
from app.cli.text.values import literal, place
from app.reports import wire
from app.reports.present.wording import clamped

_MARKS = {"changed": ("~", "yellow"), "added": ("+", "green"), "removed": ("-", "red"), "same": ("=", None)}
_KEY_WIDTH = 32


def difference(document: wire.Difference, width: int) -> str:
    """A line for the key, then one for each side that has it."""
    if not document.changes:
        return f"{pass_over(document.left)} and {pass_over(document.right)} are the same."
    names = max(len(pass_over(document.left)), len(pass_over(document.right)))
    return "\n".join(line for change in document.changes for line in _change(change, document, names, width))


def _change(change: wire.LeafChange, document: wire.Difference, names: int, width: int) -> Iterator[str]:
    mark, colour = _MARKS[change.kind]
    yield f"{click.style(mark, fg=colour)} {click.style(pass_over(change.key), bold=True)}"
    for name, side in ((document.left, change.left), (document.right, change.right)):
        if side:
            where = place(side.origin)
            shown = clamped(
                literal(side.value, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved),
                max(16, width - names - len(where) - 8),
            )
            yield f"    {pass_over(name).ljust(names)}  {shown}  {click.style(where, dim=True)}"


def matrix(document: wire.Matrix, width: int) -> str:
    """One row a key; `·` marks what is inherited, `≠` a row that differs."""
    if not document.rows and isinstance(document.unjudged, dict):
        reasons = dict.fromkeys(document.unjudged.values())
        return pass_over(f"What {', '.join(document.unjudged)} have is not known: {'; '.join(reasons)}.")
    if not document.rows:
        return "No environment has any value."
    keys = min(_KEY_WIDTH, max(len(row.key) for row in document.rows))
    column = max(10, (width - keys - 3) // max(1, len(document.environments)) - 1)
    head = " ".join(clamped(pass_over(name), column).ljust(column) for name in document.environments)
    lines = [f"  {' ' * keys} {click.style(head.rstrip(), bold=True)}"]
    lines += [_row(row, document.environments, keys, column) for row in document.rows]
    return "\n".join([*lines, "", "≠ differs   · inherited   — missing   *** secret"])


def _row(row: wire.MatrixRow, environments: list[str], keys: int, column: int) -> str:
    mark = " " if row.same else click.style("≠", fg="yellow")
    cells = " ".join(clamped(_cell(row.cells[name], secret=row.secret), column).ljust(column) for name in environments)
    return f"{mark} {clamped(pass_over(row.key), keys).ljust(keys)} {cells.rstrip()}"


def _cell(cell: wire.MatrixCell, *, secret: bool) -> str:
    if cell.state == "missing":
        return "—"
    shown = literal(cell.value, secret=secret, opaque=cell.opaque, unresolved=cell.unresolved)
    return f"·{shown}" if cell.state == "inherited" else shown
