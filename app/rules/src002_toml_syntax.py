"""A file is no TOML. Nothing in it counts until it parses.

Wrong:

    [production
    port = 80

Right:

    [production]
    port = 80
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC002",
    name="toml-syntax",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file does not parse.",
    source="TOML 1.0",
    page=__doc__,
)
