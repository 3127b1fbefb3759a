"""Other sites may show the pages in a frame.

A page in somebody else's frame can be covered so that visitors click on what they do not see. `DENY` and `SAMEORIGIN`
are the values that browsers know; a content policy with `frame-ancestors` does as well.

Wrong:

    [production.headers]
    x_frame_options = "ALLOWALL"

Right:

    [production.headers]
    x_frame_options = "DENY"
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.roles import Role
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.switches import is_nothing, is_off, is_on

_KNOWN = frozenset({"deny", "sameorigin"})


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Values that browsers do not know, and switches that are off, where no content policy says who may frame."""
    if any("frame-ancestors" in str(leaf.value).lower() for leaf in subject.leaves(Role.CONTENT_POLICY)):
        return
    for leaf in subject.leaves(Role.FRAME_OPTIONS):
        if is_off(leaf.value) or is_nothing(leaf.value) or _is_unknown(leaf.value):
            message = f"{leaf.key} lets other sites show the pages in a frame."
            yield rule.finding(subject, leaf.path, message, subject.setting(leaf.path, value="DENY"), leaf=leaf)


def _is_unknown(value: object) -> bool:
    return isinstance(value, str) and not (is_on(value) or is_reference(value) or value.strip().lower() in _KNOWN)


RULE = Rule(
    id="HDR004",
    name="framing-allowed",
    severity=Severity.WARNING,
    applies_to="production",
    summary="Other sites may show the pages in a frame.",
    source="Django deployment check security.W019; OWASP ASVS 5.0, 3.4.6; RFC 7034",
    page=__doc__,
    check=check,
)
