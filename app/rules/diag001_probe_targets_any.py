"""Every host may be probed from the service.

Whoever may probe then reaches, from inside your network, what they cannot reach themselves. An environment's own
database is always allowed.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.diagnostics]
    allowed_targets = ["*"]

Right:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.diagnostics]
    allowed_targets = ["*.db.example.com", "10.0.3.0/28"]
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.entries import entries
from app.rules.kit.reach import is_everybody
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Targets that leave no host out."""
    for leaf in subject.leaves(Role.PROBE_TARGETS):
        if any(is_everybody(entry) for entry in entries(leaf.value)):
            message = f"{leaf.key} lets every host be probed from here."
            fix = subject.setting(leaf.path, sample='["*.db.example.com"]', says="Name the hosts: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="DIAG001",
    name="probe-targets-any",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Every host may be probed from the service.",
    source="OWASP ASVS 5.0, 13.2.4; OWASP Top 10, server-side request forgery",
    page=__doc__,
    check=check,
)
