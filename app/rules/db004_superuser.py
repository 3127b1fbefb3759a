"""The application logs in to its database as somebody who may do anything.

One injected statement of a superuser reads every database of the server, its files, and runs programs. An application
needs a role that owns nothing but its own tables.

Wrong:

    [production.database]
    host = "db.example.com"
    username = "postgres"
    sslmode = "verify-full"

Right:

    [production.database]
    host = "db.example.com"
    username = "orders"
    sslmode = "verify-full"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.connections import logins
from app.rules.kit.rule import Rule
from app.rules.kit.services import SQLITE
from app.rules.kit.subject import EnvironmentContext

_SUPERUSERS = frozenset(
    {
        "admin", "administrator", "cloudsqlsuperuser", "dba", "mongoadmin", "mysql", "pgadmin", "postgres",
        "postgresql", "rdsadmin", "root", "sa", "superadmin", "superuser", "supervisor", "sys", "sysadmin", "sysdba",
        "system",
    }
)  # fmt: skip


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Database users that are the server's own administrators."""
    for connection in logins(subject):
        leaf, user = connection.leaf("username"), (connection.text("username") or "").strip()
        is_super = user.partition("@")[0].lower() in _SUPERUSERS
        if leaf and is_super and connection.service.database and connection.service is not SQLITE:
            name, service = subject.told(leaf, repr(user)), connection.service.noun
            message = f"{leaf.key}: the application logs in to {service} as {name}, who may do anything."
            what = (
                "the URL with a role of its own" if leaf is connection.url else "a role that owns its own tables alone"
            )
            fix = subject.setting(leaf.path, secret=leaf is connection.url, says=f"Set {what}: {{}}.")
            yield rule.inheritable(subject, leaf, message, fix)


RULE = Rule(
    id="DB004",
    name="superuser",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The application logs in to its database as a superuser.",
    source="OWASP ASVS 5.0, 13.2.2; CIS PostgreSQL Benchmark, privileges",
    page=__doc__,
    check=check,
)
