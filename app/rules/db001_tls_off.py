"""The connection to a remote database is not, or not necessarily, encrypted.

`disable` never encrypts, and `allow` and `prefer` encrypt only if the server, or whoever answers in its place, agrees.
Anyone on the way reads the password and the data.

Wrong:

    [production.database]
    host = "db.example.com"
    tls = { mode = "prefer" }

Right:

    [production.database]
    host = "db.example.com"
    tls = { mode = "verify-full" }
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.roles import Role
from app.rules.connections import Connection, connections
from app.rules.rule import Rule
from app.rules.subject import Subject

_OFF = frozenset({"disable", "disabled", "allow", "prefer", "preferred", "false", "no", "off", "0"})
_POSTGRESQL = ("postgres", "postgresql")


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Remote connections whose mode is off; where nothing says a mode and there is no model, a warning."""
    for connection in connections(subject):
        if not connection.is_remote or _speaks_otherwise(subject, connection):
            continue
        leaf = connection.tls_leaf or connection.host_leaf
        in_url = leaf is not None and subject.role(leaf.path, leaf.value) is Role.DSN
        fix = "Add sslmode=verify-full to the URL." if in_url else _fix(subject, connection)
        if connection.tls is not None and connection.tls.lower() in _OFF:
            message = f"TLS to {connection.host} is {connection.tls!r}: the connection may run in the clear."
            yield rule.finding(subject, connection.tls_path, message, fix, leaf=leaf)
        elif connection.tls is None:
            message = f"Nothing says how the connection to {connection.host} is protected."
            yield rule.finding(subject, connection.tls_path, message, fix, leaf=leaf, severity=Severity.WARNING)


def _fix(subject: Subject, connection: Connection) -> str:
    return f"Write {subject.ways(connection.tls_path, '"verify-full"')}."


def _speaks_otherwise(subject: Subject, connection: Connection) -> bool:
    """Whether the URL is of a service whose TLS this rule knows nothing about."""
    leaf = connection.host_leaf
    if leaf is None or subject.role(leaf.path, leaf.value) is not Role.DSN:
        return False
    return not str(leaf.value).startswith(_POSTGRESQL)


RULE = Rule(
    id="DB001",
    name="tls-off",
    severity=Severity.ERROR,
    speaks="production",
    summary="The connection to a remote database is not encrypted.",
    source="OWASP ASVS 5.0, 12.3.1; PostgreSQL, SSL Support, table of sslmode",
    page=__doc__,
    check=check,
)
