"""Auto-reload, a profiler or a debugger is on in a production-like environment.

A reloader restarts the service when a file changes, a profiler slows every request and shows what it does, and a
debugger lets visitors look into the process, or run code in it.

Wrong:

    [production.server]
    reload = true

Right:

    [production.server]
    reload = false
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Such switches that are on."""
    for leaf in subject.leaves(Role.RELOAD):
        if is_on(leaf.value):
            message = f"{leaf.key} is on: it is a tool for development."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=False), leaf=leaf)


RULE = Rule(
    id="APP003",
    name="reload-on",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Auto-reload, a profiler or a debugger is on.",
    source="OWASP ASVS 5.0, 13.4.2",
    page=__doc__,
    check=check,
)
