"""Where keys, tables and list items stand: lines and columns from a file's outline.

The outline counts UTF-8 bytes, as tree-sitter does; ours are characters.
"""

from bisect import bisect_right
from collections.abc import Iterator

from app.core import limits
from app.core.layers import Path, Span
from app.sources.toml.outline import TomlStatement, outline

_DEEPEST = limits.DEPTH.figure


def spans_of(text: str) -> Iterator[tuple[Path, Span]]:
    """The position of every key, table and list item by its path, in the text's order."""
    raw = text.encode()
    places = _Places(raw)
    for table in outline(raw).tables:
        if table.path:
            header = places.span(table.start, table.end)
            yield table.path, header
            if table.path[-1] == 0:
                yield table.path[:-1], header
        for statement in table.statements:
            yield from _of(statement, len(table.path), places)


def _of(statement: TomlStatement, above: int, places: "_Places") -> Iterator[tuple[Path, Span]]:
    """The statement's own position, which the tables of a dotted key share, and those inside it."""
    span, length = places.span(statement.start, statement.end), len(statement.path)
    for depth in range(above + 1, min(length, above + _DEEPEST) + 1):
        yield statement.path[:depth], span
    for inner in statement.below:
        yield from _of(inner, length, places)


class _Places:
    """Lines and columns of a file's bytes."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._starts = [0]
        for line in raw.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._is_ascii = raw.isascii()
        self._reached = (0, 0, 0)

    def span(self, start: int, end: int) -> Span:
        line, column = self._place(start)
        end_line, end_column = self._place(end)
        return Span(line=line, column=column, end_line=end_line, end_column=end_column)

    def _place(self, offset: int) -> tuple[int, int]:
        """Line and column; a long line is counted on from the place before, not from its beginning."""
        line = bisect_right(self._starts, offset)
        if self._is_ascii:
            return line, offset - self._starts[line - 1] + 1
        known, start, characters = self._reached
        if line != known or offset < start:
            start, characters = self._starts[line - 1], 0
        characters += len(self._raw[start:offset].decode(errors="replace"))
        self._reached = line, offset, characters
        return line, characters + 1
