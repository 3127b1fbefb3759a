"""Request bodies may be of any size.

One request without a limit fills the memory or the disk.

Wrong:

    [production.server]
    max_body_size = 0

Right:

    [production.server]
    max_body_size = 1048576
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_endless


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Limits that are off, zero or less."""
    for leaf in subject.leaves(Role.BODY_LIMIT):
        if is_endless(leaf.value):
            message = f"{leaf.key} sets no limit."
            fix = subject.setting(leaf.path, value=1048576, says="Set one, in bytes: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="APP007",
    name="body-unlimited",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Request bodies may be of any size.",
    source="OWASP ASVS 5.0, 5.2.1",
    page=__doc__,
    check=check,
)
