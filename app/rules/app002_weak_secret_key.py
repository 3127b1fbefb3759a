"""The application's secret key is short, repetitive, or one that was made for development.

Whoever guesses the key signs sessions and password resets as anybody. A key has at least 32 characters, five or more
of them different, and is nobody's example.

Wrong:

    # .secrets.toml
    [production]
    secret_key = "django-insecure-4t9$w2!kq7"

Right: make one with `python -c "import secrets; print(secrets.token_urlsafe(48))"`.

    # .secrets.toml
    [production]
    secret_key = "dQ2_vX8rN4kTz7wLmB1yHc6sJf0gPa9eUo3iRx5b"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.development_keys import is_made_for_development
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_CHARACTERS = 32
_DIFFERENT = 5
_HOW = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Secret keys that are there, and that somebody might guess."""
    for leaf in subject.leaves(Role.SECRET_KEY):
        text = "" if leaf.value is None else str(leaf.value)
        if leaf.value is not None and not is_reference(text) and (why := _weakness(text)):
            fix = subject.setting(leaf.path, secret=True, says=f"Make one with {_HOW}: {{}}.")
            yield rule.finding(subject, leaf.path, f"{leaf.key} {why}.", fix, leaf=leaf)


def _weakness(key: str) -> str | None:
    if not key.strip():
        return "is empty"
    if is_made_for_development(key):
        return "is a placeholder, or was made for development"
    if len(key) < _CHARACTERS:
        return f"has fewer than {_CHARACTERS} characters"
    return f"is made of fewer than {_DIFFERENT} different characters" if len(set(key)) < _DIFFERENT else None


RULE = Rule(
    id="APP002",
    name="weak-secret-key",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The application's secret key can be guessed.",
    source="Django deployment check security.W009; OWASP ASVS 5.0, 11.5.1",
    page=__doc__,
    check=check,
)
