"""The database is on the application's own machine, or is a file.

What lies there is gone with the machine, and no second instance of the application sees it. More often it is simply
what development runs with, and nobody has set production's own. A sidecar, such as a proxy to a managed database, is
declared with a waiver; a socket is nobody's concern.

Wrong:

    [production]
    database_url = "sqlite:///orders.db"

Right:

    [production]
    database_url = "postgresql://orders@db.example.com/orders?sslmode=verify-full"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.tree import Leaf
from app.rules.kit.connections import Connection, logins
from app.rules.kit.rule import Rule
from app.rules.kit.services import SQLITE
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Databases on loopback, and SQLite."""
    for connection in logins(subject):
        if (leaf := _leaf(connection)) and (what := _what(subject, connection)):
            fix = subject.setting(leaf.path, secret=leaf is connection.url, says="Name production's own server: {}.")
            yield rule.inheritable(subject, leaf, f"{leaf.key}: {what}.", fix)


def _leaf(connection: Connection) -> Leaf | None:
    if connection.service is SQLITE:
        return connection.url or connection.leaf("engine") or connection.leaf("name")
    return connection.leaf("host")


def _what(subject: EnvironmentContext, connection: Connection) -> str | None:
    if connection.service is SQLITE:
        return "SQLite keeps the data on the application's own machine"
    if connection.service.database and connection.is_on_loopback:
        hosts = subject.told(connection.leaf("host"), ", ".join(connection.hosts))
        return f"{hosts} is the application's own machine"
    return None


RULE = Rule(
    id="DB005",
    name="local-server",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The database is on the application's own machine, or is a file.",
    source="The twelve-factor app, X, dev/prod parity",
    page=__doc__,
    check=check,
)
