"""What a leaf is for: declared on a model's field, else inferred from its name.

Rules find their subjects by role, and whatever prints a value asks here whether it may.
"""

import re
from enum import StrEnum
from functools import cache

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
    (("authorization",), Role.TOKEN),
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


# How compounds end that somebody wrote, or Dynaconf folded, into one word.
_ENDINGS = ("password", "passwd", "token", "secret", "apikey", "accesskey", "secretkey", "privatekey")

# Texts that are secret whatever they are called: credentials of HTTP, private keys, tokens of well-known makes.
_SHAPES = (
    r"(?:(?:Bearer|Basic|Token)\s+\S.*|-----BEGIN [A-Z ]*PRIVATE KEY-----.*|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|[rs]k_live_\w{10,}|xox[abeprs]-[\w-]{10,}|eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*)"
)

# What stands beside secrets in a table of them, and is none.
_PUBLIC = frozenset({"client", "description", "email", "label", "login", "region", "role", "user", "username"})

_PLURALS: tuple[tuple[tuple[str, ...], Role], ...] = (
    (("passwords",), Role.PASSWORD),
    (("tokens",), Role.TOKEN),
    (("api", "keys"), Role.TOKEN),
    (("access", "keys"), Role.TOKEN),
    (("secret", "keys"), Role.SECRET_KEY),
    (("secrets",), Role.SECRET_KEY),
    (("credentials",), Role.TOKEN),
)

_SWITCH_TAIL: tuple[frozenset[str], ...] = (frozenset({"mode"}), frozenset({"enabled"}), frozenset({"on"}), frozenset())


def _by_name(path: tuple[str | int, ...]) -> Role | None:
    parts = tuple(part for part in path if isinstance(part, str))
    return _by_words(parts[-2:]) if parts else None


@cache
def _by_words(parts: tuple[str, ...]) -> Role | None:
    """What the last part of a key says, or for a few roles the last two together."""
    last, joined = words(parts[-1]), words("_".join(parts))
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
    return Role.TOKEN if last and last[-1].endswith(_ENDINGS) else None


@cache
def _by_plural(part: str) -> Role | None:
    """What a list, or a table, of secrets is called: `api_keys`, `tokens`."""
    found = words(part)
    return next((role for row, role in _PLURALS if found[-len(row) :] == row), None)


def _secret_word(part: str) -> Role | None:
    role = _by_words((part,))
    return role if role in SECRET_ROLES else None


def _among_secrets(path: tuple[str | int, ...]) -> Role | None:
    """The role of a text that stands in a list or table of secrets, and is not what its own name says it is."""
    parts = [part for part in path if isinstance(part, str)]
    own = parts[-1:] if isinstance(path[-1], int) else parts[:-1]
    role = next((found for part in reversed(own) if (found := _by_plural(part) or _secret_word(part))), None)
    if role is None or isinstance(path[-1], int):
        return role
    return None if any(word in _NOT_SECRET_TAIL or word in _PUBLIC for word in words(parts[-1])) else role


def infer(path: tuple[str | int, ...], value: object) -> Role | None:
    """The role that a key's name, and a URL's shape, tell; None where they tell nothing.

    Booleans are never secrets: `password_required = true` is a switch, whatever it is called. Nor are the numbers
    that count secrets: `max_tokens = 4096`.
    """
    role = _by_name(path)
    if role in SECRET_ROLES and (isinstance(value, bool) or value is None):
        return None
    if role is not None or not isinstance(value, str) or not path:
        return role
    if dsn.looks_like_dsn(value):
        return Role.DSN
    return Role.TOKEN if re.fullmatch(_SHAPES, value.strip(), re.DOTALL) else _among_secrets(path)


def is_secret(role: Role | None) -> bool:
    """True where a value of this role must never be shown."""
    return role in SECRET_ROLES
