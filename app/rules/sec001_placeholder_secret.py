"""A secret is a placeholder that somebody forgot to fill in, or a text that everybody would try.

The words that systems ship with, the user's own name, neighbours on the keyboard, `<your token>`, `TODO`. Outside
production-like environments it is told for information.

Wrong:

    # .secrets.toml
    [production]
    api_token = "<your token here>"

Right:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.connections import connections
from app.rules.kit.known_defaults import is_placeholder
from app.rules.kit.literals import secret_texts
from app.rules.kit.rule import Rule
from app.rules.kit.services import SQLITE
from app.rules.kit.subject import EnvironmentContext

_USERS = ("username", "user", "login", "user_name", "userid", "email")
_KEYS = frozenset({Role.SECRET_KEY, Role.SIGNING_KEY})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Secrets of any role that are none; outside production-like environments for information."""
    severity = Severity.ERROR if subject.production else Severity.INFO
    for leaf, text in secret_texts(subject):
        if why := _why(subject, leaf, text):
            fix = subject.setting(leaf.path, secret=True, says="Fill in the real one: {}.")
            yield rule.inheritable(subject, leaf, f"{leaf.key} {why}.", fix, severity=severity)


def _why(subject: EnvironmentContext, leaf: Leaf, text: str) -> str | None:
    role = subject.role(leaf.path, leaf.value)
    user = _user(subject, leaf) if role is Role.PASSWORD else None
    if not text.strip():
        if any(one.service is SQLITE and one.leaf("password") is leaf for one in connections(subject)):
            return None  # a file has no password
        # An empty token, or password of nobody, turns a feature off; an empty key signs.
        return "is empty" if role in _KEYS or user or (subject.shape and role is not Role.TOKEN) else None
    if is_placeholder(text):
        return "is a placeholder, or a default that everybody knows"
    return "is the same as the user's name" if user and text.casefold() == user.casefold() else None


def _user(subject: EnvironmentContext, leaf: Leaf) -> str | None:
    """The name of the user whose password this is, where it stands beside it."""
    last = str(leaf.path[-1])
    stem = "_".join(words(last)[:-1])
    for name in _USERS:
        beside = f"{stem}_{name}" if stem else name
        found = subject.tree.by_path.get(fold((*leaf.path[:-1], beside)))
        if found and isinstance(found.value, str) and found.value.strip():
            return found.value
    return None


RULE = Rule(
    id="SEC001",
    name="placeholder-secret",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A secret is a placeholder.",
    source="OWASP ASVS 5.0, 13.2.3",
    page=__doc__,
    check=check,
    superseded_by=("DB002", "APP002", "JWT002", "SEC008"),
)
