"""The database's password is one that everybody would try first.

Empty, the same as the user or the database, or on the list of passwords that systems ship with and people never change.

Wrong:

    [production.database]
    username = "assay"
    password = "postgres"

Right: keep it out of the profile, and let the deployment supply it.

    $ export ASSAY_DATABASE__PASSWORD="$(cat /run/secrets/database)"
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.rules.connections import Connection, connections
from app.rules.known_defaults import is_default_password
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Passwords of connections, in parts or inside a URL."""
    for connection in connections(subject):
        leaf, why = connection.leaf("password"), _why(connection)
        if leaf and why:
            fix = f"Choose a long random one: {subject.ways(leaf.path, secret=True)}."
            yield rule.inheritable(subject, leaf, f"{leaf.key}: the password of {connection.service.noun} {why}.", fix)


def _why(connection: Connection) -> str | None:
    password = connection.text("password")
    if password is None:
        return None
    if not password.strip():
        return "is empty" if connection.service.database or connection.text("username") else None
    if password in {connection.text("username"), connection.text("name")}:
        return "is the same as the user's or the database's name"
    return "is a well-known default" if is_default_password(password) else None


RULE = Rule(
    id="DB002",
    name="default-password",
    severity=Severity.ERROR,
    speaks="production",
    summary="The database's password is a well-known default.",
    source="OWASP ASVS 5.0, 13.2.3",
    page=__doc__,
    check=check,
)
