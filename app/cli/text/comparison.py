"""Differences and the matrix as text."""

from collections.abc import Iterator

import click

from app.cli.session import pass_over
from app.cli.text.values import literal, place
from app.reports import wire
from app.reports.present.wording import clamped

_MARKS = {"changed": ("~", "yellow"), "added": ("+", "green"), "removed": ("-", "red"), "same": ("=", None)}
_KEY_WIDTH, _WIDEST = 32, 40


def difference(document: wire.Difference, room: int | None) -> str:
    """A line for the key, then one for each side that has it."""
    if not document.changes:
        return f"{pass_over(document.left)} and {pass_over(document.right)} are the same."
    names = max(len(pass_over(document.left)), len(pass_over(document.right)))
    return "\n".join(line for change in document.changes for line in _change(change, document, names, room))


def _change(change: wire.LeafChange, document: wire.Difference, names: int, room: int | None) -> Iterator[str]:
    mark, colour = _MARKS[change.kind]
    yield f"{click.style(mark, fg=colour)} {click.style(pass_over(change.key), bold=True)}"
    for name, side in ((document.left, change.left), (document.right, change.right)):
        if side:
            is_released = side.origin is None and side.value is not None  # from a release, and from no file
            where = "" if is_released else place(side.origin)
            shown = clamped(
                literal(side.value, secret=side.secret, opaque=side.opaque, unresolved=side.unresolved),
                None if room is None else max(16, room - names - len(where) - 8),
            )
            yield f"    {pass_over(name).ljust(names)}  {shown}  {click.style(where, dim=True)}".rstrip()


def matrix(document: wire.Matrix, room: int | None) -> str:
    """One row a key; `·` marks what is inherited, `≠` a row that differs."""
    if not document.rows and isinstance(document.unjudged, dict):
        reasons = dict.fromkeys(document.unjudged.values())
        return pass_over(f"What {', '.join(document.unjudged)} have is not known: {'; '.join(reasons)}.")
    if not document.rows:
        return "No environment has any value."
    longest = max(len(pass_over(row.key)) for row in document.rows)
    keys = longest if room is None else min(_KEY_WIDTH, longest)
    most = None if room is None else max(10, (room - keys - 3) // max(1, len(document.environments)) - 1)
    columns = [_column(name, document.rows, most) for name in document.environments]
    widths = [most or min(_WIDEST, max(map(len, column))) for column in columns]
    lines = []
    for number, cells in enumerate(zip(*columns, strict=True)):
        line = " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        lines.append(_row(document.rows[number - 1], line, keys) if number else f"  {' ' * keys} {_bold(line)}")
    return "\n".join([*lines, "", "≠ differs   · inherited   — missing   *** secret"])


def _column(name: str, rows: list[wire.MatrixRow], most: int | None) -> list[str]:
    """An environment's name and cells, from above."""
    cells = (_cell(row.cells[name], secret=row.secret) for row in rows)
    return [clamped(text, most) for text in (pass_over(name), *cells)]


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _row(row: wire.MatrixRow, cells: str, keys: int) -> str:
    mark = " " if row.same else click.style("≠", fg="yellow")
    return f"{mark} {clamped(pass_over(row.key), keys).ljust(keys)} {cells}"


def _cell(cell: wire.MatrixCell, *, secret: bool) -> str:
    if cell.state == "missing":
        return "—"
    shown = literal(cell.value, secret=secret, opaque=cell.opaque, unresolved=cell.unresolved)
    return f"·{shown}" if cell.state == "inherited" else shown
