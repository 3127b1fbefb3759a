"""Which part of a connection a key says, and of which: `database.host`, `DB_HOST`, `database.pool.size`.

To teach Assay another name of a part, add its words to the part's row.
"""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from app.layers import Path
from app.roles import words
from app.rules.services import service_named

_NAMES: Mapping[str, tuple[str, ...]] = {
    "host": ("host", "hostname", "host name", "server", "addr", "address", "hosts"),
    "port": ("port",),
    "username": ("user", "username", "user name", "login", "uid", "userid", "user id"),
    "password": ("password", "passwd", "pwd", "pass", "passphrase"),
    "name": ("name", "dbname", "db", "database", "db name", "database name"),
    "tls": (
        "sslmode", "ssl mode", "tls mode", "ssl", "tls", "use ssl", "use tls", "ssl enabled", "tls enabled",
        "require ssl", "require tls", "starttls", "start tls",
    ),
    "connect_timeout": ("connect timeout", "connection timeout", "timeouts connect", "timeout connect"),
    "statement_timeout": (
        "statement timeout", "command timeout", "query timeout", "timeouts statement", "timeout statement",
    ),
    "pool_size": ("pool size", "poolsize", "max pool size", "pool max size", "pool max"),
    "pool_overflow": ("max overflow", "pool max overflow", "pool overflow"),
    "pool_recycle": ("pool recycle", "recycle"),
    "pooler": ("pgbouncer", "use pgbouncer", "pooler"),
    "application_name": ("application name",),
    "connection_limit": ("connection limit", "max connections", "server max connections"),
}  # fmt: skip

_PARTS: Mapping[tuple[str, ...], str] = {tuple(name.split()): part for part, names in _NAMES.items() for name in names}

TABLES = frozenset({("tls",), ("ssl",), ("pool",), ("timeouts",), ("timeout",)})
"""Tables in a connection's table whose name belongs to the names in them: `pool.size`."""

_ARGUMENTS = frozenset({("connect", "args"), ("engine", "options"), ("options",), ("pool",), ("server", "settings")})
"""Tables in a connection's table whose name says nothing: `connect_args.connect_timeout`."""


class Named(Struct, frozen=True, kw_only=True):
    """A part of a connection, the table that describes the connection, and how the names in it begin."""

    table: Path
    stem: tuple[str, ...]
    part: str


def split(path: Path) -> Named | None:
    """What a key says about a connection by its name; None where it says nothing."""
    *above, last = path
    if not isinstance(last, str):
        return None
    own = words(last)
    if above and isinstance(above[-1], str) and (nested := _nested(tuple(above), words(above[-1]), own)):
        return nested
    found = _flat(own)
    return Named(table=tuple(above), stem=found[0], part=found[1]) if found else None


def _nested(above: Path, table: tuple[str, ...], own: tuple[str, ...]) -> Named | None:
    """A part that stands in a table of the connection's table."""
    if table in TABLES and (part := _PARTS.get((*table, *own))):
        return Named(table=above[:-1], stem=(), part=part)
    if table in _ARGUMENTS and (part := _PARTS.get(own)):
        return Named(table=above[:-1], stem=(), part=part)
    return None


@cache
def _flat(own: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The stem and the part of a name: the stem that means a service, else none."""
    for length in range(1, len(own)):
        stem, part = own[:length], _PARTS.get(own[length:])
        if part and service_named(stem):
            return (stem[:-1] if len(stem) > 1 and stem[-1] == "host" else stem), part
    part = _PARTS.get(own)
    return ((), part) if part else None
