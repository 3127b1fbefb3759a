"""Other sites are told where a visitor came from, or are told so over plain HTTP.

Addresses hold names, searches and sometimes tokens. Policies that keep them at home are `no-referrer`, `same-origin`,
`strict-origin` and `strict-origin-when-cross-origin`.

Wrong:

    [production.headers]
    referrer_policy = "unsafe-url"

Right:

    [production.headers]
    referrer_policy = "strict-origin-when-cross-origin"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.entries import by_setting, entries
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing, is_off

_CARELESS = frozenset({"unsafe-url", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin"})
_CAREFUL = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Policies that tell too much, and switches that are off."""
    for path, leaves in by_setting(subject.leaves(Role.REFERRER_POLICY)).items():
        if leaf := _careless(leaves):
            yield _finding(rule, subject, path, leaf)


def _finding(rule: Rule, subject: EnvironmentContext, path: Path, leaf: Leaf) -> Finding:
    message = f"{leaf.key} tells other sites where a visitor came from."
    fix = subject.setting(path, value="strict-origin-when-cross-origin")
    return rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _careless(leaves: list[Leaf]) -> Leaf | None:
    """The leaf that decides, where it is careless: of several policies browsers take the last that they know."""
    known = _CARELESS | _CAREFUL
    said = [(leaf, entry.lower()) for leaf in leaves for entry in entries(leaf.value) if entry.lower() in known]
    if said:
        return said[-1][0] if said[-1][1] in _CARELESS else None
    return next((leaf for leaf in leaves if is_off(leaf.value) or is_nothing(leaf.value)), None)


RULE = Rule(
    id="HDR003",
    name="referrer-policy",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Other sites are told where a visitor came from.",
    source="Django deployment check security.W022; OWASP ASVS 5.0, 3.4.5",
    page=__doc__,
    check=check,
)
