"""The application's connections cannot be told apart on the server.

PostgreSQL shows each connection's `application_name` in its logs and in `pg_stat_activity`. Without one, whoever looks
for the source of a slow statement sees addresses alone.

Wrong:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    application_name = ""

Right:

    [production.database]
    host = "db.example.com"
    sslmode = "verify-full"
    application_name = "orders"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.connections import connections
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Databases whose connections bear an empty name."""
    for connection in connections(subject):
        said = connection.said.get("application_name")
        if said and connection.service.database and is_nothing(said.value):
            message = f"{said.leaf.key} is empty: on the server nobody sees whose connections these are."
            inside = said.leaf is connection.url
            fix = "Name it in the URL." if inside else subject.setting(said.leaf.path)
            yield rule.finding(subject, said.leaf.path, message, fix, leaf=said.leaf)


RULE = Rule(
    id="DB011",
    name="application-name-missing",
    severity=Severity.INFO,
    applies_to="production",
    summary="The application's connections cannot be told apart on the server.",
    source="PostgreSQL, Error Reporting and Logging, application_name",
    page=__doc__,
    check=check,
)
