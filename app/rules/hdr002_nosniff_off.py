"""Browsers may guess content types.

Without `X-Content-Type-Options: nosniff` a browser may run an uploaded text as a script.

Wrong:

    [production.headers]
    nosniff = false

Right:

    [production.headers]
    nosniff = true
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing, is_off, is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Switches that are off, and header texts that say something else than `nosniff`."""
    for leaf in subject.leaves(Role.NOSNIFF):
        if is_off(leaf.value) or is_nothing(leaf.value) or _says_else(leaf.value):
            value = True if isinstance(leaf.value, bool) else "nosniff"
            message = f"{leaf.key} lets browsers guess content types."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=value), leaf=leaf)


def _says_else(value: object) -> bool:
    return isinstance(value, str) and not (is_on(value) or is_reference(value) or value.strip().lower() == "nosniff")


RULE = Rule(
    id="HDR002",
    name="nosniff-off",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Browsers may guess content types.",
    source="Django deployment check security.W006; OWASP ASVS 5.0, 3.4.4",
    page=__doc__,
    check=check,
)
