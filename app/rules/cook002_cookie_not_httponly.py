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

from app.findings import Finding, Severity
from app.roles import Role, words
from app.rules.rule import Rule
from app.rules.subject import Subject
from app.rules.switches import is_nothing, is_off
from app.tree import Leaf


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
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
    speaks="production",
    summary="Scripts can read a cookie.",
    source="Django deployment check security.W013 for sessions; OWASP ASVS 5.0, 3.3.4",
    page=__doc__,
    check=check,
)
