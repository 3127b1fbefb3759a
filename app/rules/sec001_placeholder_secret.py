"""A secret is a placeholder that somebody forgot to fill in, or a word that everybody would try.

Wrong:

    [production.app]
    secret_key = "changeme"

Right: keep it out of the profile, and let the deployment supply it.

    $ export ASSAY_APP__SECRET_KEY="$(cat /run/secrets/app)"
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.roles import LITERAL_SECRETS
from app.rules.known_defaults import is_placeholder, is_reference
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Secrets of any role that are placeholders; outside production-like environments for information."""
    for leaf in subject.leaves(*LITERAL_SECRETS):
        text = str(leaf.value)
        if is_placeholder(text) and not is_reference(text):
            what = "is empty" if not text.strip() else "is a placeholder, not a secret"
            fix = f"Fill in the real one: {subject.ways(leaf.path, secret=True)}."
            severity = Severity.ERROR if subject.production else Severity.INFO
            yield rule.inheritable(subject, leaf, f"{leaf.key} {what}.", fix, severity=severity)


RULE = Rule(
    id="SEC001",
    name="placeholder-secret",
    severity=Severity.ERROR,
    speaks="always",
    summary="A secret is a placeholder.",
    source="OWASP ASVS 5.0, 13.2.3",
    page=__doc__,
    check=check,
    yields_to=("DB002",),
)
