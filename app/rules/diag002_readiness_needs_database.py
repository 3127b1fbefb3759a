"""The service is ready only while its database answers.

Where the database is away, a balancer then takes every instance out at once, and nobody sees what is wrong any more.
That is right where the service is of no use without its history, and wrong where it should still diagnose.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.diagnostics]
    readiness_needs_database = true

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.diagnostics]
    readiness_needs_database = false
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Switches that are on, by default too."""
    for leaf in subject.leaves(Role.READINESS):
        if is_on(leaf.value):
            message = f"{leaf.key} takes every instance out of service while the database is away."
            fix = subject.setting(leaf.path, value=False, says="If it should still diagnose then, write {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="DIAG002",
    name="readiness-needs-database",
    severity=Severity.INFO,
    applies_to="production",
    summary="Readiness depends on the database.",
    source="Kubernetes, probes of liveness, readiness and start",
    page=__doc__,
    check=check,
)
