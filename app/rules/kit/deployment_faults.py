"""What reading a deployment found wrong, as findings about the keys of its variables."""

from collections.abc import Iterator

from app.core.findings import Finding
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def deployment_faults(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """The faults of a rule's id."""
    for fault in subject.deployment.faults if subject.deployment else ():
        if fault.rule == rule.id and fault.hides is None:
            path = subject.key_of(fault.origin.name or "") or ()
            yield rule.finding(subject, path, fault.message, fault.fix, origin=fault.origin, severity=fault.severity)
