"""YAML each of whose lines says one thing, as tools print it: read line by line, in half the time of its events.

Its syntax is libyaml's to judge. What goes over several lines or refers to something else is left to `parse`: blocks of
text, anchors, tags, tables in a line that hold others.
"""

import re
import sys
from collections.abc import Container, Iterable
from typing import Any

from app.core import limits
from app.deployments.nodes import Node
from app.deployments.yaml_reading import is_sound

_UNUSUAL = re.compile("[\t\r\x85\u2028\u2029\ufeff]|{{")
_PLAIN = r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|-(?=\S))(?:[^\s#:]++|:(?=\S)|[ ]++(?=[^\s#]))*+"
_QUOTED = r"\"[^\"\\\n]*+\"|'[^'\n]*+'"
_INSIDE = rf"(?:(?:[\w/.$]|-(?=[\w-]))[^\s#:,\[\]{{}}?]*+(?:(?:[ ]++|:)(?=[\w/.$])[^\s#:,\[\]{{}}?]++)*+|{_QUOTED})"
_KEY = r"[A-Za-z0-9_][\w./-]*+"
_PAIR = rf"{_KEY}:[ ]++{_INSIDE}"
_TABLE = rf"\{{[ ]*+(?:{_PAIR}(?:[ ]*+,[ ]++{_PAIR})*+)?[ ]*+\}}"
_LIST = rf"\[[ ]*+(?:{_INSIDE}(?:[ ]*+,[ ]++{_INSIDE})*+)?[ ]*+\]"
_LINE = re.compile(
    rf"^([ ]*+)((?:-[ ]++)?+)(?:({_KEY}):(?=\s|\Z))?+([ ]*+)({_PLAIN}|{_QUOTED}|{_TABLE}|{_LIST}|)"
    r"[ ]*+(?:(?<!\S)#.*+)?$",
    re.MULTILINE,
)
"""What stands before, the dash of an item, a key, the blanks before a value, and the value."""
_PAIRS = re.compile(rf"({_KEY}):[ ]++({_INSIDE})")
_ITEMS = re.compile(_INSIDE)
_START = ("", "", "", "", "---")

type _Parts = tuple[str, str, str, str, str]


def read_lines(text: str, first_line: int, passed_over: Container[str] = ()) -> Node | None:
    """The root of a document; None where it has none, or is to be read by `parse`.

    Args:
        text: one document.
        first_line: the line on which it begins in its file.
        passed_over: keys of which nobody looks at the lines below them: such a value is an empty table or list.
    """
    if _UNUSUAL.search(text):
        return None
    lines = _LINE.findall(text)
    if len(lines) != text.count("\n") + 1 or not is_sound(text):
        return None
    if lines[0] == _START:
        del lines[0]
        first_line += 1
    reading = _LineReading(passed_over)
    try:
        reading.read(lines, first_line)
    except _OtherYamlError:
        return None
    return reading.root


class _OtherYamlError(Exception):
    """A line is not what it seems to be alone."""


class _LineReading:
    """A document that is being put together.

    Attributes:
        root: None before its first line.
    """

    def __init__(self, passed_over: Container[str]) -> None:
        self.root: Node | None = None
        self._passed_over, self._end = passed_over, sys.maxsize  # lines that begin behind it are passed over
        self._at, self._found, self._is_list = 0, list[Any](), False  # the innermost collection that is open
        self._around: list[tuple[int, list[Any], bool]] = []
        self._waiting: Node | None = None  # a key whose value stands on the lines below it, or nowhere

    def read(self, lines: Iterable[_Parts], first_line: int) -> None:
        """Takes the parts of all lines."""
        for line, (indent, dash, key, gap, value) in enumerate(lines, first_line):
            if key or (dash and value):
                column = len(indent) + 1
                if column < self._end or (column == self._end and not dash):
                    self._take(line, column, dash, key, gap, value)
            elif dash or value:
                raise _OtherYamlError
        self._leave_empty()

    def _take(self, line: int, column: int, dash: str, key: str, gap: str, value: str) -> None:
        if self._waiting is not None or self.root is None:
            self._begin(line, column, is_list=bool(dash))
            if self._end == self._at:
                return
        self._end = sys.maxsize
        while self._at > column or (self._at == column and self._is_list and not dash):
            self._at, self._found, self._is_list = self._around.pop()
        if self._at != column or self._is_list != bool(dash):
            raise _OtherYamlError
        if dash:
            column += len(dash)
            if not key:
                self._found.append(_value(value, line, column))
                return
            self._found.append(self._opened(line, column, is_list=False))
        named = Node(line=line, column=column, text=key, plain=True)
        if value:
            self._found.append((named, _value(value, line, column + len(key) + len(gap) + 1)))
        else:
            self._waiting = named

    def _begin(self, line: int, column: int, *, is_list: bool) -> None:
        """Begins the root, or what a key waits for where a line is a part of that."""
        named, above = self._waiting, self._found
        if named is not None and (column < self._at or (column == self._at and not is_list)):
            self._leave_empty()
        elif named is not None and named.text in self._passed_over:
            above.append((named, _collection(line, column, [], is_list=is_list)))
            self._waiting, self._end = None, self._at
        else:
            node = self._opened(line, column, is_list=is_list)
            if named is None:
                self.root = node
            else:
                above.append((named, node))
            self._waiting = None

    def _opened(self, line: int, column: int, *, is_list: bool) -> Node:
        """A table or list that the lines from here on are parts of."""
        self._around.append((self._at, self._found, self._is_list))
        if len(self._around) >= limits.DEPTH.figure:
            raise _OtherYamlError
        self._at, self._found, self._is_list = column, [], is_list
        return _collection(line, column, self._found, is_list=is_list)

    def _leave_empty(self) -> None:
        """What a key waited for is nothing."""
        if (named := self._waiting) is not None:
            column = named.column + len(named.text or "") + 1
            self._found.append((named, Node(line=named.line, column=column, text="", plain=True)))
            self._waiting = None


def _collection(line: int, column: int, found: list[Any], *, is_list: bool) -> Node:
    return Node(line=line, column=column, items=found) if is_list else Node(line=line, column=column, pairs=found)


def _value(said: str, line: int, column: int) -> Node:
    """What stands behind a key or a dash in its line."""
    sign = said[0]
    if sign in "\"'":
        return Node(line=line, column=column, text=said[1:-1])
    if sign == "[":
        listed = [_value(found[0], line, column + found.start()) for found in _ITEMS.finditer(said)]
        return Node(line=line, column=column, items=listed)
    if sign == "{":
        return Node(line=line, column=column, pairs=[_pair(found, line, column) for found in _PAIRS.finditer(said)])
    return Node(line=line, column=column, text=said, plain=True)


def _pair(found: re.Match[str], line: int, column: int) -> tuple[Node, Node]:
    """A key and its value in a table that begins in that column."""
    key = Node(line=line, column=column + found.start(1), text=found[1], plain=True)
    return key, _value(found[2], line, column + found.start(2))
