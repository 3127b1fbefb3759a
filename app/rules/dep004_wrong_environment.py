"""A deployment does not select the environment that it is said to be.

Dynaconf then runs with another one, mostly `development`, and starts without a word. It is a warning where the variable
may stand in a Secret that is kept elsewhere.

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
                - { name: ORDERS_REGION, value: eu-west }

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
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP004",
    name="wrong-environment",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A deployment runs with another environment than the one it is said to be.",
    source="dynaconf.base.Settings.current_env",
    page=__doc__,
    check=deployment_faults,
)
