"""The sections of a file that does not parse: what its lines call a table, so that no fault hides an environment.

A parser stops at the first mistake, and tree-sitter's recovery may lose what stands behind an unclosed quote. So every
line that looks like a header counts, but for those that stand inside a whole array or a whole text of several lines.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import tomli

from app.core import limits
from app.sources.toml.outline import syntax_root

if TYPE_CHECKING:
    from tree_sitter import Node

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_HEADER = re.compile(rf"[ \t]*(?:\[[ \t]*(?P<table>{_KEY})|\[\[[ \t]*(?P<list>{_KEY})[ \t]*\.)")
_END = re.compile(rf"[ \t]*+(?:\.[ \t]*+{_KEY}[ \t]*+){{0,64}}+(?:\]\]?)?[ \t]*+(?:#.*)?$")
_LOOSE = re.compile(rf"[ \t]*(?P<key>{_KEY})[ \t]*(?:\.[ \t]*{_KEY}|=[ \t]*\{{)")
_AROUND = frozenset({"array", "string"})


def section_names(text: str) -> list[str]:
    """The names of the top-level tables of a text, as far as they can be made out, each once, in its order.

    No more than a file may have: to tell where a line stands takes the longer the more there are.
    """
    return list(dict.fromkeys(_names(text)))[: limits.SECTIONS.figure]


def _names(text: str) -> Iterator[str]:
    root, is_top = syntax_root(text.encode()), True
    lines = (
        (number, line) for number, line in enumerate(text.split("\n")) if _HEADER.match(line) or _LOOSE.match(line)
    )
    for number, line in islice(lines, 2 * limits.SECTIONS.figure):
        found = _HEADER.match(line)
        if found and _END.match(_rest(found, line)) and not _is_inside(root, number, line):
            is_top = False
            yield from _plain(found["table"] or found["list"])
        elif is_top and (loose := _LOOSE.match(line)) and not _is_inside(root, number, line):
            yield from _plain(loose["key"])


def _rest(found: re.Match[str], line: str) -> str:
    """What stands behind a header's first key."""
    return line[found.end("table") if found["table"] else found.end("list") :].rstrip("\r")


def _plain(key: str) -> Iterator[str]:
    """The key without its quotes; nothing where it is not whole."""
    try:
        yield next(iter(tomli.loads(f"{key}=0")))
    except tomli.TOMLDecodeError:
        return


def _is_inside(root: "Node", number: int, line: str) -> bool:
    """Whether the line begins in the middle of an array or of a text that itself is whole."""
    at = (number, len(line) - len(line.lstrip()))
    node = root.descendant_for_point_range(at, at)
    while node is not None:
        if node.type in _AROUND and not node.has_error and node.start_point.row < number:
            return True
        node = node.parent
    return False
