"""The URL under which people reach the application begins with `http://`.

Links, redirects and cookies that are made from it travel in the clear.

Wrong:

    [production.app]
    base_url = "http://orders.example.com"

Right:

    [production.app]
    base_url = "https://orders.example.com"
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.connections import is_local
from app.rules.kit.reach import http_host
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_PATH = re.compile(r"[\w./~-]*", re.ASCII)


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """The application's own URLs without TLS, but for this machine's."""
    for leaf in subject.leaves(Role.BASE_URL):
        host = http_host(leaf.value)
        if host and not is_local(host):
            message = f"{leaf.key} begins with http://, so people reach {subject.told(leaf, host)} without TLS."
            fix = subject.setting(
                leaf.path, sample=f'"https://{"…" if subject.is_placed(leaf.path) else _rest(leaf, host)}"'
            )
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _rest(leaf: Leaf, host: str) -> str:
    """The host with the path, where nothing but a path follows it; the port was that of plain HTTP."""
    url = urlsplit(str(leaf.value).strip())
    path = url.path if _PATH.fullmatch(url.path) and not (url.query or url.fragment) else "/…"
    return f"[{host}]{path}" if ":" in host else f"{host}{path}"


RULE = Rule(
    id="APP008",
    name="base-url-insecure",
    severity=Severity.ERROR,
    applies_to="production",
    summary="The public URL is http://.",
    source="OWASP ASVS 5.0, 12.2.1",
    page=__doc__,
    check=check,
)
