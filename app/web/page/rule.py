"""A rule's page, and the catalogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.checking.catalogue import catalogue, one_rule
from app.reports import wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph of a page, or a block of TOML; the parts of a paragraph at odd places are code."""

    code: bool
    text: str
    parts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """One rule."""

    rule: wire.RuleEntry
    blocks: Sequence[Block]


def rule_page(word: str) -> RulePage:
    """The page of a rule.

    Raises:
        UnknownRule: there is none; the nearest is suggested.
    """
    rule = one_rule(word).rules[0]
    return RulePage(rule=rule, blocks=list(_blocks(rule.page or "")))


def rules() -> Sequence[wire.RuleEntry]:
    """Every rule, in the order of the ids."""
    return catalogue().rules


def _blocks(page: str) -> Iterator[Block]:
    """The blocks of a page; blank lines in a block of TOML belong to it."""
    code: list[str] = []
    for text in page.split("\n\n"):
        if text.startswith("    "):
            code.append("\n".join(line.removeprefix("    ") for line in text.splitlines()))
            continue
        if code:
            yield Block(code=True, text="\n\n".join(code))
            code = []
        if text.strip():
            yield Block(code=False, text=text, parts=" ".join(text.split()).split("`"))
    if code:
        yield Block(code=True, text="\n\n".join(code))
