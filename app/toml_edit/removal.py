"""What goes when a key goes: its line, and what was made for it; never a comment."""

from app.core.errors import ArgumentError
from app.core.layers import dotted
from app.sources.toml.outline import Outline, TomlStatement, TomlTable
from app.toml_edit.lines import Lines, is_blank
from app.toml_edit.splice import Splice


def removal(lines: Lines, outline: Outline, statement: TomlStatement) -> Splice:
    """Takes a key out, with its header where nothing else stands between the two and nothing is left under it.

    Raises:
        ArgumentError: it is an item of a list.
    """
    holder = outline.holder(statement)
    if isinstance(holder, TomlStatement):
        return _from_braces(holder, statement)
    alone = holder.statements == (statement,)
    if not alone or _comment(lines, statement):
        return line_removal(lines, outline, statement)
    if not holder.path:
        return _root_alone(lines, outline, statement)
    return _alone(lines, holder, statement)


def line_removal(lines: Lines, outline: Outline, statement: TomlStatement) -> Splice:
    """Takes a key out and leaves its header; a comment on its line stays."""
    holder = outline.holder(statement)
    if isinstance(holder, TomlStatement):
        return _from_braces(holder, statement)
    if comment := _comment(lines, statement):
        return Splice(start=statement.start, text=b"", end=comment)
    return _cut(lines, lines.start(statement.start), lines.after(statement.end))


def _comment(lines: Lines, statement: TomlStatement) -> int:
    """Where the comment on the value's last line begins; 0 where there is none."""
    found = lines.raw.find(b"#", statement.end, lines.after(statement.end))
    return max(found, 0)


def _cut(lines: Lines, start: int, end: int) -> Splice:
    """The lines from start to end; at the end of a file whose last line has no end, the line above loses its own."""
    if end == len(lines.raw) and lines.is_open:
        above = lines.before(start)
        start -= len(above) - len(above.rstrip(b"\r\n"))
    return Splice(start=start, text=b"", end=end)


def _alone(lines: Lines, table: TomlTable, statement: TomlStatement) -> Splice:
    """The only key under a header."""
    start, end = lines.start(statement.start), lines.after(statement.end)
    under = lines.after(table.end)
    if is_blank(lines.raw[under:start]):
        return _cut(lines, under, end)
    if start == under and not table.commented and not table.is_item:
        start = lines.start(table.start)
        above = lines.before(start)
        return _cut(lines, start - len(above) if is_blank(above) else start, end)
    return _cut(lines, start, end)


def _root_alone(lines: Lines, outline: Outline, statement: TomlStatement) -> Splice:
    """The only key above the first header, with the blank line that parts them."""
    end = lines.after(statement.end)
    if len(outline.tables) > 1 and is_blank(lines.raw[end : lines.after(end)]):
        end = lines.after(end)
    return _cut(lines, lines.start(statement.start), end)


def _from_braces(holder: TomlStatement, statement: TomlStatement) -> Splice:
    if holder.kind == "array":
        message = f"{dotted(statement.path)} is an item of a list."
        raise ArgumentError(message, fix="Set the whole list.")
    at = holder.below.index(statement)
    if at:
        return Splice(start=holder.below[at - 1].end, text=b"", end=statement.end)
    end = holder.below[1].start if len(holder.below) > 1 else statement.end
    return Splice(start=statement.start, text=b"", end=end)
