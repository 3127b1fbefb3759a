"""Scripts can read a cookie that holds a session.

Without `HttpOnly` one injected script takes the sessions of all who see it.

Wrong:

    [production]
    session_cookie_httponly = false

Right:

    [production]
    session_cookie_httponly = true
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing, is_off


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Switches that are off, or empty, but for cookies that scripts are there to read."""
    for leaf in subject.leaves(Role.COOKIE_HTTPONLY):
        if (is_off(leaf.value) or is_nothing(leaf.value)) and not _is_for_scripts(leaf):
            message = f"{leaf.key} lets scripts read the cookie."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=True), leaf=leaf)


def _is_for_scripts(leaf: Leaf) -> bool:
    """Whether it is a cookie that frameworks let scripts read: the token against forged requests, the language."""
    named = {word for part in leaf.path[-2:] for word in words(str(part))}
    return not named.isdisjoint({"csrf", "xsrf", "language", "locale"})


RULE = Rule(
    id="COOK002",
    name="cookie-not-httponly",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Scripts can read a cookie.",
    source="Django deployment check security.W013 for sessions; OWASP ASVS 5.0, 3.3.4",
    page=__doc__,
    check=check,
)
