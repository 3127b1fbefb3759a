"""Requests that other sites make carry a cookie.

With `SameSite=None` a form or an image on any page acts with the visitor's session.

Wrong:

    [production]
    session_cookie_samesite = "None"

Right:

    [production]
    session_cookie_samesite = "Lax"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """The text `none`; where nothing is said, browsers take `Lax`."""
    for leaf in subject.leaves(Role.COOKIE_SAMESITE):
        if isinstance(leaf.value, str) and leaf.value.strip().lower() == "none":
            message = f"{leaf.key} lets requests of other sites carry the cookie."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value="Lax"), leaf=leaf)


RULE = Rule(
    id="COOK003",
    name="samesite-none",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Other sites' requests carry a cookie.",
    source="OWASP ASVS 5.0, 3.3.2",
    page=__doc__,
    check=check,
)
