"""`$(NAME)` in the values of a container: what came before it, or what the cluster adds, which it alone knows."""

from collections.abc import Container, Mapping

from msgspec.structs import replace

from app.core.deployment import DeployedVariable
from app.deployments.expanding import ExpansionRoom
from app.deployments.kubernetes.references import REFERENCE, service_of
from app.deployments.telling import left_open, shortly

_ALWAYS = "KUBERNETES"
"""The cluster's own service, of which every container gets the variables."""


def expanded(
    variable: DeployedVariable, known: Mapping[str, DeployedVariable], room: ExpansionRoom, services: Container[str]
) -> DeployedVariable:
    """The variable with what its references say, as far as it is known here."""
    if variable.value is None or "$" not in variable.value or variable.origin.via is not None:
        return variable
    value = _expand(variable.value, known, room, services)
    names = [found["name"] for found in REFERENCE.finditer(variable.value) if found["name"]]
    given = [known[name] for name in dict.fromkeys(names) if name in known]
    secret = any(one.secret for one in given)
    if value is None:
        left = (name for name in names if _is_unknown(name, known, services))
        via = shortly(f"$({name})" for name in left) or None
        said = left_open(variable.value, (one.value or one.said for one in given))
        return replace(variable, value=None, origin=replace(variable.origin, via=via), secret=secret,
                       manifest=not secret, said=said)  # fmt: skip
    return replace(variable, value=value, secret=secret, manifest=not secret)


def _expand(
    said: str, known: Mapping[str, DeployedVariable], room: ExpansionRoom, services: Container[str]
) -> str | None:
    """The value with what its references say: an unknown one stays as it is; None where one is elsewhere.

    Args:
        said: the value.
        known: what came before it.
        room: what references may put together.
        services: those beside its own that the cluster adds variables of, whose values it alone knows.
    """
    pieces, at_ = list[str](), 0
    for found in REFERENCE.finditer(said):
        name = found["name"]
        if name is not None and name not in known:
            if _is_added(name, services):
                return None
            continue
        put = "$" if name is None else room.put(known[name].value)
        if put is None:
            return None
        pieces += [said[at_ : found.start()], put]
        at_ = found.end()
    return "".join([*pieces, said[at_:]])


def _is_unknown(name: str, known: Mapping[str, DeployedVariable], services: Container[str]) -> bool:
    return known[name].value is None if name in known else _is_added(name, services)


def _is_added(name: str, services: Container[str]) -> bool:
    """Whether Kubernetes adds a variable of that name for one of the services, or its own."""
    service = service_of(name)
    return service is not None and (service == _ALWAYS or service in services)
