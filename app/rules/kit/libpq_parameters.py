"""What SQLAlchemy's psycopg drivers refuse in a URL: each parameter is handed to libpq, which knows its own alone.

Names and words are those of PostgreSQL 18, "Parameter Key Words" in the chapter on libpq; tests ask psycopg again. A
name that an older libpq lacks is taken.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_plus

from app.core.errors import nearest

_NAMES = frozenset({
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname", "fallback_application_name",
    "gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle",
    "keepalives_interval", "krbsrvname", "load_balance_hosts", "max_protocol_version", "min_protocol_version",
    "oauth_client_id", "oauth_client_secret", "oauth_issuer", "oauth_scope", "options", "passfile", "password", "port",
    "replication", "require_auth", "requirepeer", "requiressl", "scram_client_key", "scram_server_key", "service",
    "servicefile", "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcompression",
    "sslcrl", "sslcrldir", "sslkey", "sslkeylogfile", "sslmode", "sslnegotiation", "sslpassword", "sslrootcert",
    "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
})  # fmt: skip

_OWN: Mapping[str, frozenset[str]] = {
    "psycopg": frozenset({"autocommit", "conninfo"}),
    "psycopg2": frozenset({"async", "async_", "dsn"}),
}
"""Arguments that a driver's `connect` has beside libpq's, and takes as a text."""

_NO_TEXTS: Mapping[str, frozenset[str]] = {
    "psycopg": frozenset({"context", "cursor_factory", "prepare_threshold", "row_factory"}),
    "psycopg2": frozenset({"connection_factory", "cursor_factory"}),
}
"""Those that fail with a text, some at the first query."""

_TLS = ("tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "load_balance_hosts": ("disable", "random"),
    "sslcertmode": ("disable", "allow", "require"),
    "sslnegotiation": ("postgres", "direct"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
}
_NUMBERS = frozenset({
    "connect_timeout", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "tcp_user_timeout",
})  # fmt: skip
_NUMBER = re.compile(r"\s*[+-]?\d+\s*")
_METHOD = re.compile(r"\s*!?(?:password|md5|gss|sspi|scram-sha-256|oauth|none)\s*")

_MEANT: Mapping[str, str] = {
    "timeout": "Write connect_timeout for timeout.",
    "database": "Name the database in the URL's path.",
    "charset": "Write client_encoding=utf8.",
    **dict.fromkeys(("schema", "search_path", "currentschema"), "Write options=-csearch_path%3D and the schema."),
    "statement_timeout": "Write options=-cstatement_timeout%3D and the milliseconds.",
    **{name: f"Hand {name} to create_engine instead."
       for name in ("isolation_level", "max_overflow", "pool_pre_ping", "pool_recycle", "pool_size", "pool_timeout")},
}  # fmt: skip
"""What other drivers, other tools and SQLAlchemy itself call something, and where it belongs."""


def misfits(driver: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    """What is wrong with a parameter, and what to write instead.

    Args:
        driver: as the scheme has it: `psycopg2`.
        name: as written.
        value: as written, not empty.
    """
    family = "psycopg2" if driver.startswith("psycopg2") else "psycopg"
    if name in _NO_TEXTS[family]:
        yield f"{driver} takes no text for {name}", f'Pass connect_args={{"{name}": …}} instead.'
    elif name not in _NAMES and name not in _OWN[family]:
        yield f"{driver} has no parameter {name}", _instead(name)
    elif name in _NUMBERS and not _NUMBER.fullmatch(unquote_plus(value)):
        yield f"{name} is a whole number", f"Write a number, as in {name}=5."
    elif (taken := _CHOICES.get(name)) and unquote_plus(value) not in taken:
        yield f"libpq has no {name} {value!r}", f"Write one of {', '.join(taken)}."
    elif name == "require_auth" and not all(map(_METHOD.fullmatch, unquote_plus(value).split(","))):
        yield f"libpq has no {name} {value!r}", f"Write {name}=scram-sha-256."
    elif name in {"ssl_min_protocol_version", "ssl_max_protocol_version"} and value.lower() not in _TLS:
        yield f"libpq has no {name} {value!r}", f"Write {name}=TLSv1.2, or TLSv1.3."


def _instead(name: str) -> str:
    meant = _MEANT.get(name.lower())
    spelt = nearest(name.lower(), _NAMES)
    return meant or (f"Write {spelt} for {name}." if spelt else f"Take {name} out.")
