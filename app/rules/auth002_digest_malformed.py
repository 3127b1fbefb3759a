"""What should be a token's SHA-256 digest is none, so a token may stand there in clear.

A digest has 64 hexadecimal digits, and nobody signs in with it. Another text lets nobody in, and if it is the token
itself, everybody who reads the file has it.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [[production.auth.tokens]]
    name = "ci"
    role = "viewer"
    sha256 = "kR7-pw2Xv9qLm4"

Right: make it with `printf %s "$TOKEN" | sha256sum`.

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [[production.auth.tokens]]
    name = "ci"
    role = "viewer"
    sha256 = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
"""

import re
from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_HOW = "printf %s TOKEN | sha256sum"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Digests that are not 64 hexadecimal digits."""
    for leaf in subject.leaves(Role.DIGEST):
        text = "" if leaf.value is None else str(leaf.value)
        if not re.fullmatch(r"[0-9a-fA-F]{64}", text) and not is_reference(text):
            message = f"{leaf.key} is no SHA-256 digest: a token may stand there in clear."
            fix = subject.setting(leaf.path, says=f"Make a new token, and its digest with `{_HOW}`: {{}}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="AUTH002",
    name="digest-malformed",
    severity=Severity.ERROR,
    applies_to="production",
    summary="A token's digest is none.",
    source="OWASP ASVS 5.0, 11.4.2",
    page=__doc__,
    check=check,
)
