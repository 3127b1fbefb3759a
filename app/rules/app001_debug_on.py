"""A debug switch is on in a production-like environment.

Debug modes answer errors with source code, variables and stack traces, and some let the visitor run code.

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
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Debug switches that are true, or a number or text that programs read as true."""
    for leaf in subject.leaves(Role.DEBUG):
        if is_on(leaf.value):
            message = f"{leaf.key} is on, and {subject.tree.environment} is production-like."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=False), leaf=leaf)


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
