"""Tokens never expire, or nobody looks whether they have.

A token that once got into a log or a browser's history is then good for ever.

Wrong:

    [production.jwt]
    access_token_expires = false

Right:

    [production.jwt]
    access_token_expires = 900
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import amount, is_endless

_UNITS = frozenset({"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "weeks", "in"})
_CHECKS = frozenset({"verify", "require", "enabled"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lifetimes that are off or nothing, but for one of several units, and checks that are off."""
    leaves = [leaf for leaf in subject.leaves(Role.JWT_EXPIRY) if not _is_cached(leaf)]
    lasting = {_stem(leaf) for leaf in leaves if (amount(leaf.value) or 0) > 0}
    for leaf in leaves:
        if is_endless(leaf.value) and (isinstance(leaf.value, bool) or _stem(leaf) not in lasting):
            is_check = not _CHECKS.isdisjoint(words(str(leaf.path[-1])))
            what = "accepts tokens that have expired" if is_check else "makes tokens that never expire"
            fix = subject.setting(leaf.path, value=True if is_check else 900)
            yield rule.finding(subject, leaf.path, f"{leaf.key} {what}.", fix, leaf=leaf)


def _is_cached(leaf: Leaf) -> bool:
    """Whether it says how long a token is kept here, not how long it holds."""
    return any("cache" in str(part).lower() for part in leaf.path[-2:])


def _stem(leaf: Leaf) -> tuple[object, ...]:
    """The table and the words of a lifetime without its unit: hours and minutes may stand side by side."""
    named = tuple(word for word in words(str(leaf.path[-1])) if word not in _UNITS)
    return (*fold(leaf.path[:-1]), *named)


RULE = Rule(
    id="JWT003",
    name="expiry-off",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Tokens never expire.",
    source="OWASP ASVS 5.0, 9.2.1; RFC 8725",
    page=__doc__,
    check=check,
)
