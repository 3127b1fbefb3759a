"""YAML with lines: events of PyYAML made into nodes. An alias is the node itself, so that nothing multiplies.

Source: YAML 1.2.2, and the types of YAML 1.1 that Kubernetes and Compose still read.
"""

import re
from collections.abc import Iterator
from typing import Literal

import yaml
from msgspec import Struct

from app.core import limits

type Type = Literal["null", "boolean", "number", "date", "text"]

_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF")
_NUMBER = re.compile(
    r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|(0|[1-9][0-9_]*)|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt\s]+\d{1,2}:\d{2}:\d{2}(\.\d*)?\s*(Z|[-+]\d{1,2}(:?\d{2})?)?)?")
_MERGE = "<<"
_COLLECTIONS = frozenset({yaml.SequenceStartEvent, yaml.MappingStartEvent})
_BEGINNINGS = _COLLECTIONS | {yaml.ScalarEvent, yaml.AliasEvent}
_ENDS = frozenset({yaml.SequenceEndEvent, yaml.MappingEndEvent})


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
    """

    line: int
    column: int
    text: str | None = None
    plain: bool = False
    pairs: list[tuple["Node", "Node"]] | None = None
    items: list["Node"] | None = None

    @property
    def type(self) -> Type:
        """What YAML makes of a scalar."""
        if self.text is None or not self.plain:
            return "text"
        if self.text in {"", "~", "null", "Null", "NULL"}:
            return "null"
        kinds: tuple[tuple[re.Pattern[str], Type], ...] = ((_BOOLEAN, "boolean"), (_NUMBER, "number"), (_DATE, "date"))
        return next((kind for shape, kind in kinds if shape.fullmatch(self.text)), "text")


def entries(node: Node | None, _depth: int = 0) -> dict[str, tuple[Node, Node]]:
    """A mapping's keys with their values; of two with one name the last counts, and merged ones are below its own."""
    own: dict[str, tuple[Node, Node]] = {}
    merged: dict[str, tuple[Node, Node]] = {}
    for key, value in (node.pairs or ()) if node else ():
        if key.text == _MERGE and key.plain and _depth < limits.DEPTH.figure:
            for other in value.items if value.items is not None else [value]:
                merged = {**entries(other, _depth + 1), **merged}
        elif key.text is not None:
            own[key.text] = (key, value)
    return {**merged, **own}


def at(node: Node | None, *path: str) -> Node | None:
    """The node at a path of keys; None where there is none."""
    for key in path:
        found = entries(node).get(key) if node is not None and node.pairs is not None else None
        node = found[1] if found else None
    return node


def items(node: Node | None) -> list[Node]:
    """A sequence's items; none for what is no sequence."""
    return (node.items or []) if node else []


def text(node: Node | None) -> str | None:
    """A scalar's text; None for null and what is no scalar."""
    return node.text if node is not None and node.text is not None and node.type != "null" else None


def parse(source: str, first_line: int = 1) -> Iterator[Node]:
    """The documents of a text.

    Args:
        source: YAML.
        first_line: the line on which it begins in its file.

    Raises:
        BrokenYamlError: it is no YAML, or nested deeper or larger than is read.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from _composed(yaml.parse(source, Loader=loader), first_line - 1)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = re.sub(r"'[^']*'|\"[^\"]*\"", "…", error.problem or "it is no YAML")
        raise BrokenYamlError(reason, mark.line + first_line if mark else first_line,
                              mark.column + 1 if mark else 1) from None  # fmt: skip
    except (yaml.YAMLError, ValueError, RecursionError):
        raise BrokenYamlError("it holds characters that YAML does not know", first_line) from None


def _composed(events: Iterator[yaml.Event], shift: int) -> Iterator[Node]:
    """The roots of documents, put together without recursion."""
    stack: list[tuple[Node, list[Node]]] = []
    anchors: dict[str, Node] = {}
    for event in events:
        kind = type(event)
        if kind in _BEGINNINGS:
            node = _node(event, anchors, shift)
            if stack:
                stack[-1][1].append(node)
            if kind in _COLLECTIONS:
                if len(stack) >= limits.DEPTH.figure:
                    raise BrokenYamlError(limits.DEPTH.breach, node.line, node.column)
                stack.append((node, []))
            elif not stack:
                yield node
        elif kind in _ENDS:
            node, found = stack.pop()
            _fill(node, found)
            if not stack:
                yield node
        elif kind is yaml.DocumentStartEvent:
            anchors = {}


def _node(event: yaml.Event, anchors: dict[str, Node], shift: int) -> Node:
    mark = event.start_mark
    line, column = mark.line + shift + 1, mark.column + 1
    if type(event) is yaml.AliasEvent:
        if event.anchor not in anchors:
            raise BrokenYamlError("an alias refers to no anchor", line, column)
        return anchors[event.anchor]
    if type(event) is yaml.ScalarEvent:
        plain = not event.style and event.tag in {None, "!"} and event.implicit[0]
        node = Node(line=line, column=column, text=event.value, plain=plain)
    elif type(event) is yaml.SequenceStartEvent:
        node = Node(line=line, column=column, items=[])
    else:
        node = Node(line=line, column=column, pairs=[])
    if event.anchor:
        anchors[event.anchor] = node
    return node


def _fill(node: Node, found: list[Node]) -> None:
    if node.items is not None:
        node.items.extend(found)
    elif node.pairs is not None:
        node.pairs.extend(zip(found[::2], found[1::2], strict=False))
