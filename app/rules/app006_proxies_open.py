"""Forwarding headers are believed from anybody.

Whoever may say `X-Forwarded-For` chooses the address that logs, limits and access rules see.

Wrong:

    [production.server]
    trusted_proxies = ["*"]

Right:

    [production.server]
    trusted_proxies = ["10.0.3.0/28"]
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.entries import entries
from app.rules.kit.reach import is_everybody
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lists of proxies that hold everybody, and switches that trust all."""
    for leaf in subject.leaves(Role.TRUSTED_PROXIES):
        if leaf.value is True or any(is_everybody(entry) for entry in entries(leaf.value)):
            message = f"{leaf.key} believes forwarding headers from anybody."
            fix = subject.setting(leaf.path, sample='["10.0.3.0/28"]', says="Name your proxies: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="APP006",
    name="proxies-open",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Forwarding headers are believed from anybody.",
    source="OWASP ASVS 5.0, 4.1.3",
    page=__doc__,
    check=check,
)
