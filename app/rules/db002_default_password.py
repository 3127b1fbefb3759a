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
from app.rules.known_defaults import is_default_password, is_reference
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Passwords of connections, in parts or inside a URL."""
    for connection in connections(subject):
        leaf = connection.password_leaf
        why = _why(connection)
        if leaf is None or why is None:
            continue
        inherited = subject.is_inherited(leaf)
        fix = f"Choose a long random one: {subject.ways(leaf.path, secret=True)}."
        if inherited:
            fix += f' Or declare it deployed: deployed = ["{leaf.key}"].'
        severity = Severity.WARNING if inherited else Severity.ERROR
        yield rule.finding(subject, leaf.path, f"{leaf.key} {why}.", fix, leaf=leaf, severity=severity)


def _why(connection: Connection) -> str | None:
    password = connection.password
    if password is None or is_reference(password):
        return None
    if not password.strip():
        return "is empty"
    if password in {connection.username, connection.name}:
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
