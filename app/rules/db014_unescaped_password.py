"""A password stands in a database URL with a character that ends a part of a URL.

libpq, asyncpg and SQLAlchemy end a password at its first `@`, other libraries at the last. SQLAlchemy takes a `/`, `?`
or `#` for part of the password, psql and asyncpg do not all: what works here fails there, and what is left of the
password turns up as a host in logs. Percent-encoded it is read alike everywhere: `%40` for `@`, `%2F` for `/`, `%3F`
for `?`, `%23` for `#`.

Wrong:

    # .secrets.toml
    [production]
    database_url = "postgresql://orders:mV7@tQ2xL9wK@db.example.com/orders?sslmode=verify-full"

Right:

    # .secrets.toml
    [production]
    database_url = "postgresql://orders:mV7%40tQ2xL9wK@db.example.com/orders?sslmode=verify-full"
"""

from collections.abc import Iterator

from app.core import dsn
from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.db015_url_unusable import fault
from app.rules.kit.drivers import url_of
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Passwords that drivers read differently; a warning where SQLAlchemy, which then reads the URL, takes them."""
    for leaf in subject.leaves(Role.DSN):
        error = None if subject.splits(leaf.path) else fault(subject, leaf)
        if isinstance(error, dsn.UnescapedError):
            url = url_of(subject, str(leaf.value))
            taken = url is not None and url.sqlalchemy and not {*error.wrong} - {*"/?#"}
            severity = Severity.WARNING if taken else Severity.ERROR
            what = next(iter(error.errors.values()))
            message = f"{leaf.key}: the {next(iter(error.errors))} is not percent-encoded: {what}."
            yield rule.finding(subject, leaf.path, message, error.fix, leaf=leaf, severity=severity)


RULE = Rule(
    id="DB014",
    name="unescaped-password",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A password in a URL is not percent-encoded.",
    source="RFC 3986, 2.2; PostgreSQL, Connection URIs",
    page=__doc__,
    check=check,
)
