"""A value of a manifest is a boolean or a number to YAML, and no text.

Kubernetes takes only texts and refuses the manifest, which is an error here; a date is a text to it, and `y` and `n`
are none. Compose refuses a date, and writes what YAML has read of others: `1e6` becomes `1e+06`, `0o17` becomes `15`,
`True` becomes `true`. A value in a Secret's `data` that is no base64 is refused by Kubernetes, too; one that another
tool fills in when it deploys (`<path:…>` of the Argo CD Vault Plugin, SOPS, vals, Flux) counts as supplied.

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
                - { name: ORDERS_REGION, value: on }

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
                - { name: ORDERS_REGION, value: "on" }
"""

from app.core.findings import Severity
from app.rules.kit.deployment_faults import deployment_faults
from app.rules.kit.rule import Rule

RULE = Rule(
    id="DEP007",
    name="changed-by-yaml",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A value of a manifest is no text to YAML, or no base64 where Kubernetes wants it.",
    source="YAML 1.1, types; Kubernetes, EnvVar",
    page=__doc__,
    check=deployment_faults,
)
