"""Browsers are told to insist on HTTPS for less than a year, or not at all.

Without `Strict-Transport-Security` a visitor's first request may go over plain HTTP, where it can be read and answered
by anybody in between.

Wrong:

    [production.headers]
    hsts_seconds = 3600

Right:

    [production.headers]
    hsts_seconds = 31536000
"""

import re
from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import amount, is_nothing, is_off

_YEAR = 31_536_000


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Times under a year, header texts with such a time, and switches that are off."""
    for leaf in subject.leaves(Role.HSTS):
        if why := _why(leaf):
            fix = subject.setting(leaf.path, value=_instead(leaf))
            yield rule.finding(subject, leaf.path, f"{leaf.key} {why}.", fix, leaf=leaf)


def _why(leaf: Leaf) -> str | None:
    seconds = _seconds(leaf.value)
    if seconds is not None and seconds > 0:
        is_switch = seconds == 1 and _is_switch(leaf)
        return None if is_switch or seconds >= _YEAR else "lets browsers use plain HTTP again after less than a year"
    off = seconds is not None or is_off(leaf.value) or is_nothing(leaf.value)
    return "does not tell browsers to insist on HTTPS" if off else None


def _is_switch(leaf: Leaf) -> bool:
    return "enable" in str(leaf.path[-1]).lower() or str(leaf.path[-1]).lower().endswith("hsts")


def _seconds(value: object) -> float | None:
    """The time, from a number or from the header's own text."""
    found = re.search(r"max-age\s*=\s*\"?(\d+)", value, re.IGNORECASE) if isinstance(value, str) else None
    return float(found[1]) if found else amount(value)


def _instead(leaf: Leaf) -> str | int:
    if isinstance(leaf.value, str) and "max-age" in leaf.value.lower():
        return f"max-age={_YEAR}; includeSubDomains"
    return True if isinstance(leaf.value, bool) else _YEAR


RULE = Rule(
    id="HDR001",
    name="hsts-short",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Browsers are not told to insist on HTTPS for a year.",
    source="Django deployment check security.W004; OWASP ASVS 5.0, 3.4.1; RFC 6797",
    page=__doc__,
    check=check,
)
