"""Two processes of one environment are given different values for one variable, or only one of them is given it.

What the environment runs with then depends on which process answers; Assay judges the first. A Job or CronJob is held
against nothing. Where only one of them is the application, name it:
`{ path = "deploy/orders.yaml", container = "api" }`.

Wrong:

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
                - { name: ORDERS_REGION, value: eu-west }
            - name: worker
              env:
                - { name: ENV_FOR_DYNACONF, value: production }
                - { name: ORDERS_REGION, value: eu-north }

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
                - { name: ORDERS_REGION, value: eu-west }
            - name: worker
              env:
                - { name: ENV_FOR_DYNACONF, value: production }
                - { name: ORDERS_REGION, value: eu-west }
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP003",
    name="replicas-differ",
    severity=Severity.WARNING,
    applies_to="always",
    summary="Two processes of one environment are given different variables.",
    source="twelve-factor app, X: dev/prod parity",
    page=__doc__,
    check=deployment_faults,
)
