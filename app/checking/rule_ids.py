"""The ids of rules, as people write them: in either case, and not always right."""

from app.core.errors import nearest
from app.rules import RULES

IDS = frozenset(rule.id for rule in RULES)


def known_id(word: str) -> str | None:
    """The id that a word is, in capitals; None where it is none."""
    found = word.strip().upper()
    return found if found in IDS else None


def begins_one(word: str) -> bool:
    """Whether a word is an id, or the beginning of one."""
    return bool(word) and any(rule.startswith(word.upper()) for rule in IDS)


def instead(word: str) -> str:
    """What to do where a word is no id: the nearest one, also by its rule's name."""
    by_name = {rule.name: rule.id for rule in RULES}
    match = nearest(word, [*by_name, *by_name.values()])
    return f"Did you mean {by_name.get(match, match)!r}?" if match else "`assay rules` lists them."
