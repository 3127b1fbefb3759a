"""Another service is reached over plain HTTP.

Whoever sits between reads and changes what is asked and answered, credentials included. Names that a private network
alone knows, such as `orders` or `orders.default.svc`, are not told.

Wrong:

    [production.payments]
    url = "http://payments.example.com/v1"

Right:

    [production.payments]
    url = "https://payments.example.com/v1"
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.core.findings import Finding, Severity
from app.core.roles import Role, words
from app.core.tree import Leaf
from app.rules.kit.reach import http_host, is_identifier, is_internal
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_NO_DEPENDENCY = frozenset({
    "allowed", "allowlist", "author", "blacklist", "blocklist", "callback", "callbacks", "cancel", "claim", "claims",
    "contact", "copyright", "crl", "doc", "docs", "documentation", "example", "examples", "help", "homepage", "licence",
    "license", "link", "links", "logo", "namespace", "namespaces", "ocsp", "origin", "origins", "proxies", "proxy",
    "redirect", "redirects", "redirection", "referer", "referers", "referrer", "referrers", "return", "scope", "scopes",
    "support", "terms", "tos", "website", "whitelist", "xmlns",
})  # fmt: skip
"""Words of keys whose URL somebody else follows, or nobody; a proxy is spoken to in the clear about where to go."""

_NAMES = frozenset({"aud", "audience", "context", "id", "ns", "realm", "schema", "type", "vocab"})
"""Last words of keys whose URL is but a name."""


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """URLs of other services without TLS; those of a connection with a password too."""
    for leaf in subject.leaves(Role.URL, Role.DSN):
        host = http_host(leaf.value)
        if host and not is_internal(host) and not is_identifier(host) and _is_dependency(leaf):
            message = f"{leaf.key} reaches {subject.told(leaf, host)} without TLS."
            server = "" if subject.is_placed(leaf.path) else f"{_server(leaf)}/"
            fix = subject.setting(leaf.path, sample=f'"https://{server}…"')
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _server(leaf: Leaf) -> str:
    """The host with its port, without who logs in."""
    return urlsplit(str(leaf.value).strip()).netloc.rpartition("@")[2]


def _is_dependency(leaf: Leaf) -> bool:
    """Whether a key sounds like an address that the application itself asks."""
    named = [words(part) for part in leaf.path if isinstance(part, str)][-2:]
    return _NO_DEPENDENCY.isdisjoint(word for one in named for word in one) and _NAMES.isdisjoint(named[-1][-1:])


RULE = Rule(
    id="NET001",
    name="plain-http-dependency",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Another service is reached over plain HTTP.",
    source="OWASP ASVS 5.0, 12.3.1",
    page=__doc__,
    check=check,
    superseded_by=("DB001",),
)
