"""Production and an environment that is not production-like use one database.

A test that empties its tables, or a migration that is tried out, then does so to production. Server, port and name are
compared: a default port equals an absent one, and where nothing names the database it is the user's, as PostgreSQL has
it. This machine, sockets and SQLite are another database on every machine. So may be a host without a dot where nothing
says the name; where the name is said too it is told, and a project in which each network has a `db` of its own waives
it. Where both merely inherit the base section, an inactive environment gets a warning: its deployment may set another.

Wrong:

    [development.database]
    host = "db.example.com"
    name = "orders"
    username = "orders_app"
    tls = { mode = "verify-full" }

    [production.database]
    host = "DB.example.com."
    port = 5432
    name = "orders"
    username = "orders_app"
    tls = { mode = "verify-full" }
    connect_timeout = 5
    statement_timeout = 30
    application_name = "orders"

Right:

    [development.database]
    host = "localhost"
    port = 5432
    name = "orders"
    username = "orders_app"
    tls = { mode = "verify-full" }
    connect_timeout = 5
    statement_timeout = 30
    application_name = "orders"

    [production.database]
    host = "db.example.com"
    port = 5432
    name = "orders"
    username = "orders_app"
    tls = { mode = "verify-full" }
    connect_timeout = 5
    statement_timeout = 30
    application_name = "orders"
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from app.core.findings import Finding, Severity
from app.core.layers import Path, fold
from app.core.secrecy import secret_spans
from app.core.tree import Leaf
from app.rules.kit.comparing import is_base, listed, of_one_variable, others, places, productions
from app.rules.kit.connections import Connection, is_local, logins
from app.rules.kit.edits import alone
from app.rules.kit.rule import Rule
from app.rules.kit.services import DATABASE, POSTGRESQL
from app.rules.kit.subject import EnvironmentContext, remembered
from app.rules.kit.survey import ProjectContext

_PORTS: Mapping[str, str] = {
    "PostgreSQL": "5432", "MySQL": "3306", "MongoDB": "27017", "SQL Server": "1433", "Oracle": "1521",
    "Cassandra": "9042", "Neo4j": "7687",
}  # fmt: skip
_UNRESOLVED = ("${", "{{", "{env[", "{this.", "%(")


class Database(Struct, frozen=True, kw_only=True):
    """One database that an environment uses.

    Attributes:
        host: folded.
        port: empty where nothing says it, nor the service.
        name: empty where nothing says it.
        leaf: the setting to point at.
        shown: name and host as a message may have them.
    """

    subject: EnvironmentContext
    host: str
    port: str
    name: str
    leaf: Leaf
    shown: str

    @property
    def mark(self) -> tuple[str, str]:
        """What is equal where two are one, but for the port."""
        return self.host, self.name

    def has_port_of(self, other: "Database") -> bool:
        """Whether both ports are one; one that nothing tells may be any service's own."""
        ports = {self.port, other.port}
        return len(ports) == 1 or ("" in ports and ports <= {"", *_PORTS.values()})


def survey(rule: Rule, survey: ProjectContext) -> Iterator[Finding]:
    """Each database of a production-like environment that another uses, once, with every place."""
    watched = [database for subject in productions(survey) for database in _databases(subject)]
    elsewhere = _by_mark(survey) if watched else {}
    told = set()
    for database in watched:
        shared = [one for one in elsewhere.get(database.mark, ()) if _is_shared(database, one)]
        if shared and (place := (id(database.subject), id(database.leaf))) not in told:
            told.add(place)
            yield _finding(rule, database, shared)


def _by_mark(survey: ProjectContext) -> Mapping[tuple[str, str], list[Database]]:
    found: dict[tuple[str, str], list[Database]] = {}
    for subject in others(survey):
        for database in _databases(subject):
            found.setdefault(database.mark, []).append(database)
    return found


def _is_shared(database: Database, other: Database) -> bool:
    """Whether two of one host and name are one; this machine is another one on every machine."""
    if is_local(database.host) or of_one_variable(database.leaf, other.leaf):
        return False
    return database.has_port_of(other)


def _databases(subject: EnvironmentContext) -> Iterator[Database]:
    for connection in logins(subject):
        name, leaf = _name(subject, connection), _leaf(subject, connection)
        if not connection.service.database or name is None or leaf is None:
            continue
        for host, port in _servers(connection):
            if name or "." in host or ":" in host:
                shown = subject.told(connection.leaf("host"), host if secret_spans(host) else host.casefold())
                called = (
                    f"{subject.told(connection.leaf('name'), repr(name))} on {shown}" if name else f"that on {shown}"
                )
                yield Database(subject=subject, host=host.casefold(), port=port, name=name, leaf=leaf, shown=called)


def _servers(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every server as it is spelled, with its port: of a folded name nobody sees that it is a secret."""
    usual = connection.text("port") or _PORTS.get(connection.service.noun, "")
    for stated in (connection.text("host") or "").split(","):
        host, colon, port = stated.strip().rpartition(":") if stated.count(":") == 1 else (stated.strip(), "", "")
        host = host.strip("[]").rstrip(".")
        if host and _is_resolved(host):
            yield host, port if colon else usual


def _name(subject: EnvironmentContext, connection: Connection) -> str | None:
    """The database's name, else the user's; None where it is another in every deployment."""
    said = connection.said.get("name")
    if said is None or said.value is None:
        if connection.url is None and _is_left_open(subject, connection):
            return None
        usual = "username" if connection.service in {DATABASE, POSTGRESQL} else ""
        return connection.text(usual) or ""
    name = connection.text("name")
    return name.strip() if name is not None and _is_resolved(name) else None


def _is_left_open(subject: EnvironmentContext, connection: Connection) -> bool:
    """Whether something beside the host only gets its value where the environment is deployed."""
    beside = fold(connection.table) in _open_tables(subject)
    return beside or subject.deployed.covers((*connection.table, "name"))


@remembered
def _open_tables(subject: EnvironmentContext) -> frozenset[Path]:
    """The tables in which something has no value here."""
    unknown = [leaf for leaf in subject.tree.leaves if leaf.state != "plain"]
    return frozenset(fold(leaf.path[:-1]) for leaf in (*unknown, *subject.supplied))


def _is_resolved(text: str) -> bool:
    return not any(mark in text for mark in _UNRESOLVED)


def _leaf(subject: EnvironmentContext, connection: Connection) -> Leaf | None:
    """What the environment itself says about its database; the host, where it says nothing."""
    said = [leaf for part in ("host", "name", "port") if (leaf := connection.leaf(part)) and leaf.value is not None]
    if connection.url:
        said.insert(0, connection.url)
    return next((leaf for leaf in said if not is_base(subject, leaf.layer)), said[0] if said else None)


def _finding(rule: Rule, database: Database, shared: Sequence[Database]) -> Finding:
    subject, leaf = database.subject, database.leaf
    environment, names = subject.tree.environment, listed(one.subject.tree.environment for one in shared)
    message = f"{leaf.key}: {environment} shares its database, {database.shown}, with {names}."
    fix = alone(subject.setting(leaf.path, says=f"Give {environment} one of its own: {{}}."))
    return rule.inheritable(subject, leaf, message, fix, related=places(leaf, *(one.leaf for one in shared)))


RULE = Rule(
    id="XENV002",
    name="database-shared",
    severity=Severity.ERROR,
    applies_to="always",
    summary="Production shares its database with another environment.",
    source="The Twelve-Factor App, X; OWASP ASVS 5.0, 13.2.2",
    page=__doc__,
    survey=survey,
)
