"""The port of a container, or of its probe, is another one than the application listens on.

Kubernetes sends requests and probes where nobody listens: the pod never gets ready. It is judged where the settings
name a port (`port`, `server.port` and their like) and no argument of the container names another.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/orders.yaml" }

    # settings.toml
    [production.server]
    port = 8000

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
              ports:
                - { containerPort: 8080 }

Right:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "ORDERS"
    deployments = { production = "deploy/orders.yaml" }

    # settings.toml
    [production.server]
    port = 8080

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
              ports:
                - { containerPort: 8080 }
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import Origin
from app.core.tree import Leaf
from app.rules.kit.rule import Rule
from app.rules.kit.subject import EnvironmentContext

_TABLES = ("server", "http", "web", "app", "api", "uvicorn", "gunicorn")


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """Containers of which no port, and probes of which none of the container's, is the one that the settings name."""
    leaf = _port(subject)
    if leaf is None:
        return
    for runner in subject.deployment.runners if subject.deployment else ():
        known = {port for port, _ in runner.ports}
        if known and leaf.value not in known:
            port, origin = runner.ports[0]
            yield _finding(rule, subject, leaf, f"{runner.label} names the port {port}", port, origin)
        for port, origin in runner.probes:
            if port not in {leaf.value, *known}:
                yield _finding(rule, subject, leaf, f"A probe of {runner.label} asks the port {port}", port, origin)


def _finding(rule: Rule, subject: EnvironmentContext, leaf: Leaf, what: str, port: int, origin: Origin) -> Finding:
    fix = f"Write {leaf.value} there, or set {leaf.key} to {port}."
    related = (leaf.origin,) if leaf.origin else ()
    message = f"{what}, and {leaf.key} is {leaf.value}."
    return rule.finding(subject, leaf.path, message, fix, origin=origin, related=related)


def _port(subject: EnvironmentContext) -> Leaf | None:
    """The setting that names the port on which the application listens; None where none does, or it is secret."""
    paths = ((table, "port") for table in _TABLES)
    found = (leaf for path in (*paths, ("port",)) if (leaf := subject.tree.get(*path)))
    leaf = next((one for one in found if isinstance(one.value, int) and not isinstance(one.value, bool)), None)
    return None if leaf is None or subject.is_placed(leaf.path) else leaf


RULE = Rule(
    id="DEP008",
    name="port-contradicts",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A container's port, or a probe's, is another one than the application listens on.",
    source="Kubernetes, Container: ports and probes",
    page=__doc__,
    check=check,
)
