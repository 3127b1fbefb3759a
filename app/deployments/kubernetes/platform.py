"""What a platform adds to a process, or leaves to it: variables of services, and the environment that it runs with."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from app.core import limits
from app.core.deployment import DeployedVariable, Runner
from app.core.findings import Fault, Severity
from app.deployments.kubernetes.manifests import ManifestSet
from app.deployments.kubernetes.references import bears
from app.options import Options
from app.sources.selection import select, switcher


def service_links(found: ManifestSet, runners: Sequence[Runner], words: tuple[str, ...]) -> Iterator[Fault]:
    """Processes that get variables for a service of the set which bear the project's prefix.

    Source: Kubernetes, "Service": environment variables.
    """
    ours = [f"{service}_PORT" for service in found.linked if bears(service, words)]
    pairs = ((runner, added) for runner in runners if runner.links for added in ours)
    for runner, added in islice(pairs, limits.FINDINGS.figure + 1):  # beyond the limit no others are told
        message = f"Kubernetes adds {added} to {runner.label}: it bears the project's prefix."
        fix = "Write enableServiceLinks: false in the pod's spec."
        yield Fault(rule="DEP006", message=message, fix=fix, origin=runner.origin)


class _KnownTexts(Mapping[str, str]):
    """The texts of variables that are known; few of many are asked for."""

    def __init__(self, variables: Mapping[str, DeployedVariable]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str:
        value = self._variables[name].value
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name, one in self._variables.items() if one.value is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


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
    selected = select(options, _KnownTexts(known))
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
