"""An origin without TLS, or on a developer's machine, may call the service from a browser.

Whoever sits between can put a script into a page that comes over `http://`, and whatever runs on the visitor's own
machine may call itself `localhost`.

Wrong:

    [production.cors]
    allow_origins = ["https://ops.example.com", "http://localhost:3000"]

Right:

    [production.cors]
    allow_origins = ["https://ops.example.com"]
"""

import re
from collections.abc import Iterator
from functools import cache

from app.core.findings import Finding, Severity
from app.rules.kit.origins import origins
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_INSECURE = r"\^?(\(\??:?)?(http(\)?:|s\?|\(s\)\?|\|https)).*"
_LOCAL = (
    r"\^?([^:/]*:(//|\\/\\/))?(localhost|127(\\?\.\d+){3}|0(\\?\.0){3}|\[::1?\]|[\w.-]+\.localhost)(?![\w.\\-]*\w).*"
)
_WEB = r"\^?(\(\??:?)?http.*"


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_INSECURE, _LOCAL, _WEB))


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Origins over http://, and this machine's."""
    for leaf, origin in origins(subject):
        if why := _insecurity(origin):
            message = f"{leaf.key} lets pages {why} call the service."
            fix = subject.setting(leaf.path, sample='["https://…"]', says="Take it out, or serve it over https://: {}.")
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


def _insecurity(origin: str) -> str | None:
    """What is wrong with an origin; apps with a scheme of their own call themselves `capacitor://localhost`."""
    insecure, local, web = _patterns()
    if local.match(origin) and ("://" not in origin or web.match(origin)):
        return "on a developer's machine"
    return "without TLS" if insecure.match(origin) else None


RULE = Rule(
    id="CORS003",
    name="insecure-origin",
    severity=Severity.WARNING,
    applies_to="production",
    summary="An origin without TLS, or on a developer's machine, may call the service.",
    source="OWASP ASVS 5.0, 3.4.2",
    page=__doc__,
    check=check,
    superseded_by=("CORS001",),
)
