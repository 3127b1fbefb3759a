"""A setting comes from a variable under its old name.

It works, below every other variable. `DATABASE_URL` is what many platforms hand out, so there is nothing wrong with
it; the note says which setting it is.

Wrong:

    # assay.toml
    schema = "app.schema:Settings"

    $ export CORS_ORIGINS=https://orders.example.com

Right:

    # assay.toml
    schema = "app.schema:Settings"

    $ export ASSAY_CORS__ALLOW_ORIGINS=https://orders.example.com
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import dotted
from app.modelling.legacy import LEGACY
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Old names that something effective comes from."""
    if subject.shape is None:
        return
    used = {id(leaf.layer) for leaf in subject.tree.leaves}
    for variable in subject.variables:
        path = LEGACY.get(variable.name)
        if path is None or id(variable.layer) not in used or variable.name in variable.layer.values:
            continue
        new = subject.variable(path)
        message = f"{variable.name} is the old name of {dotted(path)}; any other variable for it counts before."
        fix = f"Rename it to {new}." if new else f"Set {dotted(path)} in a profile."
        yield rule.finding(subject, path, message, fix, origin=variable.origin)


RULE = Rule(
    id="ENV003",
    name="legacy-variable",
    severity=Severity.INFO,
    applies_to="always",
    summary="A setting comes from a variable under its old name.",
    source="Assay's own names",
    page=__doc__,
    check=check,
)
