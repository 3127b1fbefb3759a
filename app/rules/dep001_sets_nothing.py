"""A variable of a deployment bears the project's prefix and sets no key that anybody knows: usually a misspelling.

The setting that it was meant for keeps its value, in production, and nobody hears about it. Known is what the project's
model knows; without a model, what its files set: there only a variable that is near to such a key is told.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/orders.yaml" }

    # settings.toml
    [production.delivery]
    region = "eu"

    # deploy/orders.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: orders }
    spec:
      template:
        spec:
          containers:
            - name: api
              env:
                - { name: ENV_FOR_DYNACONF, value: production }
                - { name: ORDERS_DELIVRY__REGION, value: eu-west }

Right:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/orders.yaml" }

    # settings.toml
    [production.delivery]
    region = "eu"

    # deploy/orders.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: orders }
    spec:
      template:
        spec:
          containers:
            - name: api
              env:
                - { name: ENV_FOR_DYNACONF, value: production }
                - { name: ORDERS_DELIVERY__REGION, value: eu-west }
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from string import digits

from app.core.errors import nearest
from app.core.findings import Finding, Severity
from app.core.layers import VARIABLES, Path, dotted, fold
from app.rules.env001_unknown_variable import unknown
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import Variable

_CLOSE = 0.75
"""How much of two words is the same where one may be meant for the other: `mial` and `mail`."""


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables of the deployment that match no key."""
    if subject.deployment is None:
        return
    if subject.shape is not None:
        yield from (one for one in unknown(rule, subject) if one.origin and one.origin.kind == "deployment")
        return
    known = _known(subject)
    tables = {fold(path)[:depth] for path in known.values() for depth in range(1, len(path) + 1)}
    for variable in subject.variables:
        is_told = variable.layer.kind == "deployment" and variable.prefixed and fold(variable.path) not in tables
        if is_told and (finding := _near(rule, subject, variable, known)):
            yield finding


def _known(subject: EnvironmentContext) -> dict[str, Path]:
    """The keys that layers other than variables set, here or in another environment."""
    trees = [subject.tree, *subject.neighbours()]
    said = [one for tree in trees for one in tree.statements if one.layer.kind not in VARIABLES]
    return {dotted(fold(one.path)): one.path for one in said}


def _is_slip(path: Path, meant: Path) -> bool:
    """Whether one part alone differs, and by no more than a slip of the fingers; numbered keys are no slips."""
    parts = [(str(one), str(other)) for one, other in zip(fold(path), fold(meant), strict=False)]
    apart = [(one, other) for one, other in parts if one != other]
    if len(path) != len(meant) or len(apart) != 1:
        return False
    one, other = apart[0]
    is_numbered = one.strip(digits) == other.strip(digits)
    return not is_numbered and SequenceMatcher(None, one, other).ratio() >= _CLOSE


def _near(rule: Rule, subject: EnvironmentContext, variable: Variable, known: dict[str, Path]) -> Finding | None:
    key = dotted(variable.path)
    match = nearest(key.casefold(), {name: path for name, path in known.items() if _is_slip(variable.path, path)})
    if match is None:
        return None
    message = f"{variable.name} sets {key}, which nothing else sets: {match} is near."
    fix = f"Did you mean {subject.variable(known[match])}?"
    return rule.finding(subject, variable.path, message, fix, origin=variable.origin)


RULE = Rule(
    id="DEP001",
    name="sets-nothing",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable of a deployment sets no key that is known.",
    source="Dynaconf takes every variable with its prefix",
    page=__doc__,
    check=check,
    superseded_by=("ENV004",),
)
