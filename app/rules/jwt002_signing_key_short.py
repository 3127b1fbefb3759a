"""The key that signs tokens is shorter than its algorithm's digest, or a placeholder.

Whoever holds one token can try keys against it at home. HS256 needs a key of at least 32 bytes, HS384 of 48, HS512 of
64. Keys of asymmetric algorithms are not judged.

Wrong:

    # .secrets.toml
    [production.jwt]
    secret = "gT5-wq9!Zr2k"

Right: make one with `python -c "import secrets; print(secrets.token_urlsafe(64))"`.

    # .secrets.toml
    [production.jwt]
    secret = "dQ2_vX8rN4kTz7wLmB1yHc6sJf0gPa9eUo3iRx5b"
"""

import re
from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.development_keys import is_made_for_development
from app.rules.kit.entries import entries, whole
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_BYTES = {"hs256": 32, "hs384": 48, "hs512": 64}
_ASYMMETRIC = frozenset({"private", "public", "rsa", "ec", "ecdsa", "ed25519", "pem"})
_ELSEWHERE = (
    r"-----BEGIN .*|\{.*|https?://.*|(~|\.{0,2})/[\w./-]+\.\w{2,4}|/(app|etc|home|opt|run|secrets|usr|var)/[\w./-]+"
)
_HOW = "python -c 'import secrets; print(secrets.token_urlsafe(64))'"


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Keys of symmetric algorithms that are there, and that somebody might guess."""
    for leaf in subject.leaves(Role.SIGNING_KEY):
        needed = _needed(subject, leaf)
        if needed is not None and leaf.value is not None and (why := _weakness(str(leaf.value), needed)):
            fix = subject.setting(leaf.path, secret=True, says=f"Make one with {_HOW}: {{}}.")
            yield rule.finding(subject, leaf.path, f"{leaf.key} {why}.", fix, leaf=leaf)


def _weakness(key: str, needed: int) -> str | None:
    if is_reference(key) or re.fullmatch(_ELSEWHERE, key.strip(), re.DOTALL):
        return None
    if not key.strip():
        return "is empty"
    if is_made_for_development(key):
        return "is a placeholder, or was made for development"
    return f"has fewer than {needed} bytes" if len(key.encode()) < needed else None


def _needed(subject: EnvironmentContext, key: Leaf) -> int | None:
    """How many bytes the algorithm beside the key needs; None where it needs a pair of keys."""
    if not _ASYMMETRIC.isdisjoint(words(str(whole(key.path)[-1]))):
        return None
    named = [entry.lower() for leaf in _algorithms(subject, key) for entry in entries(leaf.value)]
    known = [_BYTES[name] for name in named if name in _BYTES]
    pairs = any(name.startswith(("rs", "es", "ps", "ed")) for name in named)
    return None if pairs and not known else max(known, default=_BYTES["hs256"])


def _algorithms(subject: EnvironmentContext, key: Leaf) -> list[Leaf]:
    """What names the algorithm in the key's table, or in the table around that."""
    tables = (fold(whole(key.path)[:-1]), fold(whole(key.path)[:-2]))
    found = [(fold(whole(leaf.path)[:-1]), leaf) for leaf in subject.leaves(Role.JWT_ALGORITHM)]
    near = next((table for table in tables if any(table == one for one, _ in found)), None)
    return [leaf for table, leaf in found if table == near]


RULE = Rule(
    id="JWT002",
    name="signing-key-short",
    severity=Severity.ERROR,
    applies_to="production",
    summary="A key that signs tokens can be guessed.",
    source="RFC 7518, 3.2; OWASP ASVS 5.0, 11.2.3",
    page=__doc__,
    check=check,
)
