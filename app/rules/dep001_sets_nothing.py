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

from collections.abc import Iterable, Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold
from app.rules.env001_unknown_variable import unknown
from app.rules.kit.misspelling import known_keys, meant_key
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import Variable


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Variables of the deployment that match no key."""
    if subject.deployment is None:
        return
    if subject.shape is not None:
        yield from (one for one in unknown(rule, subject) if one.origin and one.origin.kind == "deployment")
        return
    known = known_keys(subject)
    tables = {fold(path)[:depth] for path in known.values() for depth in range(1, len(path) + 1)}
    for variable in subject.variables:
        is_told = variable.layer.kind == "deployment" and variable.prefixed and fold(variable.path) not in tables
        if is_told and (finding := _near(rule, subject, variable, known.values())):
            yield finding


def _near(rule: Rule, subject: EnvironmentContext, variable: Variable, known: Iterable[Path]) -> Finding | None:
    meant = meant_key(variable.path, known)
    if meant is None:
        return None
    message = f"{variable.name} sets {dotted(variable.path)}, which nothing else sets: {dotted(fold(meant))} is near."
    fix = f"Did you mean {subject.variable(meant)}?"
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
