"""Tokens without a signature are accepted.

Where `none` is among the algorithms, anybody writes a token that says who they are.

Wrong:

    [production.jwt]
    algorithms = ["HS256", "none"]

Right:

    [production.jwt]
    algorithms = ["HS256"]
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.entries import entries, whole
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Algorithms, or lists of them, with `none`, however it is spelled."""
    for leaf in subject.leaves(Role.JWT_ALGORITHM):
        if any(entry.lower() == "none" for entry in entries(leaf.value)):
            path = whole(leaf.path)
            value = "HS256" if path == leaf.path else ["HS256"]
            message = f"{leaf.key} accepts tokens without a signature."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=value), leaf=leaf)


RULE = Rule(
    id="JWT001",
    name="algorithm-none",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Tokens need no signature.",
    source="OWASP ASVS 5.0, 9.1.2; RFC 8725, 3.1",
    page=__doc__,
    check=check,
)
