"""The services that settings connect to: how their names, URL schemes and parameters say which one, and how protected.

To teach Assay another service, add its names to the table; to teach it another way of saying TLS, add the parameter.
"""

from collections.abc import Mapping
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from app.rules.kit.switches import is_off, is_on


class Protection(Enum):
    """How a connection is protected, as far as the settings say."""

    OFF = "off"
    OPPORTUNISTIC = "opportunistic"  # encrypted where the server offers it, in the clear where it does not
    UNVERIFIED = "unverified"  # encrypted, with whoever answers
    UNNAMED = "unnamed"  # the certificate is verified, the name in it is not
    VERIFIED = "verified"
    ON = "on"  # encrypted; how the other side is verified is left to the client library


class ServerKind(Struct, frozen=True, kw_only=True):
    """A kind of server.

    Attributes:
        noun: what a message calls it.
        database: whether it is the place where the application keeps its data.
        names: words of keys that mean it.
        schemes: of its URLs, without a driver; the first is written in fixes.
        secure: the schemes among them that mean TLS.
    """

    noun: str
    names: tuple[str, ...]
    schemes: tuple[str, ...] = ()
    secure: tuple[str, ...] = ()
    database: bool = False


POSTGRESQL = ServerKind(
    noun="PostgreSQL",
    database=True,
    names=("postgres", "postgresql", "pg", "psql", "pgsql", "cockroachdb", "redshift"),
    schemes=("postgresql", "postgres", "cockroachdb", "redshift"),
)
MYSQL = ServerKind(noun="MySQL", database=True, names=("mysql", "mariadb"), schemes=("mysql", "mariadb"))
SQLITE = ServerKind(noun="SQLite", database=True, names=("sqlite",), schemes=("sqlite", "sqlite3"))
DATABASE = ServerKind(
    noun="the database",
    database=True,
    names=("db", "database", "databases", "sql", "sqlalchemy", "datasource", "dsn", "rds"),
)

SERVICES: tuple[ServerKind, ...] = (
    POSTGRESQL,
    MYSQL,
    ServerKind(noun="MongoDB", database=True, names=("mongo", "mongodb"), schemes=("mongodb",)),
    ServerKind(noun="SQL Server", database=True, names=("mssql", "sqlserver"), schemes=("mssql", "sqlserver")),
    ServerKind(noun="Oracle", database=True, names=("oracle",), schemes=("oracle",)),
    ServerKind(
        noun="ClickHouse",
        database=True,
        names=("clickhouse",),
        schemes=("clickhouse", "clickhouses"),
        secure=("clickhouses",),
    ),
    ServerKind(
        noun="CouchDB",
        database=True,
        names=("couchdb", "couchbase"),
        schemes=("couchdb", "couchbase", "couchbases"),
        secure=("couchbases",),
    ),
    ServerKind(noun="Cassandra", database=True, names=("cassandra",), schemes=("cassandra",)),
    ServerKind(
        noun="Neo4j",
        database=True,
        names=("neo4j",),
        schemes=("neo4j", "bolt", "neo4j+s", "neo4j+ssc", "bolt+s", "bolt+ssc"),
        secure=("neo4j+s", "neo4j+ssc", "bolt+s", "bolt+ssc"),
    ),
    SQLITE,
    ServerKind(
        noun="Redis",
        names=("redis", "valkey"),
        schemes=("redis", "rediss", "valkey", "valkeys"),
        secure=("rediss", "valkeys"),
    ),
    ServerKind(noun="Memcached", names=("memcached", "memcache"), schemes=("memcached",)),
    ServerKind(
        noun="the message broker",
        names=("amqp", "rabbitmq", "rabbit", "broker", "kafka", "nats", "mqtt", "pulsar"),
        schemes=("amqp", "amqps", "kafka", "nats", "tls", "mqtt", "mqtts", "pulsar", "pulsar+ssl"),
        secure=("amqps", "tls", "mqtts", "pulsar+ssl"),
    ),
    ServerKind(
        noun="the mail server",
        names=("smtp", "mail", "email", "imap"),
        schemes=("smtp", "smtps", "imap", "imaps"),
        secure=("smtps", "imaps"),
    ),
    ServerKind(noun="the directory", names=("ldap",), schemes=("ldap", "ldaps"), secure=("ldaps",)),
    ServerKind(noun="Elasticsearch", names=("elasticsearch", "elastic", "opensearch"), schemes=("elasticsearch",)),
    DATABASE,
)

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""libpq's TLS modes, which asyncpg has too; there are no others."""

