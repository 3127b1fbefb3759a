"""A list of objects as `kubectl get -o yaml` prints it, taken apart into their texts: few of many matter."""

import re
from collections.abc import Iterator

from app.deployments.yaml_reading import is_sound

_HEAD = re.compile(r"(?:---\n)?(?:#.*\n|apiVersion: v1\n|(?P<kind>kind: List)\n)*items:\n(?=-[ ])")
_TAIL = re.compile(
    r"^(?:(?P<kind>kind: List)\n?|metadata:(?:[ ]\{\})?\n?(?:[ ]+\w+: (?:\"\"|'')\n?)*)+\Z", re.MULTILINE
)
_ITEM = re.compile(r"^-(?=[ ])", re.MULTILINE)


def listed_items(text: str) -> Iterator[tuple[int, str]]:
    """The items of a document, each with the lines above it and where it stands in them; else the document itself.

    Args:
        text: one document.
    """
    head = _HEAD.match(text)
    tail = _TAIL.search(text, head.end()) if head else None
    end = tail.start() if tail else len(text)
    if head is None or not (head["kind"] or (tail and tail["kind"])):
        yield 0, text
        return
    starts = [found.start() for found in _ITEM.finditer(text, head.end(), end)]
    items = [f" {text[start + 1 : stop]}" for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    if _may_go_beyond(text) or not is_sound("---\n".join(items)):
        yield 0, text
        return
    above = text.count("\n", 0, head.end())
    for item in items:
        yield above, item
        above += item.count("\n")


def _may_go_beyond(text: str) -> bool:
    """Whether an item may refer to another one, or the list end before the text does."""
    return ("&" in text and "*" in text) or "\n..." in text
