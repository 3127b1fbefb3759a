"""Where a new key goes: into the table that is there, else under a header of its own beside its relatives."""

from app.core.errors import ArgumentError
from app.core.layers import Path, dotted
from app.sources.toml.outline import Outline, TomlStatement, TomlTable
from app.toml_edit.lines import Lines
from app.toml_edit.literal import key_text
from app.toml_edit.splice import Splice


def insertion(lines: Lines, outline: Outline, path: Path, toml: str) -> Splice:
    """The text that adds a key that the file does not have.

    What it adds can be told from what was there before, so that taking the key out again gives the file back:
    a header made for the key stands right above it, one that stood there empty has a blank line between.

    Raises:
        ArgumentError: the key would be a new item of a list.
    """
    if isinstance(path[-1], int):
        raise ArgumentError(f"{dotted(path)} is no item of the list.", fix="Set the whole list.")
    for depth in range(len(path) - 1, 0, -1):
        if found := _in_table(lines, outline, path, depth, toml):
            return found
    return _at_root(lines, outline, path, toml) if len(path) == 1 else _new_table(lines, outline, path, toml)


def _in_table(lines: Lines, outline: Outline, path: Path, depth: int, toml: str) -> Splice | None:
    """The key in the table of that depth, if that table can take it."""
    above, beneath = path[:depth], _pair(path[depth:], toml)
    inline = outline.statement(above)
    if inline and inline.kind == "inline":
        return _in_braces(inline, beneath)
    if sibling := outline.dotted(above):
        statement, start = sibling
        return _beside(statement, _pair(path[start:], toml), lines, outline)
    header = outline.header(above)
    is_direct = depth == len(path) - 1 or any(isinstance(part, int) for part in path)
    return _under(lines, header, beneath) if header and is_direct else None


def _pair(path: Path, toml: str) -> bytes:
    if not all(isinstance(part, str) for part in path):
        raise ArgumentError(f"{dotted(path)} is no item of the list.", fix="Set the whole list.")
    return f"{'.'.join(key_text(str(part)) for part in path)} = {toml}".encode()


def _in_braces(inline: TomlStatement, pair: bytes) -> Splice:
    if inline.below:
        return Splice(start=inline.below[-1].end, text=b", " + pair)
    return Splice(start=inline.value + 1, text=pair)


def _beside(sibling: TomlStatement, pair: bytes, lines: Lines, outline: Outline) -> Splice:
    holder = outline.holder(sibling)
    return _in_braces(holder, pair) if isinstance(holder, TomlStatement) else _below(sibling, pair, lines)


def _below(sibling: TomlStatement, pair: bytes, lines: Lines) -> Splice:
    return _line(lines, lines.after(sibling.end), lines.indent(sibling.start) + pair)


def _line(lines: Lines, position: int, text: bytes) -> Splice:
    """A line of its own at this position; a file whose last line has no end keeps it so."""
    if position == len(lines.raw) and lines.is_open:
        return Splice(start=position, text=lines.ending + text)
    return Splice(start=position, text=text + lines.ending)


def _under(lines: Lines, table: TomlTable, pair: bytes) -> Splice:
    if table.statements:
        return _below(table.statements[-1], pair, lines)
    return _line(lines, lines.after(table.end), lines.ending + pair)


def _at_root(lines: Lines, outline: Outline, path: Path, toml: str) -> Splice:
    """A key above the first header, which keeps the comments right above it."""
    root, *tables = outline.tables
    pair = _pair(path, toml)
    if root.statements:
        return _below(root.statements[-1], pair, lines)
    if not tables:
        return _line(lines, len(lines.raw), pair)
    position = lines.start(tables[0].start)
    while lines.before(position).lstrip().startswith(b"#"):
        position = lines.start(position - 1)
    return Splice(start=position, text=pair + lines.ending * 2)


def _new_table(lines: Lines, outline: Outline, path: Path, toml: str) -> Splice:
    """A header and the key, behind the last table that shares most with it, else at the end of the file."""
    header = f"[{_pair(path[:-1], '').decode().removesuffix(' = ')}]".encode()
    block = header + lines.ending + _pair(path[-1:], toml)
    table = outline.last_related(path)
    if table is None or table is outline.tables[-1]:
        return _line(lines, len(lines.raw), lines.ending + block if lines.raw else block)
    return _line(lines, lines.after(table.statements[-1].end if table.statements else table.end), lines.ending + block)
