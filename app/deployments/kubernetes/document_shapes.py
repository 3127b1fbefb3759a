"""Documents that are alike but for a few scalars, as a chart prints them: two of a shape are parsed, others filled in.

A scalar is left out of a document's shape where whatever stands in its place makes no difference to the parser: letters
and digits, and signs that mean nothing to YAML between them, at the end of a line. What a shape says is shared by all
documents of it; whoever has another text there gets nodes of its own from the root to it.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.deployments.nodes import Node, items
from app.deployments.yaml_reading import BrokenYamlError, RepetitionRoom, parse

_VALUE = re.compile(
    r"""([:-][ ]["']?)"""
    r"([A-Za-z0-9_/][\w./@+=~-]*+(?:(?<![:-])[: ](?=[A-Za-z0-9_/])[\w./@+=~-]*+)*+)"
    r"""(?<=[\w/])(?=["']?[ \]}]*\r?$)""",
    re.ASCII | re.MULTILINE,
)
"""What stands before it, and the scalar, in which that does not stand again: no text is looked through twice."""
_OPEN, _CLOSE = "\ue000", "\ue001"
_LEFT_OUT = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_COUNTED = ("\n", '"', "'", ",", "\n" + " " * 8, "\n" + " " * 12, "\n" + " " * 12 + "-")
"""What no scalar that is left out has in it: documents with other counts are not alike."""
_FOREIGN = ("{{", _OPEN, _CLOSE)
"""What a document with a shape has nothing of: templates are told by what all of their scalars say."""


class _Part(Struct, frozen=True, kw_only=True):
    """A node of a shape.

    Attributes:
        node: what the first document of that shape says.
        first: the number of the first scalar in it that is left out.
        end: the number behind the last one.
        said: of a scalar, its text with the numbers of what is left out.
        parts: of a collection, what is left out in it, each with its place.
    """

    node: Node
    first: int
    end: int
    said: str = ""
    parts: Sequence[tuple[int, "_Part"]] = ()


class _Shape:
    """What is common to documents; `texts` is what the first one says where scalars are left out."""

    def __init__(self, roots: list[Node], texts: Sequence[str]) -> None:
        self._texts, self._roots = texts, roots
        self._parts = [(at, part) for at, root in enumerate(roots) if (part := _part(root, texts))]

    def filled(self, texts: Sequence[str]) -> list[Node]:
        """The roots of a document that says other texts."""
        others = [number for number, (one, first) in enumerate(zip(texts, self._texts, strict=True)) if one != first]
        whole = _Part(node=Node(line=1, column=1, items=self._roots), first=0, end=len(texts), parts=self._parts)
        return items(_filled(whole, texts, others, 0))


class DocumentShapes:
    """The shapes of documents that were read."""

    def __init__(self) -> None:
        self._single: dict[tuple[int, ...], str | None] = {}  # texts that none before them can be alike
        self._met = set[str]()
        self._known: dict[str, _Shape | None] = {}

    def roots(self, text: str) -> list[Node] | None:
        """The roots of a document, whose lines count from the document's; None where its shape is not known."""
        if any(sign in text for sign in _FOREIGN):
            return None
        likeness = tuple(map(text.count, _COUNTED))
        if likeness not in self._single:
            self._single[likeness] = text
            return None
        if (first := self._single[likeness]) is not None:
            self._met.add(_OPEN.join(_split(first)[0]))
            self._single[likeness] = None
        pieces, texts = _split(text)
        shape = _OPEN.join(pieces)
        if shape not in self._met:
            self._met.add(shape)
            return None
        if shape not in self._known:
            self._known[shape] = _parsed(pieces, texts)
        known = self._known[shape]
        return known.filled(texts) if known else None


def _split(text: str) -> tuple[list[str], list[str]]:
    """A document without the scalars that are left out, in pieces, and those scalars."""
    pieces = _VALUE.split(text)
    texts = pieces[2::3]
    del pieces[2::3]
    return pieces, texts


def _parsed(pieces: Sequence[str], texts: Sequence[str]) -> _Shape | None:
    """The shape of a document, with what is left out behind every second piece; None where none can be filled in."""
    said = [f"{piece}{_OPEN}{at // 2}{_CLOSE}" if at % 2 else piece for at, piece in enumerate(pieces)]
    room = RepetitionRoom()
    try:
        roots = list(parse("".join(said), room=room))
    except BrokenYamlError:
        return None
    return _Shape(roots, texts) if room.is_untouched else None


def _part(node: Node, texts: Sequence[str]) -> _Part | None:
    """A node with what is left out in it, which is filled with the texts; None where nothing is."""
    if node.text is not None:
        numbers = [int(one) for one in _LEFT_OUT.findall(node.text)] if _OPEN in node.text else []
        said = node.text
        node.text = _text(said, texts) if numbers else said
        return _Part(node=node, first=numbers[0], end=numbers[-1] + 1, said=said) if numbers else None
    parts = [(at, part) for at, one in enumerate(_children(node)) if (part := _part(one, texts))]
    return _Part(node=node, first=parts[0][1].first, end=parts[-1][1].end, parts=parts) if parts else None


def _text(said: str, texts: Sequence[str]) -> str:
    return _LEFT_OUT.sub(lambda found: texts[int(found[1])], said)


def _filled(part: _Part, texts: Sequence[str], others: Sequence[int], at: int) -> Node:
    """A node that says other texts, by their numbers: `at` is where those in it may begin among the others."""
    if part.said:
        return replace(part.node, text=_text(part.said, texts))
    listed = _children(part.node)
    for place, one in part.parts:
        at = bisect_left(others, one.first, at)
        if at == len(others):
            break
        if others[at] < one.end:
            listed[place] = _filled(one, texts, others, at)
    if part.node.items is not None:
        return replace(part.node, items=listed)
    return replace(part.node, pairs=list(zip(listed[::2], listed[1::2], strict=True)), merged=None)


def _children(node: Node) -> list[Node]:
    return list(node.items) if node.items is not None else [one for pair in node.pairs or () for one in pair]
