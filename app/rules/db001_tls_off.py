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
from app.layers import Path
from app.rules.connections import Connection, connections
from app.rules.rule import Rule
from app.rules.services import Tls
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Remote connections whose TLS is off or left to chance; where nothing says anything, a warning."""
    for connection in connections(subject):
        if not connection.is_remote or connection.tls not in {None, Tls.OFF, Tls.OPPORTUNISTIC}:
            continue
        path, fix = _mode(connection), _fix(subject, connection)
        where = f"{connection.service.noun} on {', '.join(connection.hosts)}"
        if connection.tls is None:
            message = f"Nothing says how the connection to {where} is protected."
            yield rule.finding(subject, path, message, fix, leaf=connection.subject, severity=Severity.WARNING)
        else:
            said = connection.said["tls"].value if "tls" in connection.said else "off"
            message = f"TLS to {where} is {str(said)!r}: the connection may run in the clear."
            yield rule.finding(subject, path, message, fix, leaf=connection.leaf("tls") or connection.subject)


def _mode(connection: Connection) -> Path:
    """The key that says the mode, or would."""
    leaf = connection.leaf("tls") or connection.url
    return leaf.path if leaf else (*connection.table, "tls", "mode")


def _fix(subject: Subject, connection: Connection) -> str:
    if connection.url is None:
        return f"Write {subject.ways(_mode(connection), '"verify-full"')}."
    secure = connection.service.secure
    return f"Write {secure[0]}:// in the URL." if secure else "Add sslmode=verify-full to the URL."


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
