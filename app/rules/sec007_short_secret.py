"""A secret is short enough to be guessed by trying.

Under 12 characters a machine tries them all, once it holds a digest or finds nobody who counts the attempts. Outside
production-like environments it is told for information.

Wrong:

    # .secrets.toml
    [production]
    api_token = "k9Xq2"

Right:

    # .secrets.toml
    [production]
    api_token = "mV7_tQ2xL9wKcZ4bNr8y"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import words
from app.rules.kit.literals import secret_texts
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_CHARACTERS = 12
_PIN = ("pin",)
"""What is short by its nature."""


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Secrets under twelve characters; what is empty is none, and nobody chooses a PIN's length."""
    severity = Severity.WARNING if subject.production else Severity.INFO
    for leaf, text in secret_texts(subject):
        if words(str(leaf.path[-1]))[-1:] != _PIN and 0 < len(text.strip()) < _CHARACTERS:
            message = f"{leaf.key} has fewer than {_CHARACTERS} characters."
            fix = subject.setting(leaf.path, secret=True, says="Make a long random one: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf, severity=severity)


RULE = Rule(
    id="SEC007",
    name="short-secret",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A secret has fewer than 12 characters.",
    source="OWASP ASVS 5.0, 6.2.1; NIST SP 800-63B",
    page=__doc__,
    check=check,
    superseded_by=("SEC001", "DB002", "APP002", "JWT002", "SEC008"),
)
