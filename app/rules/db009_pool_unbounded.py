"""The connection pool has no bound, or keeps connections that a pooler in between has long given up.

SQLAlchemy takes a pool size of 0 and an overflow of -1 for "as many as you like": a rush then opens connections until
the server refuses everybody. Behind PgBouncer or its like a connection that is never replaced ends in an error for the
request that gets it.

Wrong:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    pool_size = 5
    max_overflow = -1

Right:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    pool_size = 5
    max_overflow = 10
"""

import re
from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.connections import Connection, ConnectionPart, connections
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import amount, is_endless, is_on

_POOLER_PORT = "6432"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Pools of databases without a size, an overflow or, behind a pooler, an age."""
    refused = {problem.path for problem in subject.problems}
    for connection in connections(subject):
        for said, what, value in _unbounded(connection) if connection.service.database else ():
            if said.leaf.path not in refused:
                inside = said.leaf is connection.url
                fix = "Give it a bound in the URL." if inside else subject.setting(said.leaf.path, value=value)
                yield rule.finding(subject, said.leaf.path, f"{said.leaf.key}: {what}.", fix, leaf=said.leaf)


def _unbounded(connection: Connection) -> Iterator[tuple[ConnectionPart, str, int]]:
    size, overflow, recycle = (connection.said.get(part) for part in ("pool_size", "pool_overflow", "pool_recycle"))
    if size and is_endless(size.value):
        yield size, "the pool has no bound", 5
    if overflow and _is_unlimited(overflow.value):
        yield overflow, "a rush may open connections without a bound", 10
    if recycle and is_endless(recycle.value) and _is_pooled(connection):
        yield recycle, "connections are never replaced, though a pooler in between gives them up", 1800


def _is_unlimited(value: object) -> bool:
    """Whether an overflow is without a bound; 0 is none at all."""
    number = amount(value)
    return number < 0 if number is not None else is_endless(value) and value is not False


def _is_pooled(connection: Connection) -> bool:
    """Whether something such as PgBouncer stands in between."""
    said = connection.said.get("pooler")
    named = any(re.search(r"bouncer|pooler|pgcat|odyssey|proxysql", host.lower()) for host in connection.hosts)
    return (said is not None and is_on(said.value)) or named or connection.text("port") == _POOLER_PORT


RULE = Rule(
    id="DB009",
    name="pool-unbounded",
    severity=Severity.WARNING,
    applies_to="production",
    summary="The connection pool has no bound, or no recycling behind a pooler.",
    source="OWASP ASVS 5.0, 13.2.6; SQLAlchemy, QueuePool",
    page=__doc__,
    check=check,
)
