"""Any origin may call the service, and send the visitor's cookies along.

Servers that allow both answer every web page as if the visitor had asked: reading, and changing, what is theirs.

Wrong:

    [production.cors]
    allow_origins = ["*"]
    allow_credentials = true

Right:

    [production.cors]
    allow_origins = ["https://ops.example.com"]
    allow_credentials = true

Comes with: CORS001.
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import fold
from app.core.roles import Role
from app.core.tree import Leaf
from app.rules.kit.entries import whole
from app.rules.kit.origins import any_origin
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Credentials that are on while any origin is allowed."""
    on = [leaf for leaf in subject.leaves(Role.CORS_CREDENTIALS) if is_on(leaf.value)]
    for leaf in on:
        if origin := _any_origin(subject, leaf):
            message = f"{leaf.key} sends the visitor's cookies along, and {origin.key} lets every web page ask."
            fix = subject.setting(leaf.path, value=False, says="Name the origins, or write {}.")
            related = (origin.origin,) if origin.origin else ()
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf, related=related)


def _any_origin(subject: EnvironmentContext, credentials: Leaf) -> Leaf | None:
    """What lets every origin in beside the switch; anywhere, where no origins are named beside it."""
    table = fold(credentials.path[:-1])
    beside = {fold(whole(leaf.path)[:-1]) for leaf in subject.leaves(Role.ORIGINS)}
    found = [leaf for leaf in any_origin(subject) if table not in beside or fold(whole(leaf.path)[:-1]) == table]
    return found[0] if found else None


RULE = Rule(
    id="CORS002",
    name="any-origin-with-credentials",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Any origin may call the service with the visitor's cookies.",
    source="OWASP ASVS 5.0, 3.4.2; Fetch standard, CORS protocol and credentials",
    page=__doc__,
    check=check,
)
