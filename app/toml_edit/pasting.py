"""The lines of a file that an edit writes, and where they go: what a person pastes who makes it by hand.

A header and a line below it are right wherever the file has no such table yet. Elsewhere they would open a table twice,
set a key twice, or open one that the file writes with dots or in braces, and the file would not parse any more.
"""

from bisect import bisect_left
from functools import cached_property

from msgspec import Struct

from app.core.errors import ArgumentError
from app.core.layers import Path
from app.sources.toml.outline import Outline, TomlStatement, TomlTable, outline
from app.toml_edit.lines import Lines
from app.toml_edit.placing import insertion
from app.toml_edit.splice import Splice


class Pasting(Struct, frozen=True, kw_only=True):
    """What is to be pasted.

    Attributes:
        text: whole lines.
        place: where they go, as `in place of line 6, in [production]`; empty where the end of the file will do.
        replaced: the lines that they stand for, the first and the last; None where they are added.
        differs: whether they name the table or the key otherwise than what was asked for: with dots, in braces.
        shows: whether they hold more than what was asked for.
    """

    text: str
    place: str = ""
    replaced: tuple[int, int] | None = None
    differs: bool = False
    shows: bool = False


class Sheet(Struct, frozen=True, kw_only=True, dict=True):
    """A file that parses, looked up again and again.

    Attributes:
        raw: its bytes.
        outline: its statements.
    """

    raw: bytes
    outline: Outline

    @cached_property
    def tables(self) -> frozenset[Path]:
        """Every path at which the file writes a table, or has one by what it says below."""
        paths = [*self.outline.by_path, *(table.path for table in self.outline.tables)]
        return frozenset(path[:depth] for path in paths for depth in range(1, len(path) + 1))

    def around(self, position: int) -> tuple[TomlTable, TomlStatement | None]:
        """The table of a position, and the statement there that an edit of it changes."""
        tables = self.outline.tables
        table = tables[max(bisect_left(tables, position, key=lambda one: one.start) - 1, 0)]
        number = bisect_left(table.statements, position, key=lambda one: one.start) - 1
        before = table.statements[number] if number >= 0 else None
        return table, before if before and position < before.end else None


def pasting(sheet: Sheet, path: Path, asked: str) -> Pasting | None:
    """How a file takes a key that a header and a line say.

    Args:
        sheet: the file.
        path: the key from the file's root, as the file spells what it has of it.
        asked: the line, below a header or not, as for a file that has nothing of it.

    Returns:
        None where the file writes the key as tables, which no line replaces, or the line says nothing.
    """
    raw, found = sheet.raw, sheet.outline
    line = outline(asked.encode())
    statement = next(iter(line.tables[-1].statements), None)
    splice = _splice(sheet, path, asked.encode()[statement.value : statement.end].decode()) if statement else None
    if splice is None or statement is None:
        return None
    form = (line.tables[-1].path, statement.path)
    holder, around = sheet.around(splice.start)
    if around:
        return _replaced(raw, holder, around, splice, form, whole=around.path == path)
    text = splice.text.strip()
    if text.startswith(b"[") or len(found.tables) == 1:
        return Pasting(text=text.decode(), differs=_form(text) != form)
    number = Lines(raw=raw).line(splice.start)
    place = f"below line {number}" if number else "above line 1"
    differs = (holder.path, (*holder.path, *_form(text)[1])) != form
    return Pasting(text=text.decode(), place=f"{place}{_header(raw, holder)}", differs=differs)


def _splice(sheet: Sheet, path: Path, toml: str) -> Splice | None:
    statement = sheet.outline.statement(path)
    if statement:
        return Splice(start=statement.value, text=toml.encode(), end=statement.end)
    if path in sheet.tables:
        return None
    try:
        return insertion(Lines(raw=sheet.raw), sheet.outline, path, toml)
    except ArgumentError:
        return None


def _replaced(
    raw: bytes, table: TomlTable, old: TomlStatement, splice: Splice, form: tuple[Path, Path], *, whole: bool
) -> Pasting:
    end = splice.start if splice.end is None else splice.end
    lines = Lines(raw=raw)
    first, last = lines.line(old.start) + 1, lines.line(old.end) + 1
    place = f"line {first}" if first == last else f"lines {first} to {last}"
    return Pasting(
        text=(raw[old.start : splice.start] + splice.text + raw[end : old.end]).decode(),
        place=f"in place of {place}{_header(raw, table)}",
        replaced=(first, last),
        differs=(table.path, old.path) != form,
        shows=not whole,
    )


def _form(text: bytes) -> tuple[Path, Path]:
    """The header and the whole key of a line of TOML."""
    table = outline(text).tables[-1]
    return table.path, table.statements[0].path


def _header(raw: bytes, table: TomlTable) -> str:
    return f", in {raw[table.start : table.end].decode()}" if table.path else ""
