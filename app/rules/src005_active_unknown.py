"""The variable that selects the active environment is empty, or names an environment that does not exist.

Dynaconf then runs with the base section alone, without a word.

Of several names with commas it passes over the one that is not there: a warning. In a project whose files have no
sections but the base section every name runs with that, as it is meant: a remark.

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
