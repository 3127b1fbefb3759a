"""Nothing ends a connection attempt, or a statement, that the database does not answer.

A database that is overloaded, or behind a firewall that drops packets, holds every request that waits for it; soon all
workers wait, and the whole application stands still.

Wrong:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    connect_timeout = 0

Right:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    connect_timeout = 5
    statement_timeout = 30
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.connections import connections
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_endless

_WHAT = {"connect_timeout": ("connection attempt", 5), "statement_timeout": ("statement", 30)}


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Timeouts of databases that are none."""
    refused = {problem.path for problem in subject.problems}
    for connection in connections(subject):
        for part, (what, seconds) in _WHAT.items():
            said = connection.said.get(part)
            if (
                not connection.service.database
                or said is None
                or not is_endless(said.value)
                or said.leaf.path in refused
            ):
                continue
            message = f"{said.leaf.key}: nothing ends a {what} that {connection.service.noun} does not answer."
            inside = said.leaf is connection.url
            fix = f"Write {part}={seconds} in the URL." if inside else subject.setting(said.leaf.path, value=seconds)
            yield rule.finding(subject, said.leaf.path, message, fix, leaf=said.leaf)


RULE = Rule(
    id="DB007",
    name="no-timeouts",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Nothing ends a database call that is not answered.",
    source="OWASP ASVS 5.0, 13.2.6",
    page=__doc__,
    check=check,
)
