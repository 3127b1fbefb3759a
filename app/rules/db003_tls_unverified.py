"""The connection to a remote server is encrypted, but nobody checks who answers.

`require` accepts any certificate. `verify-ca` asks for one that a trusted authority has signed, for whatever name:
anybody else's server with such a certificate will do. Only `verify-full` knows that the server is the one that was
asked for.

Wrong:

    [production.database]
    host = "db.example.com"
    tls = { mode = "require" }

Right:

    [production.database]
    host = "db.example.com"
    tls = { mode = "verify-full" }
"""

from collections.abc import Iterator, Mapping

from app.core.findings import Finding, Fix, Severity
from app.core.tree import Leaf
from app.rules.kit.connections import Connection, connections
from app.rules.kit.driver_advice import secured, verified
from app.rules.kit.rule import Rule
from app.rules.kit.services import Protection
from app.rules.kit.subject import EnvironmentContext

_WHAT = {
    Protection.UNVERIFIED: "is encrypted, but its certificate is not verified",
    Protection.UNNAMED: "verifies the certificate, but not the name in it",
}
_CURES: Mapping[str, bool | str] = {"tls_verify": True, "tls_insecure": False, "tls_name": True, "tls": "verify-full"}
_PARAMETERS = {
    "tls_verify": "Require the certificate in the URL.",
    "tls_insecure": "Take the parameter that skips verification out of the URL.",
    "tls_name": "Verify the name in the URL.",
}


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Remote connections whose TLS trusts whoever answers."""
    for connection in connections(subject):
        leaf = connection.tls_leaf or connection.subject
        if connection.is_remote and connection.tls in _WHAT and leaf is not None:
            where = f"{connection.service.noun} on {subject.told(connection.leaf('host'), ', '.join(connection.hosts))}"
            message = f"The connection to {where} {_WHAT[connection.tls]}."
            yield rule.finding(subject, leaf.path, message, _fix(subject, connection, leaf), leaf=leaf)


def _fix(subject: EnvironmentContext, connection: Connection, leaf: Leaf) -> Fix | str:
    part = next((part for part in _CURES if connection.leaf(part) is leaf), "tls")
    if leaf is connection.url:
        told = _PARAMETERS.get(part)
        return told or secured(subject, leaf) or verified(str(leaf.value))
    return subject.setting(leaf.path, value=_cure(part, leaf))


def _cure(part: str, leaf: Leaf) -> str | bool:
    """What the key would say; Python's `ssl` has words for whether a certificate is asked for."""
    if part == "tls_verify" and not isinstance(leaf.value, bool) and "none" in str(leaf.value).lower():
        return "required"
    return _CURES[part]


RULE = Rule(
    id="DB003",
    name="tls-unverified",
    severity=Severity.ERROR,
    applies_to="production",
    summary="TLS to a remote server does not verify who answers.",
    source="OWASP ASVS 5.0, 12.3.2; PostgreSQL, SSL Support, table of sslmode",
    page=__doc__,
    check=check,
)
