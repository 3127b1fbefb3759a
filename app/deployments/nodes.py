"""The nodes of YAML, with their lines. An alias is the node itself.

Source: YAML 1.2.2, and the types of YAML 1.1 that Kubernetes and Compose still read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal, cast

from msgspec import Struct

from app.core import limits

type Type = Literal["null", "boolean", "number", "date", "text"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TYPES = re.compile(
    r"(?P<boolean>yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)"
    r"|(?P<number>[-+]?(?:0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN))"
    r"|(?P<date>\d{4}-\d{1,2}-\d{1,2}(?:[Tt\s]+\d{1,2}:\d{2}:\d{2}(?:\.\d*)?\s*(?:Z|[-+]\d{1,2}(?::?\d{2})?)?)?)"
)
_BEYOND = re.compile(r"[-+]?[1-9][0-9]*[eE]\+?(?:[1-9][0-9]{3,}|[4-9][0-9]{2}|3(?:09|[1-9][0-9]))")
"""Larger than any number of Go's, which takes it for a text: hashes of commits look like that."""
_SHORT = 40
"""Letters of a text that may be one of many."""
_TAGGED: Mapping[str, Type] = {"!!int": "number", "!!float": "number", "!!bool": "boolean", "!!timestamp": "date"}
UNTAGGED = "!"
"""The mark of what YAML 1.1 takes for a text, whatever it looks like."""
MERGE = "<<"
RESET = "!reset"
"""The mark of what a Compose file takes away: a mapping is without it."""


def plain_type(text: str) -> Type:
    """What YAML makes of a text without quotation marks."""
    return _short_type(text) if len(text) <= _SHORT else _type(text)


def _type(text: str) -> Type:
    if text in _NULLS:
        return "null"
    found = _TYPES.fullmatch(text)
    return cast("Type", found.lastgroup) if found and not _BEYOND.fullmatch(text) else "text"


_short_type = lru_cache(maxsize=1 << 12)(_type)  # names and words that many processes share


class Node(Struct, kw_only=True, gc=False):
    """One node of a document.

    Attributes:
        line: counts from 1.
        column: counts from 1.
        text: a scalar's; None for tables and lists.
        plain: whether a scalar is written without quotation marks.
        pairs: a mapping's keys and values; None for others.
        items: a sequence's; None for others.
        mark: a tag that is none of YAML's own, `!reset`, or what a text is by its tag, `!!int`.
    """

    line: int
    column: int
    text: str | None = None
    plain: bool = False
    pairs: list[tuple["Node", "Node"]] | None = None
    items: list["Node"] | None = None
    mark: str = ""
    merged: "Entries | None" = None
    """What `entries` has found."""

    @property
    def type(self) -> Type:
        """What YAML makes of a scalar."""
        if self.mark in _TAGGED and self.text is not None:
            return _TAGGED[self.mark]
        return plain_type(self.text) if self.plain and self.text is not None else "text"


type Entries = dict[str, tuple[Node, Node]]
"""A mapping's keys and values, by the keys' texts."""


def entries(node: Node | None) -> Entries:
    """A mapping's keys with their values; of two with one name the last counts, and merged ones are below its own."""
    if node is None:
        return {}
    if node.merged is None:
        own = {pair[0].text: pair for pair in node.pairs or ()}
        is_plain = MERGE not in own and None not in own and not any(value.mark for _, value in node.pairs or ())
        node.merged = cast("Entries", own) if is_plain else _merged(node, {}, 0)
    return node.merged


def _merged(node: Node, known: dict[int, Entries], depth: int) -> Entries:
    """The same; `known` is what other nodes were found to have, so that merging each other does not multiply them."""
    if id(node) in known:
        return known[id(node)]
    own: Entries = {}
    merged: Entries = {}
    known[id(node)] = {}  # a mapping that merges itself gets nothing of it
    for key, value in node.pairs or ():
        if key.text == MERGE and key.plain and depth < limits.DEPTH.figure:
            for other in [value] if value.items is None else value.items:
                merged = {**_merged(other, known, depth + 1), **merged}
        elif key.text is not None and value.mark != RESET:
            own[key.text] = (key, value)
    known[id(node)] = {**merged, **own}
    return known[id(node)]


def at(node: Node | None, *path: str) -> Node | None:
    """The node at a path of keys; None where there is none."""
    for key in path:
        if node is None or not node.pairs:
            return None
        found = entries(node).get(key)
        node = found[1] if found else None
    return node


def items(node: Node | None) -> list[Node]:
    """A sequence's items; none for what is no sequence."""
    return (node.items or []) if node else []


def text(node: Node | None) -> str | None:
    """A scalar's text; None for null and what is no scalar."""
    return None if node is None or (node.plain and node.text in _NULLS) else node.text


def walked(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node once, whatever aliases lead to it."""
    seen, waiting = set[int](), list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += node.items or [part for pair in node.pairs or () for part in pair]
