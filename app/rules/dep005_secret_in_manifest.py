"""A manifest that is committed holds a secret in clear; base64 hides nothing.

Whoever may read the repository may use it, and it stays in the history. Kept elsewhere, its source is named: a
`secretKeyRef` to a Secret that an operator, a vault or `kubectl` fills, or an `env_file` beside the host's own files.

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
                - { name: ORDERS_MAIL__PASSWORD, value: "uN9#kd82!xQ4-vT7pLw3" }

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
                - name: ORDERS_MAIL__PASSWORD
                  valueFrom: { secretKeyRef: { name: orders, key: password } }
"""

from collections.abc import Iterator

from app.core.deployment import DeployedVariable
from app.core.findings import Finding, Severity
from app.core.layers import Path, dotted, fold
from app.core.roles import SECRET_ROLES, infer
from app.rules.kit.known_defaults import is_reference
from app.rules.kit.literals import url_password
from app.rules.kit.misspelling import known_keys, meant_key
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_FIX = (
    "Take it out, replace the secret, and refer to where it is kept: "
    "valueFrom.secretKeyRef, an env_file, or EnvironmentFile=."
)


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Secrets in manifests that are in everybody's hands."""
    for variable in subject.deployment.variables.values() if subject.deployment else ():
        path = subject.key_of(variable.name)
        file = variable.origin.file or ""
        if not (path and variable.manifest and subject.is_committed(file)):
            continue
        meant = _meant(subject, path)
        if _is_secret(subject, meant or path, variable):
            what = f"is near to {dotted(meant)}, which is a secret" if meant else "is a secret"
            message = f"{variable.name} {what}, and stands in clear in {file}."
            yield rule.finding(subject, path, message, _FIX, origin=variable.origin)


def _meant(subject: EnvironmentContext, path: Path) -> Path | None:
    """The key that a misspelled one was meant for: what stands there is a secret all the same."""
    known = known_keys(subject)
    return None if fold(path) in known else meant_key(path, known.values())


def _is_secret(subject: EnvironmentContext, path: Path, variable: DeployedVariable) -> bool:
    """Whether it holds one, and not what refers to one."""
    text = variable.value
    if not text or is_reference(text.strip()):
        return False
    if "://" in text:
        return variable.secret or url_password(text) is not None
    is_known = subject.shape is None or subject.shape.at(path) is not None
    role = subject.role(path, text) if is_known else infer(path, text)  # a misspelled key is masked, not accused
    return variable.secret or role in SECRET_ROLES


RULE = Rule(
    id="DEP005",
    name="secret-in-manifest",
    severity=Severity.ERROR,
    applies_to="always",
    summary="A manifest that is committed holds a secret in clear.",
    source="OWASP ASVS 5.0, 13.3.1; Kubernetes, Good practices for Secrets",
    page=__doc__,
    check=check,
)
