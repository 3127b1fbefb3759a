"""A cookie travels over plain HTTP too.

Without `Secure` a browser sends the session with a plain request, to whoever listens.

Wrong:

    [production]
    session_cookie_secure = false

Right:

    [production]
    session_cookie_secure = true
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing, is_off


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Switches that are off, or empty."""
    for leaf in subject.leaves(Role.COOKIE_SECURE):
        if is_off(leaf.value) or is_nothing(leaf.value):
            message = f"{leaf.key} sends the cookie over plain HTTP too."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=True), leaf=leaf)


RULE = Rule(
    id="COOK001",
    name="cookie-not-secure",
    severity=Severity.ERROR,
    applies_to="production",
    summary="A cookie travels over plain HTTP.",
    source="Django deployment check security.W012; OWASP ASVS 5.0, 3.3.1",
    page=__doc__,
    check=check,
)
