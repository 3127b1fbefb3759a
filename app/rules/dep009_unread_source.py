"""A source that `deployments` names cannot be read, and its environment is not judged.

It is not there, lies outside of the project, does not parse, or is a template: `helm template` or `kustomize build`
renders it first, and `assay check --deployment -` reads what they print.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/order.yaml" }

    # settings.toml
    [production]
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

Right:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/orders.yaml" }

    # settings.toml
    [production]
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
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP009",
    name="unread-source",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A source of a deployment cannot be read.",
    source="the option deployments",
    page=__doc__,
    check=deployment_faults,
)