MODED = frozenset({POSTGRESQL, DATABASE})
"""Services whose URLs say TLS as libpq does."""

_BY_NAME: Mapping[str, ServerKind] = {name: service for service in SERVICES for name in service.names}
_BY_SCHEME: Mapping[str, ServerKind] = {scheme: service for service in SERVICES for scheme in service.schemes}


def service_named(words: tuple[str, ...]) -> ServerKind | None:
    """The service that one of a key's words means; the most telling word decides."""
    joined = (*words, *(f"{one}{other}" for one, other in pairwise(words)))
    found = [_BY_NAME[word] for word in joined if word in _BY_NAME]
    return next((service for service in found if service is not DATABASE), found[0] if found else None)


def service_of_scheme(scheme: str) -> ServerKind | None:
    """The service that a URL's scheme means, with or without a driver behind a plus sign."""
    lower = scheme.lower()
    return _BY_SCHEME.get(lower) or _BY_SCHEME.get(lower.partition("+")[0])


def tls_of_scheme(scheme: str) -> Protection | None:
    """What a URL's scheme says about TLS; a plain scheme says nothing."""
    lower = scheme.lower()
    service = service_of_scheme(lower)
    if lower == "mongodb+srv":
        return Protection.ON
    if lower.endswith("+ssc"):  # Neo4j: whatever certificate the server has signed for itself
        return Protection.UNVERIFIED
    return Protection.ON if service and {lower, lower.partition("+")[0]} & {*service.secure} else None


_MODES: Mapping[str, Protection] = {
    "disable": Protection.OFF,
    "disabled": Protection.OFF,
    "false": Protection.OFF,
    "off": Protection.OFF,
    "no": Protection.OFF,
    "none": Protection.OFF,
    "0": Protection.OFF,
    "optional": Protection.OPPORTUNISTIC,
    "allow": Protection.OPPORTUNISTIC,
    "prefer": Protection.OPPORTUNISTIC,
    "preferred": Protection.OPPORTUNISTIC,
    "require": Protection.UNVERIFIED,
    "required": Protection.UNVERIFIED,
    "noverify": Protection.UNVERIFIED,
    "no-verify": Protection.UNVERIFIED,
    "verify-ca": Protection.UNNAMED,
    "verify_ca": Protection.UNNAMED,
    "verify-full": Protection.VERIFIED,
    "verify_full": Protection.VERIFIED,
    "verify_identity": Protection.VERIFIED,
    "true": Protection.ON,
    "on": Protection.ON,
    "yes": Protection.ON,
    "1": Protection.ON,
    "mandatory": Protection.ON,
    "strict": Protection.ON,
    "starttls": Protection.ON,
}


def tls_of_mode(value: object) -> Protection | None:
    """What the value of a TLS setting means, whatever the service; None for what is not understood."""
    return _MODES.get(str(value).strip().lower())


_CARELESS = frozenset({"cert_none", "none", "optional", "verify_none"})


def _is_careless(value: object) -> bool:
    """Whether a setting about verification says that there is none."""
    return is_off(value) or str(value).strip().lower() in _CARELESS


def tls_of(said: Mapping[str, object], scheme: Protection | None = None) -> Protection | None:
    """How a connection is protected that says this about TLS; None where nothing does, or nothing that is understood.

    Args:
        said: the values of `tls`, `tls_disabled`, `tls_insecure`, `tls_verify`, `tls_name` and `tls_ca`, of those that
            are stated.
        scheme: what the URL's scheme says.
    """
    stated = tls_of_mode(said["tls"]) if "tls" in said else scheme
    if stated is Protection.OFF or is_on(said.get("tls_disabled")):
        return Protection.OFF
    if is_on(said.get("tls_insecure")) or ("tls_verify" in said and _is_careless(said["tls_verify"])):
        return Protection.UNVERIFIED
    if "tls_name" in said and stated is not Protection.OPPORTUNISTIC:
        return Protection.UNNAMED if is_off(said["tls_name"]) else Protection.VERIFIED
    return _with_authorities(stated, said)


def _with_authorities(stated: Protection | None, said: Mapping[str, object]) -> Protection | None:
    """Authorities to trust: libpq then verifies the certificate even with `require`, though not the name in it."""
    trusted = bool(said.get("tls_ca"))
    if stated is Protection.UNVERIFIED and trusted:
        return Protection.UNNAMED
    silent = trusted or said.keys() & {"tls_disabled", "tls_insecure", "tls_verify"}
    return Protection.ON if stated is None and silent and "tls" not in said else stated
