"""libpq's parameters: where the settings hold them, and which of them cannot be honoured.

A parameter that asks for what happens anyway is taken; one that cannot be honoured is named, never passed over.
"""

import re
from collections.abc import Mapping

from app.core.dsn.faults import refused
from app.core.errors import TargetError, did_you_mean

PATHS: Mapping[str, tuple[str, ...]] = {
    "application_name": ("application_name",),
    "channel_binding": ("channel_binding",),
    "connect_timeout": ("timeouts", "connect"),
    "options": ("options",),
    "pgbouncer": ("pgbouncer",),
    "ssl_max_protocol_version": ("tls", "max_version"),
    "ssl_min_protocol_version": ("tls", "min_version"),
    "sslcert": ("tls", "cert_file"),
    "sslcrl": ("tls", "crl_file"),
    "sslkey": ("tls", "key_file"),
    "sslmode": ("tls", "mode"),
    "sslrootcert": ("tls", "ca_file"),
    "statement_timeout": ("timeouts", "statement"),
    "target_session_attrs": ("target_session_attrs",),
}
"""Parameters of libpq, the server's statement_timeout and what other tools write, with their keys in the settings."""

# Other names: asyncpg's and JDBC's `ssl`, and libpq's own second name.
_OTHER_NAMES = {"fallback_application_name": "application_name", "ssl": "sslmode"}

# What they may say: that is how the driver behaves in any case.
_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "client_encoding": ("utf8", "utf-8", "unicode", "auto"),
    "gssencmode": ("prefer", "disable"),
    "load_balance_hosts": ("disable",),
    "max_protocol_version": ("3.0",),
    "min_protocol_version": ("3.0",),
    "replication": ("false", "off", "no", "0"),
    "sslcertmode": ("allow",),
    "sslcompression": ("0",),
    "sslnegotiation": ("postgres",),
    "sslsni": ("1",),
}
_FIXES: Mapping[str, str] = {
    "hostaddr": "Write the address as the host; for verify-full the certificate must hold it.",
    "passfile": "Give the password itself, from a secrets file or the environment.",
    "service": "Write out what the service file says.",
    "sslpassword": "Keep the key in a file without a passphrase that only its user can read.",
}
_UNABLE = frozenset(
    {
        "gssdelegation", "gsslib", "hostaddr", "keepalives", "keepalives_count", "keepalives_idle",
        "keepalives_interval", "krbsrvname", "oauth_client_id", "oauth_client_secret", "oauth_issuer", "oauth_scope",
        "passfile", "require_auth", "requirepeer", "requiressl", "scram_client_key", "scram_server_key", "service",
        "servicefile", "sslcrldir", "sslkeylogfile", "sslpassword", "tcp_user_timeout",
    }
)  # fmt: skip

_WORD = re.compile(r"\w{1,63}")
_SYSTEM = "system"
_VERIFIED = "verify-full"


# What leads elsewhere, or proves something: a target without it would be another one.
_TELLING = frozenset(
    {
        "hostaddr", "passfile", "require_auth", "requirepeer", "requiressl", "scram_client_key", "scram_server_key",
        "service", "servicefile", "sslcrldir", "sslpassword",
    }
)  # fmt: skip


def unheeded(query: Mapping[str, str]) -> tuple[str, ...]:
    """The parameters that are another program's own business: its driver's caches, its pool, its keepalives."""
    return tuple(key for key in query if key not in PATHS and key not in _OTHER_NAMES and key not in _TELLING)


def stated(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters that say something, by the names of `PATHS`.

    Raises:
        TargetError: one is unknown, or cannot be honoured.
    """
    for key, value in query.items():
        _check(key, value)
    found = {key: value for key, value in query.items() if key in PATHS}
    for other, key in _OTHER_NAMES.items():
        if other in query:
            found.setdefault(key, query[other])
    if query.get("ssl") == "true" and "sslmode" not in query:
        found["sslmode"] = "require"  # as libpq reads a URL that was written for JDBC
    return _of_system_store(found)


def _check(key: str, value: str) -> None:
    if key in PATHS or key in _OTHER_NAMES:
        return
    if key in _UNABLE:
        raise _named(key, "which Assay cannot honour", "Leave it out.")
    if key not in _ALWAYS:
        raise _named(key, "which Assay does not take", did_you_mean(key, PATHS))
    if value.lower() not in _ALWAYS[key]:
        raise _named(key, f"of which Assay can honour {' and '.join(_ALWAYS[key])} alone", "Leave it out.")


def _named(key: str, why: str, fix: str) -> TargetError:
    named = f"the parameter {key!r}" if _WORD.fullmatch(key) else "a parameter"  # else it may be a part of a password
    return refused(field="url", what=f"it holds {named}, {why}", fix=_FIXES.get(key, fix))


def _of_system_store(found: dict[str, str]) -> dict[str, str]:
    """With the system's authorities anybody's certificate passes, so only the name makes it worth something."""
    if found.get("sslrootcert") != _SYSTEM:
        return found
    if found.setdefault("sslmode", _VERIFIED) != _VERIFIED:
        what = "sslrootcert=system is worth nothing with a weaker sslmode"
        raise refused(field="tls.mode", what=what, fix="Write sslmode=verify-full.")
    return found
