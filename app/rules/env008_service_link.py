"""A variable that Kubernetes adds for a service looks like one of the project's own.

For a service `parcel`, every pod of its namespace gets `PARCEL_PORT=tcp://10.96.14.7:8080`, `PARCEL_SERVICE_HOST` and
more. Where the project's prefix is `PARCEL`, the setting `port` is then that text. A pod that wants none of them says
`enableServiceLinks: false`; one whose service bears another name than the prefix is safe, too.

Wrong:

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "PARCEL"

    # settings.toml
    [production]
    port = 8080

    $ export ENV_FOR_DYNACONF=production
    $ export PARCEL_PORT=tcp://10.96.14.7:8080
    $ export PARCEL_SERVICE_HOST=10.96.14.7

Right: the pod's manifest has `enableServiceLinks: false`, and the variables are not there.

    # assay.toml
    known_environments = ["development", "production"]
    envvar_prefix = "PARCEL"

    # settings.toml
    [production]
    port = 8080

    $ export ENV_FOR_DYNACONF=production
"""

from collections.abc import Iterator

from app.core.findings import Finding, Severity
from app.core.layers import CODE, fold
from app.rules.kit.comparing import listed
from app.rules.kit.rule import Rule
from app.rules.kit.service_links import service_links
from app.rules.kit.subject import EnvironmentContext
from app.rules.kit.variables import Variable

_MOST = 4


def check(rule: Rule, subject: EnvironmentContext) -> Iterator[Finding]:
    """One finding for each service, at the variable that overrides something, else at the first."""
    groups: dict[str, list[Variable]] = {}
    links = service_links(subject)
    for variable in subject.variables:
        if variable.name in links and variable.prefixed:
            groups.setdefault(links[variable.name], []).append(variable)
    for service, found in groups.items():
        yield _finding(rule, subject, service, found)


def _finding(rule: Rule, subject: EnvironmentContext, service: str, found: list[Variable]) -> Finding:
    first = next((one for one in found if _overrides(subject, one)), found[0])
    rest = [one for one in found if one is not first]
    names = [first.name, *(one.name for one in rest[: _MOST - 1])]
    more = len(found) - len(names)
    shown = listed([*names, f"{more} more"] if more else names)
    service = service.lower().replace("_", "-")
    message = f"Kubernetes adds {shown} for a service {service}: they bear the project's prefix, and are no settings."
    fix = "Write enableServiceLinks: false in the pod's spec, or give the service or the prefix another name."
    return rule.finding(subject, first.path, message, fix, origin=first.origin)


def _overrides(subject: EnvironmentContext, variable: Variable) -> bool:
    """Whether files or the model know the setting."""
    said = subject.settings.get(fold(variable.path), ())
    return any(one.layer.kind in {"file", "default", *CODE} for one in said)


RULE = Rule(
    id="ENV008",
    name="service-link",
    severity=Severity.WARNING,
    applies_to="always",
    summary="A variable that Kubernetes adds for a service looks like one of the project's own.",
    source="Kubernetes, Service: environment variables",
    page=__doc__,
    check=check,
)
