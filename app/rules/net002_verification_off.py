"""Another service's certificate, or the name in it, is not verified.

Then whoever sits between answers in its place, with any certificate. For a certificate of your own authority, name the
authority's file.

Wrong:

    [production.payments]
    verify_ssl = false

Right:

    [production.payments]
    verify_ssl = "/etc/ssl/certs/our-ca.pem"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path, fold
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.reach import http_host, is_internal
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_off, is_on

_UNVERIFIED = frozenset({"none", "cert_none", "ssl.cert_none", "verify_none", "noverify", "insecure"})
_ADDRESS = frozenset({"url", "uri", "endpoint", "host", "address", "server"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Verification that is off, by a switch that says so or by one that says the opposite."""
    for leaf in _verifying(subject):
        if is_off(leaf.value) or (isinstance(leaf.value, str) and leaf.value.strip().lower() in _UNVERIFIED):
            yield _finding(rule, subject, leaf, value="required" if "req" in str(leaf.path[-1]).lower() else True)
    for leaf in subject.leaves(Role.INSECURE):
        if is_on(leaf.value) and not _is_near(subject, leaf):
            yield _finding(rule, subject, leaf, value=False)


def _finding(rule: Rule, subject: EnvironmentContext, leaf: Leaf, *, value: str | bool) -> Finding:
    message = f"{leaf.key} accepts any certificate, whoever shows it."
    return rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value=value), leaf=leaf)


def _verifying(subject: EnvironmentContext) -> Iterator[Leaf]:
    """Switches for verification; one that is called `verify` alone counts beside an address."""
    yield from subject.leaves(Role.VERIFY)
    for leaf, _ in subject.found(_is_unverified):
        beside = (words(str(part)) for part in _names_beside(subject, leaf.path))
        if subject.role(leaf.path, leaf.value) is None and any(_ADDRESS & {*name[-1:]} for name in beside):
            yield leaf


def _is_unverified(leaf: Leaf) -> bool | None:
    return (str(leaf.path[-1]).lower() == "verify" and leaf.state == "plain" and is_off(leaf.value)) or None


def _names_beside(subject: EnvironmentContext, path: Path) -> list[str | int]:
    table = fold(path[:-1])
    return [leaf.path[-1] for leaf in subject.tree.leaves if table and fold(leaf.path[:-1]) == table]


def _is_near(subject: EnvironmentContext, switch: Leaf) -> bool:
    """Whether all URLs in the switch's own table lead to this machine or the private network."""
    table = fold(switch.path[:-1])
    urls = [leaf for leaf in subject.leaves(Role.URL) if table and fold(leaf.path[:-1]) == table]
    hosts = [http_host(leaf.value) for leaf in urls]
    return bool(hosts) and all(host and is_internal(host) for host in hosts)


RULE = Rule(
    id="NET002",
    name="verification-off",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Another service's certificate is not verified.",
    source="OWASP ASVS 5.0, 12.3.2",
    page=__doc__,
    check=check,
    superseded_by=("DB003",),
)
