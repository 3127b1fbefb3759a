"""A debug switch is on in a production-like environment.

Debug modes answer errors with source code, variables and stack traces, and some let the visitor run code.

A text such as `"off"` or `"false"` is true in Python, as every text is that is not empty: where no model makes a
boolean of it, that is a warning. In a variable Dynaconf reads `true` and `false` as booleans, and `off` as a text.

Wrong:

    [production.app]
    debug = true

Right:

    [production.app]
    debug = false
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_off, is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Debug switches that are true, a number or text that programs read as true, or a text that says otherwise."""
    for leaf in subject.leaves(Role.DEBUG):
        if is_on(leaf.value):
            message = f"{leaf.key} is on, and {subject.tree.environment} is production-like."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=False), leaf=leaf)
        elif isinstance(leaf.value, str) and is_off(leaf.value) and not _is_typed(subject, leaf):
            message = f"{leaf.key} is the text {leaf.value!r}, and every text that is not empty is true in Python."
            fix = subject.setting(leaf.path, value=False)
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf, severity=Severity.WARNING)


def _is_typed(subject: EnvironmentContext, leaf: Leaf) -> bool:
    """Whether a model says what type it has, and reads the text accordingly."""
    return subject.shape is not None and subject.shape.at(leaf.path) is not None


RULE = Rule(
    id="APP001",
    name="debug-on",
    severity=Severity.ERROR,
    applies_to="production",
    summary="A debug switch is on.",
    source="Django deployment check security.W018; OWASP ASVS 5.0, 13.4.2",
    page=__doc__,
    check=check,
)
