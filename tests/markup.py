"""A page taken apart: its elements with their attributes and the text in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_VOID = frozenset({"meta", "link", "input", "br", "col", "path", "img", "wbr"})
_CLOSED_BY = {
    "td": {"td", "th", "tr", "tbody"},
    "th": {"td", "th", "tr", "tbody"},
    "tr": {"tr", "tbody"},
    "thead": {"tbody"},
    "option": {"option"},
}
"""End tags that HTML lets one leave out."""


@dataclass(kw_only=True, eq=False)
class Element:
    """One element; `text` is that of everything in it."""

    tag: str
    attributes: dict[str, str]
    inner: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        parts = (one if isinstance(one, str) else one.text for one in self.inner)
        return " ".join("".join(parts).split())

    @property
    def classes(self) -> set[str]:
        return set(self["class"].split())

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def all(self, tag: str | None = None, **wanted: str) -> "list[Element]":
        """The elements in it of that tag and these attributes (`data_k` is `data-k`, `class_` a class)."""
        return [one for one in self.below() if (tag is None or one.tag == tag) and one.has(wanted)]

    def one(self, tag: str | None = None, **wanted: str) -> "Element":
        (found,) = self.all(tag, **wanted)
        return found

    def has(self, wanted: dict[str, str]) -> bool:
        return all(
            value in self.classes if name == "class_" else self.attributes.get(name.replace("_", "-")) == value
            for name, value in wanted.items()
        )

    def below(self) -> "Iterator[Element]":
        for one in self.inner:
            if isinstance(one, Element):
                yield one
                yield from one.below()


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element(tag="", attributes={})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        while tag in _CLOSED_BY.get(self._open[-1].tag, ()):
            self._open.pop()
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs})
        self._open[-1].inner.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(one.tag == tag for one in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inner.append(data)


def parsed(html: str) -> Element:
    """The page."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root
