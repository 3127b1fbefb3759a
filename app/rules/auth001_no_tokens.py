"""No token says who may ask, so the service would answer on loopback alone, and there everybody.

A production-like environment needs at least one token. They belong to its deployment: where it is not active they are
*deferred*, told and not failed.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [production.auth]
    tokens = []

Right: a token's SHA-256 digest is kept, never the token.

    # assay.toml
    schema = "app.schema:Settings"

    # settings.toml
    [[production.auth.tokens]]
    name = "ci"
    role = "viewer"
    sha256 = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
"""

from collections.abc import Iterator

from app.core.findings import Deferred, Finding, Severity
from app.core.layers import Path, dotted, fold
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.entries import is_empty
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_ENTRY = '[{ name = "…", role = "viewer", sha256 = "…" }]'


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lists of tokens that are empty, where the environment is active."""
    for leaf in _empty(subject):
        if subject.active:
            message = f"{leaf.key} is empty: no token says who may ask."
            yield rule.finding(
                subject, leaf.path, message, subject.setting(leaf.path, sample=_ENTRY, says="Set {}."), leaf=leaf
            )


def deferred(subject: EnvironmentContext) -> Iterator[Deferred]:
    """Tokens that an inactive environment does not hold here."""
    if not subject.active:
        for path in (*(leaf.path for leaf in _empty(subject)), *_deployed(subject)):
            yield subject.deferral(path, dotted(path))


def _deployed(subject: EnvironmentContext) -> Iterator[Path]:
    """Keys of the model that the option `deployed` covers, and that no layer sets."""
    if subject.shape is None or not subject.deployed.patterns:
        return
    supplied = [fold(leaf.path) for leaf in subject.supplied]
    for path, shape in subject.shape.walk():
        is_told = any(one[: len(path)] == fold(path) for one in supplied)
        if shape.role is Role.ACCESS_TOKENS and subject.deployed.covers(path) and not is_told:
            yield path


def _empty(subject: EnvironmentContext) -> Iterator[Leaf]:
    return (leaf for leaf in subject.leaves(Role.ACCESS_TOKENS) if is_empty(leaf.value))


RULE = Rule(
    id="AUTH001",
    name="no-tokens",
    severity=Severity.ERROR,
    applies_to="production",
    summary="No token says who may ask.",
    source="OWASP ASVS 5.0, 8.2.1",
    page=__doc__,
    check=check,
    defer=deferred,
)
