"""YAML read: events of PyYAML made into nodes.

What aliases repeat is counted: whoever looks through a document meets it as often.
"""

import base64
import re
from collections.abc import Callable, Container, Iterator, Mapping
from itertools import islice
from typing import Any

import yaml

from app.core import limits
from app.deployments.nodes import Node

_STARTS, _ENDS = {yaml.MappingStartEvent, yaml.SequenceStartEvent}, {yaml.MappingEndEvent, yaml.SequenceEndEvent}
_LETTERS = 32
"""Of a text that take as long as one value."""
_TAGS = re.compile("^%TAG", re.MULTILINE)
_OWN = "tag:yaml.org,2002:"
_BINARY = f"{_OWN}binary"
_BLANKS = str.maketrans("", "", "\r\n ")
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


class RepetitionRoom:
    """What is left of the limit for what the aliases of one file repeat, all together."""

    def __init__(self) -> None:
        self._left = limits.ALIASES.figure

    def take(self, count: int) -> bool:
        """Makes room for one more alias; False where there is none."""
        self._left -= count
        return self._left >= 0

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was repeated."""
        return self._left == limits.ALIASES.figure


def parse(
    source: str, first_line: int = 1, room: RepetitionRoom | None = None, passed_over: Container[str] = ()
) -> Iterator[Node]:
    """The documents of a text.

    Args:
        source: YAML.
        first_line: the line on which it begins in its file.
        room: what its aliases may repeat, together with other parts of the file.
        passed_over: keys of tables and lists in which nobody looks: such a one is without what is in it.

    Raises:
        BrokenYamlError: it is no YAML, nested deeper than is read, or its aliases repeat more than that.
    """
    tags = list(islice(_TAGS.finditer(source), limits.LISTED.figure + 1))
    if len(tags) > limits.LISTED.figure:  # the parser holds each against all before it
        line = first_line + source.count("\n", 0, tags[-1].start())
        raise BrokenYamlError(f"it has more than {limits.LISTED.figure} %TAG directives", line)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        unseen = passed_over if "&" not in source else ()  # an alias may lead there
        yield from _Composer(loader(source).get_event, first_line - 1, room or RepetitionRoom(), unseen).roots()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = _QUOTED.sub(_without_text, error.problem or "it is no YAML")
        raise BrokenYamlError(reason, mark.line + first_line if mark else first_line,
                              mark.column + 1 if mark else 1) from None  # fmt: skip
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BrokenYamlError("it holds characters that YAML does not know", first_line) from None


def is_sound(source: str) -> bool:
    """Whether a text is YAML as its syntax tells, in a tenth of the time that `parse` takes; False where nobody knows.

    What only nodes show is not looked at: aliases, and how deep it is nested.
    """
    parser = getattr(yaml, "CSafeLoader", None)
    try:
        if parser is not None:
            parser(source).raw_parse()
    except (yaml.YAMLError, ValueError, RecursionError):
        return False
    return parser is not None


def _without_text(found: re.Match[str]) -> str:
    """What a message quotes, but for a sign of YAML's own: `]`."""
    quoted: str = found[0]
    is_sign = len(quoted) == len("']'") and not quoted[1].isalnum()
    return quoted if is_sign else "…"


def _mark(tag: str | None) -> str:
    if tag is None:
        return ""
    return tag if tag.startswith("!") else f"!!{tag.removeprefix(_OWN)}"


def _decoded(event: yaml.ScalarEvent, line: int) -> str:
    """The text that base64 stands for."""
    try:
        return base64.b64decode(event.value.translate(_BLANKS), validate=True).decode(errors="replace")
    except ValueError:
        raise BrokenYamlError("!!binary stands before what is no base64", line, event.start_mark.column + 1) from None


class _Composer:
    """Puts a document's nodes together from its events, without recursion.

    Args:
        events: gives the next one at each call.
        shift: the lines above the text in its file.
        room: what aliases may repeat.
        passed_over: keys of what no nodes are made of.
    """

    def __init__(
        self, events: Callable[[], yaml.Event], shift: int, room: RepetitionRoom, passed_over: Container[str]
    ) -> None:
        self._events, self._shift, self._room, self._passed_over = events, shift + 1, room, passed_over
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}  # of the nodes with an anchor, with what aliases in them repeat
        self._size = 0  # of all before
        self._open: list[tuple[Node, list[Node], int]] = []
        self._found: list[Node] = []

    def roots(self) -> Iterator[Node]:
        """The documents' roots, as far as they are asked for."""
        take: Mapping[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar, yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._collection, yaml.SequenceStartEvent: self._collection,
            yaml.MappingEndEvent: self._mapping, yaml.SequenceEndEvent: self._sequence,
        }  # fmt: skip
        while (kind := type(event := self._events())) is not yaml.StreamEndEvent:
            if taking := take.get(kind):
                taking(event)
            elif kind is yaml.DocumentEndEvent:
                yield from self._found
                self._found, self._anchors, self._sizes = [], {}, {}

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = event.start_mark
        plain = not event.style and event.tag in {None, "!"} and event.implicit[0]
        line = mark.line + self._shift
        said = event.value if event.tag != _BINARY else _decoded(event, line)
        node = Node(line=line, column=mark.column + 1, text=said, plain=plain, mark=_mark(event.tag))
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
        size = self._sizes.get(id(node))
        if size is None:  # Compose and kustomize never end reading it
            mark = event.start_mark
            reason = "an alias stands in what it refers to"
            raise BrokenYamlError(reason, mark.line + self._shift, mark.column + 1)
        self._size += size
        if not self._room.take(size):
            raise BrokenYamlError(limits.ALIASES.breach, event.start_mark.line + self._shift)
        self._found.append(node)

    def _collection(self, event: yaml.CollectionStartEvent) -> None:
        node = Node(line=event.start_mark.line + self._shift, column=event.start_mark.column + 1, mark=_mark(event.tag))
        if type(event) is yaml.MappingStartEvent:
            node.pairs = []
        else:
            node.items = []
        if len(self._open) >= limits.DEPTH.figure:
            raise BrokenYamlError(limits.DEPTH.breach, node.line, node.column)
        if event.anchor:
            self._anchors[event.anchor] = node
        is_unseen = self._is_unseen()
        self._open.append((node, self._found, self._size))
        self._size += 1
        self._found = []
        if is_unseen:
            self._skip()

    def _is_unseen(self) -> bool:
        """Whether what comes is the value of a key that is passed over."""
        is_value = len(self._found) % 2 and self._open and self._open[-1][0].pairs is not None
        return bool(is_value) and self._found[-1].text in self._passed_over

    def _skip(self) -> None:
        """Takes what is in a collection, and its end."""
        depth = 1
        while depth:
            kind = type(self._events())
            depth += (kind in _STARTS) - (kind in _ENDS)
        self._closed()

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
