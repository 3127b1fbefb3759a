"""YAML with lines: events of PyYAML made into nodes.

An alias is the node itself, and what aliases repeat is counted: whoever looks through a document meets it as often.
Source: YAML 1.2.2, and the types of YAML 1.1 that Kubernetes and Compose still read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, cast

import yaml
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
_LETTERS = 32
"""Of a text that take as long as one value."""
_TAGS = re.compile("^%TAG", re.MULTILINE)
MERGE = "<<"
RESET = "!reset"
"""The mark of what a Compose file takes away: a mapping is without it."""


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class BrokenYamlError(Exception):
    """A text is no YAML, or more than is read.

    Args:
        reason: what is wrong, without what stands there.
        line: counts from 1.
        column: counts from 1.
    """

    def __init__(self, reason: str, line: int, column: int = 1) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


class Node(Struct, kw_only=True):
    """One node of a document.

    Attributes:
        line: counts from 1.
        column: counts from 1.
        text: a scalar's; None for tables and lists.
        plain: whether a scalar is written without quotation marks.
        pairs: a mapping's keys and values; None for others.
        items: a sequence's; None for others.
        mark: a tag that is none of YAML's own, `!reset`.
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
        if self.text is None or not self.plain:
            return "text"
        if self.text in _NULLS:
            return "null"
        found = _TYPES.fullmatch(self.text)
        return cast("Type", found.lastgroup) if found else "text"


class RepetitionRoom:
    """What is left of the limit for what the aliases of one file repeat, all together."""

    def __init__(self) -> None:
        self._left = limits.ALIASES.figure

    def take(self, count: int) -> bool:
        """Makes room for one more alias; False where there is none."""
        self._left -= count
        return self._left >= 0


type Entries = dict[str, tuple[Node, Node]]
"""A mapping's keys and values, by the keys' texts."""


def entries(node: Node | None) -> Entries:
    """A mapping's keys with their values; of two with one name the last counts, and merged ones are below its own."""
    if node is None:
        return {}
    if node.merged is None:
        node.merged = _merged(node, {}, 0)
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
        node = _value(node, key, node.pairs)
    return node


def _value(node: Node, key: str, pairs: Sequence[tuple[Node, Node]]) -> Node | None:
    """The value of a key of a mapping: the last one's, unless merged ones are to be looked through, too."""
    found = None
    for name, value in pairs:
        if name.text == key:
            found = None if value.mark == RESET else value
        elif name.text == MERGE:
            return entries(node).get(key, (None, None))[1]
    return found


def items(node: Node | None) -> list[Node]:
    """A sequence's items; none for what is no sequence."""
    return (node.items or []) if node else []


def text(node: Node | None) -> str | None:
    """A scalar's text; None for null and what is no scalar."""
    return None if node is None or (node.plain and node.text in _NULLS) else node.text


def parse(source: str, first_line: int = 1, room: RepetitionRoom | None = None) -> Iterator[Node]:
    """The documents of a text.

    Args:
        source: YAML.
        first_line: the line on which it begins in its file.
        room: what its aliases may repeat, together with other parts of the file.

    Raises:
        BrokenYamlError: it is no YAML, nested deeper than is read, or its aliases repeat more than that.
    """
    tags = list(islice(_TAGS.finditer(source), limits.LISTED.figure + 1))
    if len(tags) > limits.LISTED.figure:  # the parser holds each against all before it
        line = first_line + source.count("\n", 0, tags[-1].start())
        raise BrokenYamlError(f"it has more than {limits.LISTED.figure} %TAG directives", line)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _Composer(first_line - 1, room or RepetitionRoom()).roots(loader(source).get_event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _QUOTED.sub(_without_text, error.problem or "it is no YAML")
        raise BrokenYamlError(reason, mark.line + first_line if mark else first_line,
                              mark.column + 1 if mark else 1) from None  # fmt: skip
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BrokenYamlError("it holds characters that YAML does not know", first_line) from None


def _without_text(found: re.Match[str]) -> str:
    """What a message quotes, but for a sign of YAML's own: `]`."""
    quoted: str = found[0]
    is_sign = len(quoted) == len("']'") and not quoted[1].isalnum()
    return quoted if is_sign else "…"


def _mark(tag: str | None) -> str:
    return tag if tag is not None and tag.startswith("!") and tag != "!" else ""


def walked(roots: Iterable[Node]) -> Iterator[Node]:
    """Every node once, whatever aliases lead to it."""
    seen, waiting = set[int](), list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += node.items or [part for pair in node.pairs or () for part in pair]


class _Composer:
    """Puts a document's nodes together from its events, without recursion.

    Args:
        shift: the lines above the text in its file.
        room: what aliases may repeat.
    """

    def __init__(self, shift: int, room: RepetitionRoom) -> None:
        self._shift, self._room = shift + 1, room
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}  # of the nodes with an anchor, with what aliases in them repeat
        self._size = 0  # of all before
        self._open: list[tuple[Node, list[Node], int]] = []
        self._found: list[Node] = []

    def roots(self, events: Callable[[], yaml.Event]) -> Iterator[Node]:
        """The documents' roots, as far as they are asked for; `events` gives the next one at each call."""
        take: Mapping[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar, yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._collection, yaml.SequenceStartEvent: self._collection,
            yaml.MappingEndEvent: self._mapping, yaml.SequenceEndEvent: self._sequence,
        }  # fmt: skip
        while (kind := type(event := events())) is not yaml.StreamEndEvent:
            if taking := take.get(kind):
                taking(event)
            elif kind is yaml.DocumentEndEvent:
                yield from self._found
                self._found, self._anchors, self._sizes = [], {}, {}

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = event.start_mark
        plain = not event.style and event.tag in {None, "!"} and event.implicit[0]
        node = Node(line=mark.line + self._shift, column=mark.column + 1, text=event.value, plain=plain,
                    mark=_mark(event.tag))  # fmt: skip
        size = 1 + len(event.value) // _LETTERS
        self._size += size
        if event.anchor:
            self._anchors[event.anchor], self._sizes[id(node)] = node, size
        self._found.append(node)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            mark = event.start_mark
            raise BrokenYamlError("an alias refers to no anchor", mark.line + self._shift, mark.column + 1)
        node = self._anchors[event.anchor]
        size = self._sizes.get(id(node), 1)  # one that stands in what it refers to leads to nothing else
        self._size += size
        if not self._room.take(size):
            raise BrokenYamlError(limits.ALIASES.breach, event.start_mark.line + self._shift)
        self._found.append(node)

    def _collection(self, event: yaml.CollectionStartEvent) -> None:
        node = Node(line=event.start_mark.line + self._shift, column=event.start_mark.column + 1,
                    mark=_mark(event.tag))  # fmt: skip
        if len(self._open) >= limits.DEPTH.figure:
            raise BrokenYamlError(limits.DEPTH.breach, node.line, node.column)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._open.append((node, self._found, self._size))
        self._size += 1
        self._found = []

    def _mapping(self, _: yaml.Event) -> None:
        pairs = list(zip(self._found[::2], self._found[1::2], strict=False))
        self._closed().pairs = pairs

    def _sequence(self, _: yaml.Event) -> None:
        found = self._found
        self._closed().items = found

    def _closed(self) -> Node:
        """The collection that ends here, which belongs to the one around it."""
        node, above, before = self._open.pop()
        self._sizes[id(node)] = self._size - before
        above.append(node)
        self._found = above
        return node
