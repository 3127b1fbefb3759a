"""A secret stands in a file that is in everybody's hands.

Whoever can read the repository, or ever could, has it: colleagues who left, machines that build, forks and backups.
Taking it out is not enough, since the history keeps it. In a git repository a file counts that is tracked; without one
every profile counts that is no secrets file. Outside production-like environments it is told for information.

Wrong:

    [production]
    payment_token = "mV7_tQ2xL9wKcZ4bNr8y"

Right:

    # .secrets.toml
    [production]
    payment_token = "sT5_wR8nJ3vXhY6cMq1z"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.core.tree import Leaf, Statement
from app.rules.kit.known_defaults import is_placeholder
from app.rules.kit.literals import committed, is_inside_url, is_secret, moved, secret_leaves, taking_out
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Secrets in so many words; a URL's password is another rule's business."""
    severity = Severity.ERROR if subject.production else Severity.INFO
    for leaf in secret_leaves(subject):
        said = next((said for said in committed(subject, leaf) if _is_told(subject, leaf, said)), None)
        if said is not None:
            message = f"{leaf.key}: a secret stands in {said.layer.file}, for everybody who reads the repository."
            fix = moved(subject, said, leaf, "Take it out, and make a new one: {}.")
            if said.layer is not leaf.layer:
                fix = taking_out(said, f"Take it out: {leaf.key} comes from {leaf.origin} by now. And make a new one.")
            yield rule.finding(subject, leaf.path, message, fix, origin=said.origin, severity=severity)


def _is_told(subject: EnvironmentContext, leaf: Leaf, said: Statement) -> bool:
    """Whether what the file says is a secret; a well-known default is one as long as nothing overrides it.

    As a password a server accepts it; nobody issues it as a token, which is then still to be filled in.
    """
    if isinstance(said.value, bool) or not isinstance(said.value, str | int | float) or is_inside_url(said):
        return False
    if is_placeholder(str(said.value)):
        return said.layer is leaf.layer and is_secret(str(said.value)) and not _is_issued(subject, leaf)
    return is_secret(str(said.value))


def _is_issued(subject: EnvironmentContext, leaf: Leaf) -> bool:
    return subject.role(leaf.path, leaf.value) is Role.TOKEN


RULE = Rule(
    id="SEC002",
    name="secret-committed",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A secret stands in a committed file.",
    source="OWASP ASVS 5.0, 13.3.1; CWE-798",
    page=__doc__,
    check=check,
    superseded_by=("SEC008",),
)
