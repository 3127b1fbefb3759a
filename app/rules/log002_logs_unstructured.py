"""Logs are written as lines for people.

Where logs are collected, one JSON object a line can be searched by its fields; a text has to be taken apart first.

Wrong:

    [production.logging]
    format = "console"

Right:

    [production.logging]
    format = "json"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_off, is_on

_FOR_PEOPLE = frozenset(
    {"console", "text", "plain", "plaintext", "pretty", "human", "color", "colored", "colour", "rich", "dev", "simple"}
)
_FORMATTER = "Let a formatter write one JSON object a line, such as the one of python-json-logger or of structlog."
_FIELDS = ("%(", "{message}", "{levelname}", "{level}", "$message")


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Formats for people; a template says nothing where a switch turns JSON on."""
    leaves = list(subject.leaves(Role.LOG_FORMAT))
    if any(_is_json(leaf) for leaf in leaves):
        return
    for leaf in leaves:
        if value := _instead(leaf):
            message = f"{leaf.key} writes logs as lines for people."
            fix = _FORMATTER if _is_pythons(leaf) else subject.setting(leaf.path, value=value)
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _is_pythons(leaf: Leaf) -> bool:
    """Whether Python's logging reads it, as a template or as a formatter's name, and would refuse the word `json`."""
    return _is_template(str(leaf.value).strip().lower()) or "formatter" in str(leaf.path[-1]).lower()


def _is_template(text: str) -> bool:
    return not text.startswith('{"') and any(field in text for field in _FIELDS)


def _is_json(leaf: Leaf) -> bool:
    text = str(leaf.value).strip().lower()
    return text == "json" or ("json" in str(leaf.path[-1]).lower() and is_on(leaf.value))


def _instead(leaf: Leaf) -> str | bool | None:
    """What to write instead; None where it is right, or says nothing that is understood."""
    if "json" in str(leaf.path[-1]).lower():
        return True if is_off(leaf.value) else None
    text = leaf.value.strip().lower() if isinstance(leaf.value, str) else ""
    return "json" if text in _FOR_PEOPLE or _is_template(text) else None


RULE = Rule(
    id="LOG002",
    name="logs-unstructured",
    severity=Severity.INFO,
    applies_to="production",
    summary="Logs are lines for people.",
    source="OWASP ASVS 5.0, 16.2.1",
    page=__doc__,
    check=check,
)
