"""Any origin may call the service from a browser.

With `*` every web page that one of your users visits can read the answers of this service in that user's place. So it
can with a switch for all origins, and with a regular expression that fits everything.

Wrong:

    [production.cors]
    allow_origins = ["*"]

Right:

    [production.cors]
    allow_origins = ["https://ops.example.com"]
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.rules.kit.origins import any_origin
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_on


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Lists of origins that hold a wildcard, expressions that fit everything, and switches for all."""
    for leaf in any_origin(subject):
        if is_on(leaf.value):
            fix = subject.setting(leaf.path, value=False, says="Write {}, and name the origins.")
        else:
            fix = subject.setting(leaf.path, sample='["https://…"]', says="Name the origins: {}.")
        yield rule.finding(subject, leaf.path, f"{leaf.key} lets every web page call the service.", fix, leaf=leaf)


RULE = Rule(
    id="CORS001",
    name="any-origin",
    severity=Severity.ERROR,
    applies_to="production",
    summary="Any origin may call the service from a browser.",
    source="OWASP ASVS 5.0, 3.4.2",
    page=__doc__,
    check=check,
)
