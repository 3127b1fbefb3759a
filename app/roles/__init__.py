"""What a leaf is for: declared on a model's field or in the option `roles`, else inferred from its name.

Rules find their subjects by role, and whatever prints a value asks here whether it may.
"""

from app import dsn
from app.roles.purposes import purpose
from app.roles.role import LITERAL_SECRETS, SECRET_ROLES, Role, words
from app.roles.secrets import among_secrets, by_name, has_secret_shape

__all__ = ["LITERAL_SECRETS", "SECRET_ROLES", "Role", "infer", "is_secret", "words"]


def infer(path: tuple[str | int, ...], value: object) -> Role | None:
    """The role that a key's name, and a URL's shape, tell; None where they tell nothing.

    Booleans are never secrets: `password_required = true` is a switch, whatever it is called. Nor are the numbers
    that count secrets: `max_tokens = 4096`.
    """
    names = [part for part in path if isinstance(part, str)][-2:]
    if not names:
        return None
    last, table = words(names[-1]), words(names[0]) if len(names) > 1 else ()
    secret = by_name(last, table)
    if secret is not None:
        return None if isinstance(value, bool) or value is None else secret
    if not isinstance(value, str):
        return purpose(last, table)
    return Role.TOKEN if has_secret_shape(value) else purpose(last, table) or _by_value(path, value)


def _by_value(path: tuple[str | int, ...], text: str) -> Role | None:
    if dsn.looks_like_dsn(text):
        return Role.DSN
    return among_secrets(path) or (Role.URL if text.startswith(("http://", "https://")) else None)


def is_secret(role: Role | None) -> bool:
    """True where a value of this role must never be shown."""
    return role in SECRET_ROLES
