"""The API's documentation is served in a production-like environment.

Documentation pages list every route and field for whoever looks. Where the API is meant for the public, waive it.

Wrong:

    [production.api]
    docs_url = "/docs"

Right:

    [production.api]
    docs_url = false
"""

import re
from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_off, is_on

_MACHINE = r"/(app|data|etc|home|mnt|opt|root|run|srv|tmp|usr|var)/.*"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Switches that are on, and paths under which the pages are served."""
    leaves = list(subject.leaves(Role.DOCS))
    off = {fold(leaf.path[:-1]) for leaf in leaves if is_off(leaf.value) and "enable" in str(leaf.path[-1]).lower()}
    for leaf in leaves:
        if _is_served(leaf) and fold(leaf.path[:-1]) not in off:
            message = f"{leaf.key} serves the API's documentation to everybody."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=False), leaf=leaf)


def _is_served(leaf: Leaf) -> bool:
    """Whether it is on, or a path of URLs; a folder of the machine is none."""
    if isinstance(leaf.value, str) and not isinstance(leaf.path[-1], int):
        text = leaf.value.strip()
        return is_on(text) or bool(re.fullmatch(r"/[^\s/]\S*", text) and not re.fullmatch(_MACHINE, text))
    return is_on(leaf.value)


RULE = Rule(
    id="APP004",
    name="docs-public",
    severity=Severity.WARNING,
    applies_to="production",
    summary="The API's documentation is served.",
    source="OWASP ASVS 5.0, 13.4.5",
    page=__doc__,
    check=check,
)
