"""What a deployment names a source of, though its value is elsewhere."""

from collections.abc import Iterator, Sequence

from app.core.deployment import DeployedVariable
from app.core.findings import Deferred
from app.core.layers import Origin, Path, fold, parse_key
from app.core.roles import SECRET_ROLES
from app.rules.kit.subject import EnvironmentContext


def sources(subject: EnvironmentContext) -> Iterator[tuple[Path, DeployedVariable]]:
    """The keys whose source the deployment names, each with its variable."""
    for variable in subject.deployment.supplied if subject.deployment else ():
        if path := subject.key_of(variable.name):
            yield path, variable


def source_of(
    subject: EnvironmentContext, item: Deferred, named: Sequence[tuple[Path, DeployedVariable]]
) -> Origin | None:
    """The place that names the source of what is deferred: by its variable, else a Secret that nobody here knows."""
    if subject.deployment is None:
        return None
    path = fold(parse_key(item.key) or ())
    for at, variable in named:
        if variable.name == item.variable or path[: len(at)] == fold(at):
            return variable.origin
    is_secret = subject.role(path, "") in SECRET_ROLES
    return next(iter(subject.deployment.open), None) if is_secret else None
