"""What a leaf is for: declared on a model's field or in the option `roles`, else inferred from its name.

Rules find their subjects by role, and whatever prints a value asks here whether it may.
"""

from functools import lru_cache

from app.core import dsn
from app.core.roles.purposes import purpose
from app.core.roles.role import LITERAL_SECRETS, SECRET_ROLES, Role
from app.core.roles.secrets import among_secrets, by_name, is_open_address
from app.core.secrecy import has_secret_shape, is_key, is_pointer, is_unguessable, words

__all__ = ["LITERAL_SECRETS", "SECRET_ROLES", "Role", "infer", "is_secret", "words"]


def infer(path: tuple[str | int, ...], value: object) -> Role | None:
    """The role that a key's name, and a URL's shape, tell; None where they tell nothing.

    Booleans are never secrets: `password_required = true` is a switch, whatever it is called. Nor are the numbers
    that count secrets: `max_tokens = 4096`.
    """
    secret, told, among = _by_key(path)
    if not isinstance(value, str):
        return told if secret is None or isinstance(value, bool) or value is None else secret
    if has_secret_shape(value):
        return secret or Role.TOKEN
    if secret is not None:
        return _by_value(value, None) if _is_open(path, value) else secret
    if told is among is None and is_unguessable(value) and is_key(words(str(path[-1]))):
        return Role.SECRET
    return told or _by_value(value, None if among and _is_open(path, value) else among)


def _is_open(path: tuple[str | int, ...], text: str) -> bool:
    """Whether what stands under a secret's name is none: a path, or an address without a secret."""
    if is_pointer(text):
        return True
    is_dsn = "dsn" in words(str(path[-1]))
    return is_open_address(text) or (is_dsn and "://" in text and "@" not in text)


@lru_cache(maxsize=1 << 16)  # all environments have the same keys, and whoever prints or judges a value asks again
def _by_key(path: tuple[str | int, ...]) -> tuple[Role | None, Role | None, Role | None]:
    """What a key alone tells: the secret it names, its purpose, and the secrets among which a text stands in it."""
    names = [part for part in path if isinstance(part, str)][-2:]
    if not names:
        return None, None, None
    last, table = words(names[-1]), words(names[0]) if len(names) > 1 else ()
    told = purpose(last, table)
    # CORS has a switch that is called credentials, and holds none.
    secret = None if told is Role.CORS_CREDENTIALS else by_name(last, table)
    return secret, told, among_secrets(path) if secret is told is None else None


def _by_value(text: str, among: Role | None) -> Role | None:
    if dsn.looks_like_dsn(text):
        return Role.DSN
    return among or (Role.URL if text[:8].lower().startswith(("http://", "https://")) else None)


def is_secret(role: Role | None) -> bool:
    """True where a value of this role must never be shown."""
    return role in SECRET_ROLES
