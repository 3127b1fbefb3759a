"""Which findings a waiver accepts."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from app.core.findings import Deferred, Finding, Waived, Waiver

_DEPLOYMENT = frozenset({"AUTH001", "SRC005", "SRC018", "TYP001"})
"""Rules that mostly speak where the environment is active: what they miss, its deployment holds."""

_VARIABLES = "ENV"
"""The family of rules about the variables of a process."""


def waive(waivers: Sequence[Waiver], findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Waived, ...]]:
    """The findings that nobody accepts, and those that somebody does, each with the first waiver that accepts it."""
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_rule.setdefault(waiver.rule, []).append(waiver)
    kept: list[Finding] = []
    waived: list[Waived] = []
    for finding in findings:
        first = next((waiver for waiver in by_rule.get(finding.rule, ()) if accepts(waiver, finding)), None)
        if first is None:
            kept.append(finding)
        else:
            waived.append(Waived(finding=finding, waiver=first))
    return tuple(kept), tuple(waived)


def accepts(waiver: Waiver, finding: Finding) -> bool:
    """Whether the waiver is about this finding, be it in force or not."""
    return (
        waiver.rule == finding.rule
        and _covers(waiver.key, finding.key)
        and _covers(waiver.environment, finding.environment)
    )


def needs_deployment(waiver: Waiver, deferred: Iterable[Deferred]) -> bool:
    """Whether what it accepts may show itself in the environment's own deployment alone."""
    if waiver.rule in _DEPLOYMENT or waiver.rule.startswith(_VARIABLES):
        return True
    return waiver.key is not None and any(_covers(waiver.key, item.key) for item in deferred)


def speaks_of(waiver: Waiver, environment: str) -> bool:
    """Whether the waiver is about findings of this environment."""
    return _covers(waiver.environment, environment)


def _covers(pattern: str | None, name: str | None) -> bool:
    """Whether a pattern covers a name, whatever its case; brackets in it are those of a list item."""
    if pattern is None:
        return True
    return name is not None and fnmatchcase(name.casefold(), pattern.casefold().replace("[", "[[]"))
