"""What is a secret, told by its name and by its shape."""

import re
from functools import cache

from app.roles.role import Role, words

# Words of a key's last part, in order of precedence: the first row whose words all stand there, side by side, decides.
_TABLE: tuple[tuple[tuple[str, ...], Role], ...] = (
    (("secret", "key"), Role.SECRET_KEY),
    (("signing", "key"), Role.SIGNING_KEY),
    (("jwt", "key"), Role.SIGNING_KEY),
    (("encryption", "key"), Role.SECRET),
    (("private", "key"), Role.SECRET),
    (("digest", "key"), Role.SECRET),
    (("hmac", "key"), Role.SECRET),
    (("master", "key"), Role.SECRET),
    (("secret", "access", "key"), Role.SECRET),
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
    (("secret",), Role.SECRET),
    (("credential",), Role.TOKEN),
    (("credentials",), Role.TOKEN),
    (("authorization",), Role.TOKEN),
    (("salt",), Role.SECRET),
)

# Words behind a secret's name that make it something else: a token's lifetime is no token.
_NOT_SECRET_TAIL = frozenset(
    {
        "age", "algorithm", "algorithms", "attempts", "audience", "backend", "class", "complexity", "count", "days",
        "duration", "enabled", "engine", "form", "generator", "hasher", "hashers", "hint", "iterations", "manager",
        "page", "pattern", "regex", "service", "strategy", "strength", "template", "templates", "validation",
        "validator",
        "endpoint", "expiration", "expire", "expires", "expiry", "field", "file", "format", "header", "history",
        "host", "hours", "id", "issuer", "length", "lifetime", "limit", "max", "min", "minutes", "mode", "name",
        "path", "policy", "port", "prefix", "provider", "required",
        "reset", "rotation", "rounds", "scheme", "seconds", "size",
        "timeout", "ttl", "type", "uri", "url", "validators", "version",
    }
)  # fmt: skip


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
    (("secret", "keys"), Role.SECRET),
    (("secrets",), Role.SECRET),
    (("credentials",), Role.TOKEN),
)

_SIGNING = frozenset({"jwt", "jws", "signing", "token"})
_SESSION = frozenset({"session", "sessions", "cookie", "cookies", "csrf"})
_APPLICATION = _SESSION | {
    "api", "app", "application", "auth", "backend", "core", "default", "django", "fastapi", "flask", "general",
    "litestar", "main", "project", "security", "server", "service", "settings", "site", "starlette", "web",
}  # fmt: skip


@cache
def by_name(last: tuple[str, ...], table: tuple[str, ...]) -> Role | None:
    """The secret that the words of a key's last part name; the table it stands in tells whose key it is."""
    for row, role in _TABLE:
        end = _stands_in(row, last)
        if end:
            other = any(word in _NOT_SECRET_TAIL for word in last[end:])
            return None if other else _whose(role, last, table)
    if last == ("key",) and "jwt" in table:
        return Role.SIGNING_KEY
    return Role.TOKEN if last and last[-1].endswith(_ENDINGS) else None


def _whose(role: Role, last: tuple[str, ...], table: tuple[str, ...]) -> Role:
    """The role of a key or secret by what it is said to belong to."""
    if role not in {Role.SECRET_KEY, Role.SECRET}:
        return role
    named = set(last)
    if (named | {*table[-1:]}) & {"jwt", "jws"} or (role is Role.SECRET_KEY and named & _SIGNING):
        return Role.SIGNING_KEY
    others = named - {"secret", "key"} - _APPLICATION
    if role is Role.SECRET:
        return Role.SECRET_KEY if named & (_SESSION | {"app"}) and not others else Role.SECRET
    return Role.SECRET_KEY if not others and (not table or table[-1] in _APPLICATION) else Role.SECRET


@cache
def _by_plural(part: str) -> Role | None:
    """What a list, or a table, of secrets is called: `api_keys`, `tokens`."""
    found = words(part)
    return next((role for row, role in _PLURALS if found[-len(row) :] == row), None)


def _secret_word(part: str) -> Role | None:
    return by_name(words(part), ())


def among_secrets(path: tuple[str | int, ...]) -> Role | None:
    """The role of a text that stands in a list or table of secrets, and is not what its own name says it is."""
    parts = [part for part in path if isinstance(part, str)]
    own = parts[-1:] if isinstance(path[-1], int) else parts[:-1]
    role = next((found for part in reversed(own) if (found := _by_plural(part) or _secret_word(part))), None)
    if role is None or isinstance(path[-1], int):
        return role
    return None if any(word in _NOT_SECRET_TAIL or word in _PUBLIC for word in words(parts[-1])) else role


def has_secret_shape(text: str) -> bool:
    """Whether a text is a secret whatever it is called."""
    return re.fullmatch(_SHAPES, text.strip(), re.DOTALL) is not None
