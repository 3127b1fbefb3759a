"""A rule's page, taken apart.

A page is the docstring of the rule's file: its first paragraph says what is wrong, others why it matters. Then `Wrong:`
and `Right:`, each with words behind the colon where TOML does not say it all, and an indented block. A line
`Comes with:` names the rules that speak about the wrong example too.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

_WORDS = ("Wrong:", "Right:", "Comes with:")


class Example(Struct, frozen=True, kw_only=True):
    """One of a page's two examples.

    Attributes:
        words: what stands before the block; empty where the block says it all.
        text: the block without its indentation.
    """

    words: str = ""
    text: str = ""


class Page(Struct, frozen=True, kw_only=True):
    """A page in its parts.

    Attributes:
        wrong: what the rule speaks about.
        right: what it is silent about.
        companions: the rules that speak about the wrong example too.
    """

    wrong: Example
    right: Example
    companions: tuple[str, ...] = ()


def read_page(page: str) -> Page:
    """The parts of a page; an example that is not there is empty."""
    parts = dict(_parts(page))
    companions = re.findall(r"[A-Z]+\d{3}", "\n".join(parts.get("Comes with:", [])))
    return Page(
        wrong=_example(parts.get("Wrong:", [])),
        right=_example(parts.get("Right:", [])),
        companions=tuple(companions),
    )


def _parts(page: str) -> Iterator[tuple[str, list[str]]]:
    """The lines behind each of the words, up to the next one."""
    current: list[str] | None = None
    for line in page.splitlines():
        if word := next((word for word in _WORDS if line.startswith(word)), None):
            current = [line.removeprefix(word).strip()]
            yield word, current
        elif current is not None:
            current.append(line)


def _example(lines: list[str]) -> Example:
    """The words up to the block, and the block up to what is not indented."""
    first = next((number for number, line in enumerate(lines) if line.startswith("    ")), len(lines))
    end = next((number for number, line in enumerate(lines) if number > first and line[:1].strip()), len(lines))
    block = "\n".join(line.removeprefix("    ") for line in lines[first:end])
    return Example(words=" ".join(line.strip() for line in lines[:first]).strip(), text=block.strip("\n"))
