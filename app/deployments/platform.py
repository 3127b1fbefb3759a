"""What a platform adds to a process, or leaves to it: variables of services, and the environment that it runs with."""

from collections.abc import Iterator, Mapping, Sequence

from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault, Severity
from app.deployments.manifests import ManifestSet
from app.options import Options
from app.sources.selection import select, switcher


def service_links(found: ManifestSet, runners: Sequence[Runner], words: tuple[str, ...]) -> Iterator[Fault]:
    """Processes that get variables for a service of the set which bear the project's prefix.

    Source: Kubernetes, "Service": environment variables.
    """
    ours = [added for service in found.linked if (added := f"{service}_PORT").startswith(words)]
    for runner in runners:
        for added in ours if runner.links else ():
            message = f"Kubernetes adds {added} to {runner.label}: it bears the project's prefix."
            fix = "Write enableServiceLinks: false in the pod's spec."
            yield Fault(rule="DEP006", message=message, fix=fix, origin=runner.origin)


def _first_line(text: str) -> str:
    """What of a text can be a name; other lines may be variables that a dump of other making runs together with it."""
    first, *more = text.splitlines() or [""]
    return f"{first} …" if more else first


def wrong_environment(
    runner: Runner, known: Mapping[str, DeployedVariable], options: Options, environment: str
) -> Fault | None:
    """What is wrong with the environment that a process would run with; None where it is the one it is said to be."""
    stated = known.get(switcher(options))
    if stated and stated.value is None:
        return None
    selected = select(options, {name: one.value for name, one in known.items() if one.value is not None})
    if environment in {name.strip() for name in selected.name.split(",")}:
        return None
    name = selected.variable or switcher(options)
    stated = known.get(name)
    said = _first_line(selected.name)
    what = f"says {said}" if stated else "is not set"
    message = f"{name} {what} in {runner.label}, which is said to be {environment}: it would run with {said}."
    is_sure = stated is not None or not runner.open
    fix = f"Set {name} to {environment}."
    if stated and "$" in said:
        filled = f"envsubst < {stated.origin.file} | assay check {environment} --deployment -"
        fix += f" Or fill the template in first: {filled}"
    return Fault(rule="DEP004", message=message, fix=fix,
                 origin=stated.origin if stated else runner.origin,
                 severity=Severity.ERROR if is_sure else Severity.WARNING)  # fmt: skip
