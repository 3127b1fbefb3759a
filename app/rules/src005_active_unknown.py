"""The variable that selects the active environment is empty, or names an environment that does not exist.

Dynaconf then runs with the base section alone, without a word.

Wrong:

    $ export ENV_FOR_DYNACONF=prodution

Right:

    $ export ENV_FOR_DYNACONF=production
"""

from app.core.findings import Severity
from app.rules.kit.rule import Rule

RULE = Rule(
    id="SRC005",
    name="active-unknown",
    severity=Severity.ERROR,
    applies_to="always",
    summary="The variable that selects the environment names none.",
    source="Dynaconf runs the base section without a word",
    page=__doc__,
)
