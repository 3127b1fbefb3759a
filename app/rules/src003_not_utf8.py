"""A file is not UTF-8, or begins with a byte-order mark, which Dynaconf refuses.

Wrong: this file, saved as Latin-1 or as "UTF-8 with BOM".

    [production]
    city = "Zürich"

Right: the same file, saved as UTF-8.

    [production]
    city = "Zürich"
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC003",
    name="not-utf8",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A file is not plain UTF-8.",
    source="TOML 1.0",
    page=__doc__,
)
