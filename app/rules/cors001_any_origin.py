"""Any origin may call the service from a browser.

With `*` every web page that one of your users visits can read the answers of this service in that user's place.

Wrong:

    [production.cors]
    allow_origins = ["*"]

Right:

    [production.cors]
    allow_origins = ["https://ops.example.com"]
"""

from collections.abc import Iterator

from app.findings import Finding, Severity
from app.roles import Role
from app.rules.rule import Rule
from app.rules.subject import Subject


def check(rule: Rule, subject: Subject) -> Iterator[Finding]:
    """Lists of origins, or texts with commas, that hold `*`."""
    for leaf in subject.leaves(Role.ORIGINS):
        if isinstance(leaf.value, str) and "*" in (part.strip() for part in leaf.value.split(",")):
            path = leaf.path[:-1] if isinstance(leaf.path[-1], int) else leaf.path
            fix = f"Name the origins: {subject.ways(path, '["https://…"]')}."
            message = f"{leaf.key} lets every web page call the service."
            yield rule.finding(subject, leaf.path, message, fix, leaf=leaf)


RULE = Rule(
    id="CORS001",
    name="any-origin",
    severity=Severity.ERROR,
    speaks="production",
    summary="Any origin may call the service from a browser.",
    source="OWASP ASVS 5.0, 3.4.2",
    page=__doc__,
    check=check,
)
