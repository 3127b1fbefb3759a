"""The connection to a remote server is not, or not necessarily, encrypted.

`disable` never encrypts, and `allow` and `prefer` encrypt only if the server, or whoever answers in its place, agrees.
Anyone on the way reads the password and the data. Where nothing says anything about a database it is a warning: most
clients then leave it to chance.

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

from app.core.findings import Finding, Fix, Severity
from app.core.layers import Path, fold
from app.rules.kit.connection_names import split
from app.rules.kit.connections import Connection, connections
from app.rules.kit.driver_advice import encrypted, secured
from app.rules.kit.rule import Rule
from app.rules.kit.services import DATABASE, MODED, MYSQL, POSTGRESQL, Protection
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_off


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Remote connections whose TLS is off or left to chance; where nothing says anything, a warning."""
    for connection in connections(subject):
        if not connection.is_remote or connection.tls not in {None, Protection.OFF, Protection.OPPORTUNISTIC}:
            continue
        fix = _fix(subject, connection)
        where = f"{connection.service.noun} on {subject.told(connection.leaf('host'), ', '.join(connection.hosts))}"
        if connection.tls is not None:
            mode = subject.told(connection.tls_leaf, _said(connection))
            message = f"TLS to {where} is {mode}: the connection may run in the clear."
            leaf = connection.tls_leaf or connection.subject
            yield rule.finding(subject, _mode(connection), message, fix, leaf=leaf)
        elif (leaf := connection.subject) and _is_silent(connection):
            message = f"Nothing says how the connection to {where} is protected."
            yield rule.finding(subject, _mode(connection), message, fix, leaf=leaf, severity=Severity.WARNING)


def _is_silent(connection: Connection) -> bool:
    """Whether nothing is said where something should be; about other services only a URL is expected to."""
    return connection.tls_leaf is None and (connection.service.database or connection.url is not None)


def _said(connection: Connection) -> str:
    said = connection.said.get("tls")
    return "off" if said is None or is_off(said.value) else repr(str(said.value))


def _mode(connection: Connection) -> Path:
    """The key that says the mode, or would; beside flat names it is a flat name too, in Django's table an option."""
    leaf = connection.tls_leaf or connection.url
    if leaf:
        return leaf.path
    if _is_djangos(connection):
        return (*connection.table, "OPTIONS", _djangos(connection)[0])
    named = split(connection.subject.path) if connection.subject else None
    if named and named.stem:
        return (*named.table, "_".join((*named.stem, "sslmode")))
    return (*connection.table, "tls", "mode")


def _is_djangos(connection: Connection) -> bool:
    """Whether it is Django's table, whose OPTIONS the driver is handed. Source: Django, Settings, DATABASES."""
    above, *entry = fold(connection.table) or ("",)
    is_entry = above == "databases" and len(entry) == 1
    return is_entry and connection.subject is not None and str(connection.subject.path[-1]).isupper()


def _djangos(connection: Connection) -> tuple[str, str]:
    """The option of the driver, and what it says where the server is verified."""
    return ("sslmode", "verify-full") if connection.service in MODED else ("ssl_mode", "VERIFY_IDENTITY")


def _djangos_fix(subject: EnvironmentContext, connection: Connection) -> Fix | str:
    """For PostgreSQL and MySQL the option; otherwise what it depends on."""
    name, value = _djangos(connection)
    path = (*connection.table, "OPTIONS", name)
    if connection.service in {POSTGRESQL, MYSQL}:
        return subject.setting(path, value=value)
    if connection.service is not DATABASE:
        return "Say in OPTIONS, as the driver takes it, that the server is verified."
    ways = subject.ways(path, f'"{value}"')
    return (
        f"Write ENGINE, which is not known here, and in OPTIONS what its driver takes: for PostgreSQL {ways}; for "
        'MySQL ssl_mode = "VERIFY_IDENTITY".'
    )


def _fix(subject: EnvironmentContext, connection: Connection) -> Fix | str:
    leaf = connection.tls_leaf
    if leaf is not None and leaf is not connection.url:
        disabled = "tls_disabled" in connection.said and connection.leaf("tls_disabled") is leaf
        is_switch = is_off(leaf.value) and leaf.value != "disable" and not str(leaf.path[-1]).lower().endswith("mode")
        return subject.setting(leaf.path, value=False if disabled else True if is_switch else "verify-full")
    if connection.url is None and _is_djangos(connection):
        return _djangos_fix(subject, connection)
    if connection.url is None:
        path = _mode(connection)
        if subject.shape and subject.shape.at(path):
            return subject.setting(path, value="verify-full")
        ways = subject.ways(path, '"verify-full"')
        return (
            f"Write {ways}, and have the code pass it to the driver: where nothing reads the key, it protects nothing."
        )
    return secured(subject, connection.url) or _otherwise(connection)


def _otherwise(connection: Connection) -> str:
    """How another service's URL would say that the connection is encrypted."""
    service = connection.service
    if service.secure:
        return f"Write {service.secure[0]}:// in the URL."
    if service in MODED or connection.url is None:
        return "Add sslmode=verify-full to the URL."
    return encrypted(str(connection.url.value))


RULE = Rule(
    id="DB001",
    name="tls-off",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The connection to a remote server is not encrypted.",
    source="OWASP ASVS 5.0, 12.3.1; PostgreSQL, SSL Support, table of sslmode",
    page=__doc__,
    check=check,
)
