"""The role of a secret: what its key's name tells, and whose it is."""

import re
from collections.abc import Mapping
from functools import cache

from app.core.roles.role import Role
from app.core.secrecy import Words, is_about_secret, plural_kind, secret_kind, words

_SIGNING = frozenset({"jwt", "jws", "signing", "token"})
_SESSION = frozenset({"session", "sessions", "cookie", "cookies", "csrf"})
_APPLICATION = _SESSION | {
    "api", "app", "application", "auth", "backend", "core", "default", "django", "fastapi", "flask", "general",
    "litestar", "main", "project", "security", "server", "service", "settings", "site", "starlette", "web",
}  # fmt: skip

# Table and key together: `sentry.dsn`, `jwt.key`.
_IN_TABLE: Mapping[Words, Role] = {
    ("encryption", "key"): Role.SECRET,
    ("fernet", "key"): Role.SECRET,
    ("license", "key"): Role.SECRET,
    ("raven", "dsn"): Role.SECRET,
    ("sentry", "dsn"): Role.SECRET,
}


@cache
def by_name(last: Words, table: Words) -> Role | None:
    """The secret that the words of a key's last part name; the table it stands in tells whose key it is."""
    if kind := secret_kind(last):
        return _whose(Role(kind), last, table)
    if last == ("key",) and "jwt" in table:
        return Role.SIGNING_KEY
    return _IN_TABLE.get((*table[-1:], *last))


def _whose(role: Role, last: Words, table: Words) -> Role:
    """The role of a key or secret by what it is said to belong to."""
    if role not in {Role.SECRET_KEY, Role.SECRET}:
        return role
    named = set(last)
    if "secret" not in named and "key" not in named:
        return role
    if (named | {*table[-1:]}) & {"jwt", "jws"} or (role is Role.SECRET_KEY and named & _SIGNING):
        return Role.SIGNING_KEY
    others = named - {"secret", "key"} - _APPLICATION
    if role is Role.SECRET:
        mine = named & (_SESSION | {"app"}) and "secret" in named
        return Role.SECRET_KEY if mine and not others else Role.SECRET
    return Role.SECRET_KEY if not others and (not table or table[-1] in _APPLICATION) else Role.SECRET


def among_secrets(path: tuple[str | int, ...]) -> Role | None:
    """The role of a text that stands in a list or table of secrets, and is not what its own name says it is."""
    parts = [part for part in path if isinstance(part, str)]
    is_item, last = isinstance(path[-1], int), words(parts[-1])
    names = [words(part) for part in reversed(parts)]
    kinds = [plural_kind(name) or secret_kind(name) for name in names]
    kind = next((found for found in kinds if found), None)
    if kind is None or (not (is_item and kinds[0]) and is_about_secret(last)):
        return None
    return Role(kind)


_WORDLIKE = re.compile(r"(?:[a-z]+(?:[-_.][a-z]+)*|v\d+|[A-Z][a-z]+|)(?:\?)?")


def is_open_address(text: str) -> bool:
    """Whether an address holds nothing but words, so that it may be known: `https://shop.example/hooks/paid`."""
    scheme, colon, rest = text.partition("://")
    if not colon or not scheme.lower().startswith("http") or "@" in rest:
        return False
    return all(_WORDLIKE.fullmatch(part) for part in rest.partition("/")[2].split("/"))
