"""Which rules are there, and what do they say?"""

from msgspec.structs import replace

from app.checking.rule_ids import instead, known_id
from app.core.errors import UnknownRule
from app.reports import wire
from app.rules import RULES
from app.rules.kit.page import Example, read_page
from app.rules.kit.rule import Rule


def catalogue() -> wire.Rules:
    """Every rule, in the order of the ids."""
    return wire.Rules(rules=[_entry(rule) for rule in RULES])


def one_rule(word: str) -> wire.Rules:
    """The rule of that id, whatever its case, with its page and examples.

    Raises:
        UnknownRule: there is none; the nearest is suggested.
    """
    found = known_id(word)
    if found is None:
        raise UnknownRule(f"There is no rule {word!r}.", fix=instead(word))
    return wire.Rules(rules=[_with_page(next(rule for rule in RULES if rule.id == found))])


def _entry(rule: Rule) -> wire.RuleEntry:
    return wire.RuleEntry(
        id=rule.id,
        name=rule.name,
        severity=rule.severity.word,  # type: ignore[arg-type]  # the enumeration has these three
        speaks=rule.applies_to,
        summary=rule.summary,
        source=rule.source,
    )


def _with_page(rule: Rule) -> wire.RuleEntry:
    page = read_page(rule.page)
    examples = wire.Examples(wrong=_said(page.wrong), right=_said(page.right))
    return replace(_entry(rule), page=rule.page.strip(), examples=examples)


def _said(example: Example) -> str:
    """The block; where there is none, the words."""
    return example.text or example.words
