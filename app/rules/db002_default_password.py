"""The password of a database, or of another service, is one that everybody would try first.

Empty, the same as the user or the database, or on the list of passwords that systems ship with and people never change.

Wrong:

    # .secrets.toml
    [production.database]
    username = "orders"
    password = "postgres"

Right: a long random one, in a file that no repository holds or in a variable.

    # .secrets.toml
    [production.database]
    username = "orders"
    password = "mV7_tQ2xL9wKcZ4bNr8y"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.connections import Connection, logins
from app.rules.kit.known_defaults import is_placeholder, is_reference
from app.rules.kit.literals import is_secret
from app.rules.kit.rule import Rule
from app.rules.kit.services import SQLITE
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Passwords of connections, in parts or inside a URL."""
    for connection in logins(subject):
        leaf, why = connection.leaf("password"), _why(connection)
        if leaf and why:
            what = f"the password of {connection.service.noun} {why}"
            fix = subject.setting(leaf.path, secret=True, says="Choose a long random one: {}.")
            yield rule.inheritable(subject, leaf, f"{leaf.key}: {what}.", fix)


def _why(connection: Connection) -> str | None:
    password = connection.text("password")
    if password is None:
        return None
    if not password.strip():
        if connection.service is SQLITE:  # a file has no password
            return None
        return "is empty" if connection.service.database or connection.text("username") else None
    if not is_secret(password) and not is_reference(password):
        return "still has to be filled in"
    names = {(connection.text(part) or "").casefold() for part in ("username", "name")}
    if password.casefold() in names:
        return "is the same as the user's or the database's name"
    return "is a well-known default" if is_placeholder(password) else None


RULE = Rule(
    id="DB002",
    name="default-password",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The password of a database or another service is a well-known default.",
    source="OWASP ASVS 5.0, 13.2.3",
    page=__doc__,
    check=check,
)
