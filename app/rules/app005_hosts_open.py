"""The allowed hosts are none, or all, so requests for any host name are answered.

A service that believes whatever a request calls it writes that name into links, such as those that reset passwords.

Wrong:

    [production]
    allowed_hosts = ["*"]

Right:

    [production]
    allowed_hosts = ["orders.example.com"]
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.entries import entries, is_empty
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lists of hosts that are empty, or that hold a wildcard for every name."""
    for leaf in subject.leaves(Role.ALLOWED_HOSTS):
        if is_empty(leaf.value):
            message = f"{leaf.key} names no host."
        elif any(_is_any(entry) for entry in entries(leaf.value)):
            message = f"{leaf.key} allows every host name."
        else:
            continue
        fix = subject.setting(leaf.path, sample='["orders.example.com"]', says="Name the hosts: {}.")
        yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _is_any(entry: str) -> bool:
    """Whether a pattern names no domain: `*`, `*:8000`, `*.*`."""
    return "*" in entry and ("." not in entry or not entry.strip("*.:?"))


RULE = Rule(
    id="APP005",
    name="hosts-open",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Requests for any host are answered.",
    source="Django deployment check security.W020",
    page=__doc__,
    check=check,
)
