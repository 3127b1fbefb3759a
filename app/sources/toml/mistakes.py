"""What is wrong with a text that is no TOML: in the words of whoever wrote it, at the place that is to be mended.

The parser stops where it understands nothing any more; a text that is not closed begins before that, and of two places
that declare one key it knows the second.
"""

import re
from collections.abc import Iterator
from operator import itemgetter

import tomli
from msgspec import Struct

from app.core.layers import Path, Span, dotted
from app.sources.toml.outline import outline

_FIX = "Mend the TOML at this place."
_OPEN = "the text that begins in this line is not closed"
_TWICE = ("Cannot declare", "Cannot overwrite", "Duplicate inline table key")
_MORE = "Expected newline or end of document"
_FOLLOWED = re.compile(r"[ \t]*(?:\[[^\[\]]*\]|\[\[[^\[\]]*\]\])[ \t]*[^\s#\[\]]")
_CLOSED = ("Cannot mutate immutable namespace", "Cannot redefine namespace")
_LITERAL = re.compile(r"=[ \t]*'(?!'')[^'\n]*$", re.MULTILINE)

_CONFLICT = re.compile(r"(?:<{7}|\|{7}|={7}|>{7})(?: |$)")


class Mistake(Struct, frozen=True, kw_only=True):
    """What is wrong, as the end of a sentence, what to do, and where."""

    message: str
    fix: str
    span: Span


class _Declaration(Struct, frozen=True, kw_only=True):
    """A header, or a key with its value."""

    path: Path
    line: int
    is_header: bool


def mistake(error: tomli.TOMLDecodeError, text: str) -> Mistake:
    """What a parser's complaint about a text means."""
    return _conflict(text, error.lineno) or _said(error.msg, text, error.lineno, error.colno)


def _said(said: str, text: str, line: int, column: int) -> Mistake:
    if said.startswith("Illegal character '\\n'"):
        return _mistake(_OPEN, line, column)
    if said.startswith(("Expected \"'", "Unterminated string")):  # told at the end of what was searched
        opening = _opening(text)
        if opening is None:
            return _mistake("a text that begins in this line or above it is not closed", line, column)
        return _mistake(_OPEN, *_place(text, opening), fix="Put the closing quotation marks where the text ends.")
    if wrong := _header(said, text, line, column):
        return wrong
    if said.startswith((*_TWICE, *_CLOSED)):
        return _declared(text, said, line, column)
    return _mistake(said[:1].lower() + said[1:], line, column)


def _mistake(message: str, line: int, column: int, fix: str = _FIX) -> Mistake:
    return Mistake(message=message, fix=fix, span=Span(line=line, column=column, end_line=line, end_column=column + 1))


def _conflict(text: str, line: int) -> Mistake | None:
    """A merge's conflict that begins in a line. Source: git-merge(1), "How conflicts are presented"."""
    lines = text.split("\n")[line - 1 :]
    marks = [(number, one[0]) for number, one in enumerate(lines, line) if _CONFLICT.match(one)]
    ends = next((number for number, mark in marks if mark == ">"), None)
    if marks[:1] != [(line, "<")] or ends is None:
        return None
    fix = "Keep what is right of the two sides, and take out the lines of the markers."
    return _mistake(f"a merge left a conflict here, down to line {ends}", line, 1, fix)


def _header(said: str, text: str, line: int, column: int) -> Mistake | None:
    """What is wrong with the table's header in a line: something follows it, or it is not closed."""
    if said.startswith((_MORE, *_TWICE)) and _FOLLOWED.match(text.split("\n")[line - 1]):
        fix = "Write what follows in lines of its own, below the header."
        return _mistake("something follows a table's header in its line", line, column, fix)
    if brackets := _missing_brackets(text, line, column):
        fix = f"Put {brackets} where the table's name ends."
        return _mistake("the table's header that begins in this line is not closed", line, column, fix)
    return None


def _missing_brackets(text: str, line: int, column: int) -> str:
    """What a header lacks at the place where its name ends; the parser looks for another such name before that."""
    header = [*text.split("\n"), ""][line - 1]
    name, rest = header[: column - 1].strip(), header[column - 1 :].partition("#")[0].strip()
    if not name.startswith("[") or "]" in name:
        return ""
    if name.startswith("[["):
        return "]]" if rest in ("", "]") else ""
    return "" if rest else "]"


def _opening(text: str) -> int | None:
    """Where a text begins that goes on to the end; None where that is not certain."""
    found = max(text.rfind('"""'), text.rfind("'''"))
    if found >= 0:
        return found
    literals = list(_LITERAL.finditer(text))
    if literals:
        return text.index("'", literals[-1].start())
    last = text.rfind("\n") + 1
    quote = text.rfind('"', last)
    return quote if quote >= 0 else None


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _declared(text: str, said: str, line: int, column: int) -> Mistake:
    """A key or table that stands twice, with the other place; or one that is whole already."""
    listed = list(_declarations(text, line))
    if listed and listed[-1].line == line:
        *before, own = listed
        if twice := next((one for one in before if one.path == own.path), None):
            message = f"{dotted(own.path)} stands twice, first in line {twice.line}"
            return _mistake(message, line, column, "Keep one of the two, with all that belongs there.")
        if other := next((one for one in reversed(before) if _collide(one, own)), None):
            whole = min(own.path, other.path, key=len)
            message = f"{dotted(whole)} has its value, or keys, from line {other.line} already"
            return _mistake(message, line, column, "Say all of it in one place.")
    what = "a key stands twice" if said.startswith(_TWICE) else "a table is whole already"
    return _mistake(f"{what}: this line adds to it", line, column)


def _collide(other: _Declaration, own: _Declaration) -> bool:
    """Whether one says a part of what the other says whole."""
    if len(other.path) < len(own.path):
        return not other.is_header and own.path[: len(other.path)] == other.path
    return not other.is_header and other.path[: len(own.path)] == own.path


def _declarations(text: str, line: int) -> Iterator[_Declaration]:
    """What the lines down to one declare, as far as they can be made out."""
    raw, at, number = text.encode(), 0, 1
    for path, start, is_header in sorted(_statements(raw), key=itemgetter(1)):
        number += raw.count(b"\n", at, start)
        at = start
        if number > line:
            return
        yield _Declaration(path=path, line=number, is_header=is_header)


def _statements(raw: bytes) -> Iterator[tuple[Path, int, bool]]:
    """Each path with the byte where it begins, and whether it is a header's."""
    for table in outline(raw).tables:
        if table.path:
            yield table.path, table.start, True
        for statement in table.statements:
            yield from ((one.path, one.start, False) for one in statement.walk())
