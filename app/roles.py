"""What a leaf is for: declared on a model's field, else inferred from its name.

Rules find their subjects by role, and whatever prints a value asks here whether it may.
"""

import re
from enum import StrEnum

from app import dsn


class Role(StrEnum):
    """The purposes that rules and masking know."""

    PASSWORD = "password"  # noqa: S105 - the word, not a password
    TOKEN = "token"  # noqa: S105 - the word, not a token
    SECRET_KEY = "secret-key"  # noqa: S105 - the word, not a key
    DSN = "dsn"
    DEBUG = "debug"
    ORIGINS = "origins"
    TLS_MODE = "tls-mode"
    HOST = "host"
    PORT = "port"
    USERNAME = "username"
    DATABASE_NAME = "database-name"


SECRET_ROLES = frozenset({Role.PASSWORD, Role.TOKEN, Role.SECRET_KEY})

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Words of a key's last part, in order of precedence: the first row whose words all stand there, side by side, decides.
_TABLE: tuple[tuple[tuple[str, ...], Role], ...] = (
    (("secret", "key"), Role.SECRET_KEY),
    (("signing", "key"), Role.SECRET_KEY),
    (("encryption", "key"), Role.SECRET_KEY),
    (("private", "key"), Role.SECRET_KEY),
    (("secret", "access", "key"), Role.SECRET_KEY),
    (("access", "key"), Role.TOKEN),
    (("api", "key"), Role.TOKEN),
    (("apikey",), Role.TOKEN),
    (("auth", "key"), Role.TOKEN),
    (("password",), Role.PASSWORD),
    (("passwd",), Role.PASSWORD),
    (("passphrase",), Role.PASSWORD),
    (("pwd",), Role.PASSWORD),
    (("pass",), Role.PASSWORD),
    (("token",), Role.TOKEN),
    (("secret",), Role.SECRET_KEY),
    (("credential",), Role.TOKEN),
    (("credentials",), Role.TOKEN),
    (("salt",), Role.SECRET_KEY),
    (("debug",), Role.DEBUG),
    (("allow", "origins"), Role.ORIGINS),
    (("allowed", "origins"), Role.ORIGINS),
    (("cors", "origins"), Role.ORIGINS),
    (("sslmode",), Role.TLS_MODE),
    (("ssl", "mode"), Role.TLS_MODE),
    (("tls", "mode"), Role.TLS_MODE),
)

# Words behind a secret's name that make it something else: a token's lifetime is no token.
_NOT_SECRET_TAIL = frozenset(
    {
        "age", "algorithm", "algorithms", "attempts", "audience", "class", "count", "days", "duration", "enabled",
        "endpoint", "expiration", "expire", "expires", "expiry", "field", "file", "format", "header", "history",
        "host", "hours", "id", "issuer", "length", "lifetime", "limit", "max", "min", "minutes", "mode", "name",
        "path", "policy", "port", "prefix", "provider", "required",
        "reset", "rotation", "rounds", "scheme", "seconds", "size",
        "timeout", "ttl", "type", "uri", "url", "validators", "version",
    }
)  # fmt: skip


def words(part: str) -> tuple[str, ...]:
    """The lower-case words of one key part, however they are joined: `dbPassword`, `DB_PASSWORD`, `db-password`."""
    return tuple(word.lower() for word in _WORDS.findall(part))


def _stands_in(row: tuple[str, ...], found: tuple[str, ...]) -> int:
    """The position behind the row's words in the found ones, or 0 where they do not stand there."""
    for start in range(len(found) - len(row) + 1):
        if found[start : start + len(row)] == row:
            return start + len(row)
    return 0


_SWITCH_TAIL = ({"mode"}, {"enabled"}, {"on"}, set())


def _by_name(path: tuple[str | int, ...]) -> Role | None:
    parts = [part for part in path if isinstance(part, str)]
    if not parts:
        return None
    last = words(parts[-1])
    joined = words("_".join(parts[-2:]))
    for row, role in _TABLE:
        found = joined if role in {Role.TLS_MODE, Role.ORIGINS} else last
        end = _stands_in(row, found)
        if not end:
            continue
        if role in SECRET_ROLES and any(word in _NOT_SECRET_TAIL for word in found[end:]):
            return None
        if role is Role.DEBUG and set(found[end:]) not in _SWITCH_TAIL:
            return None
        return role
    return None


def infer(path: tuple[str | int, ...], value: object) -> Role | None:
    """The role that a key's name, and a URL's shape, tell; None where they tell nothing.

    Booleans are never secrets: `password_required = true` is a switch, whatever it is called.
    """
    role = _by_name(path)
    if role in SECRET_ROLES and (isinstance(value, bool) or value is None):
        return None
    if role is None and isinstance(value, str) and dsn.looks_like_dsn(value):
        return Role.DSN
    return role


def is_secret(role: Role | None) -> bool:
    """True where a value of this role must never be shown."""
    return role in SECRET_ROLES
