"""The URL under which people reach the application begins with `http://`.

Links, redirects and cookies that are made from it travel in the clear.

Wrong:

    [production.app]
    base_url = "http://orders.example.com"

Right:

    [production.app]
    base_url = "https://orders.example.com"
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.roles import Role
from app.rules.connections import is_local
from app.rules.reach import http_host
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """The application's own URLs without TLS, but for this machine's."""
    for leaf in subject.leaves(Role.BASE_URL):
        host = http_host(leaf.value)
        if host and not is_local(host):
            message = f"{leaf.key} begins with http://, so people reach {host} without TLS."
            fix = subject.setting(leaf.path, sample=f'"https://{host}"')
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="APP008",
    name="base-url-insecure",
    severity=Severity.ERROR,
    speaks="production",
    summary="The public URL is http://.",
    source="OWASP ASVS 5.0, 12.2.1",
    page=__doc__,
    check=check,
)
