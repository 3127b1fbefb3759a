"""Which part of a connection a key says, and of which: `database.host`, `DB_HOST`, `database.pool.size`.

To teach Assay another name of a part, add its words to the part's row.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

from msgspec import Struct

from app.core.layers import Path
from app.core.roles import words
from app.rules.kit.services import service_named

_NAMES: Mapping[str, tuple[str, ...]] = {
    "host": ("host", "hostname", "host name", "server", "addr", "address", "hosts", "data source"),
    "port": ("port",),
    "username": ("user", "username", "user name", "login", "uid", "userid", "user id", "usr"),
    "password": ("password", "passwd", "pwd", "pass", "passphrase"),
    "name": ("name", "dbname", "db", "database", "db name", "database name", "initial catalog"),
    "engine": ("engine", "backend", "dialect", "drivername", "driver", "db type"),
    "tls": (
        "sslmode", "ssl mode", "tls mode", "ssl", "tls", "use ssl", "use tls", "ssl enabled", "tls enabled", "encrypt",
        "require ssl", "require tls", "starttls", "start tls", "ssl require", "ssl required", "tls required", "secure",
        "ssl on", "enable ssl", "enable tls",
    ),
    "tls_disabled": ("ssl disabled", "tls disabled", "disable ssl", "disable tls", "skip ssl"),
    "tls_verify": (
        "ssl cert reqs", "cert reqs", "ssl verify cert", "ssl verify", "verify ssl", "tls verify", "verify cert",
        "verify certificate", "verify server certificate", "ssl verify server cert", "ssl check cert",
        "ssl cert verify",
    ),
    "tls_name": ("ssl verify identity", "ssl check hostname", "tls check hostname", "check hostname"),
    "tls_insecure": (
        "tls insecure", "ssl insecure", "trust server certificate", "tls allow invalid certificates",
        "tls allow invalid hostnames", "ssl allow invalid certificates", "allow invalid certificates",
        "tls skip verify", "insecure skip verify",
    ),
    "tls_ca": (
        "sslrootcert", "ssl root cert", "ssl ca", "tls ca", "ssl ca file", "tls ca file", "ssl cafile", "ca file",
        "ssl ca cert", "ssl ca certs", "tls ca cert", "ca cert", "ca certs", "root cert",
    ),
    "connect_timeout": (
        "connect timeout", "connection timeout", "timeouts connect", "timeout connect", "login timeout",
        "connect timeout ms", "connect timeout seconds", "server selection timeout ms", "connection timeout seconds",
    ),
    "statement_timeout": (
        "statement timeout", "command timeout", "query timeout", "timeouts statement", "timeout statement",
        "timeouts query", "read timeout", "socket timeout", "socket timeout ms", "statement timeout ms",
        "query timeout ms", "lock timeout", "max execution time",
    ),
    "pool_size": (
        "pool size", "poolsize", "max pool size", "pool max size", "pool max", "pool maxsize", "maxpoolsize",
        "maximum pool size", "max size",
    ),
    "pool_overflow": ("max overflow", "pool max overflow", "pool overflow"),
    "pool_recycle": ("pool recycle", "recycle", "pool recycle seconds"),
    "pooler": ("pgbouncer", "use pgbouncer", "pooler", "use pooler", "behind pgbouncer"),
    "application_name": ("application name",),
    "connection_limit": ("connection limit", "max connections", "server max connections"),
}  # fmt: skip

_PARTS: Mapping[tuple[str, ...], str] = {tuple(name.split()): part for part, names in _NAMES.items() for name in names}

TABLES = frozenset({("tls",), ("ssl",), ("pool",), ("timeouts",), ("timeout",)})
"""Tables in a connection's table whose name belongs to the names in them: `pool.size`."""

_ARGUMENTS = (
    ("connect", "args"), ("engine", "options"), ("connection", "options"), ("query",), ("options",), ("pool",),
    ("server", "settings"), ("kwargs",),
)  # fmt: skip
"""Tables in a connection's table whose name says nothing: `connect_args.connect_timeout`."""


URL_WORDS = frozenset({("url",), ("uri",), ("dsn",)})
"""What the names of URLs end with."""


class Named(Struct, frozen=True, kw_only=True):
    """A part of a connection, the table that describes the connection, and how the names in it begin."""

    table: Path
    stem: tuple[str, ...]
    part: str


def part_named(name: tuple[str, ...]) -> str | None:
    """The part that a name's words mean by themselves, such as those of a URL's parameter."""
    return _PARTS.get(name)


@lru_cache(maxsize=1 << 14)
def names_database_url(path: Path) -> bool:
    """Whether a key is called the URL of a database: `database_url`, `db.dsn`, `SQLALCHEMY_DATABASE_URI`."""
    said = tuple(word for part in path if isinstance(part, str) for word in words(part))
    service = service_named(said[:-1])
    return said[-1:] in URL_WORDS and service is not None and service.database


@lru_cache(maxsize=1 << 14)
def split(path: Path) -> Named | None:
    """What a key says about a connection by its name; None where it says nothing."""
    *above, last = path
    if not isinstance(last, str):
        return None
    own = words(last)
    if above and isinstance(above[-1], str) and (nested := _nested(tuple(above), own)):
        return nested
    found = _flat(own)
    return Named(table=tuple(above), stem=found[0], part=found[1]) if found else None


def _nested(above: Path, own: tuple[str, ...]) -> Named | None:
    """A part that stands in a table of the connection's table."""
    *outer, last = above
    table = words(str(last))
    if table in TABLES and (part := _PARTS.get((*table, *own))):
        return Named(table=tuple(outer), stem=(), part=part)
    stem = _before_arguments(table)
    if stem is None or not (part := _PARTS.get(own)) or (not outer and not stem):
        return None
    if (
        outer
        and not stem
        and isinstance(outer[-1], str)
        and (further := _before_arguments(words(outer[-1]))) is not None
    ):
        return Named(table=tuple(outer[:-1]), stem=further, part=part)
    return Named(table=tuple(outer), stem=stem, part=part)


@cache
def _before_arguments(table: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words of a table's name before those that say nothing: `sqlalchemy` of `SQLALCHEMY_ENGINE_OPTIONS`."""
    return next((table[: -len(row)] for row in _ARGUMENTS if table[-len(row) :] == row), None)


@cache
def _flat(own: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The stem and the part of a name: the stem that means a service, else none."""
    for length in range(1, len(own)):
        stem, part = own[:length], _PARTS.get(own[length:])
        if part and service_named(stem):
            return (stem[:-1] if len(stem) > 1 and stem[-1] == "host" else stem), part
    part = _PARTS.get(own)
    return ((), part) if part else None
