"""Kubernetes adds variables for a service of the set that bear the project's prefix.

For a service `orders` every pod of the namespace gets `ORDERS_PORT=tcp://10.96.14.7:80` and more; under the prefix
`ORDERS` the setting `port` is then that text.

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
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: orders }
    spec: { ports: [{ port: 80 }] }

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
          enableServiceLinks: false
          containers:
            - name: api
              env:
                - { name: ENV_FOR_DYNACONF, value: production }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: orders }
    spec: { ports: [{ port: 80 }] }
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP006",
    name="service-links",
    severity=Severity.WARNING,
    applies_to="always",
    summary="Kubernetes adds variables for a service that bear the prefix.",
    source="Kubernetes, Service: environment variables",
    page=__doc__,
    check=deployment_faults,
)
