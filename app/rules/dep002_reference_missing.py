"""A manifest refers to a ConfigMap, a key, an `env_file` or a service that is not there: the process does not start.

A ConfigMap is looked for in all sources of the environment together. A Secret that is in none of them is kept
elsewhere, and its variables are *supplied*; one that is there must have the key. `optional: true`, and an `env_file`
with `required: false`, may lead nowhere.

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
                - name: ORDERS_REGION
                  valueFrom: { configMapKeyRef: { name: orders-env, key: regoin } }
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: orders-env }
    data:
      region: eu-west

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
                - name: ORDERS_REGION
                  valueFrom: { configMapKeyRef: { name: orders-env, key: region } }
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: orders-env }
    data:
      region: eu-west
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP002",
    name="reference-missing",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A manifest refers to what is not in the set.",
    source="Kubernetes: a container whose reference leads nowhere does not start",
    page=__doc__,
    check=deployment_faults,
)
