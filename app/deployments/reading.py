"""From the sources that a project names for an environment to what its process is given."""

from collections import ChainMap
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from posixpath import dirname

from msgspec.structs import replace

from app.core import limits
from app.core.deployment import DeployedVariable, Deployment, Runner
from app.core.findings import Fault
from app.core.opening import Bounds
from app.deployments.compose import read_services
from app.deployments.compose.grouping import ComposeGroup, compose_groups
from app.deployments.differences import differences
from app.deployments.docker.dockerfile import read_dockerfile
from app.deployments.environ_dump import read_dump
from app.deployments.expanding import Allowance, TooManyVariablesError
from app.deployments.given import STDIN, GivenSource
from app.deployments.kubernetes import read_containers
from app.deployments.kubernetes.documents import is_kustomization
from app.deployments.kubernetes.manifest_reading import read_manifests
from app.deployments.kubernetes.manifests import ManifestSet
from app.deployments.kubernetes.platform import service_links, wrong_environment
from app.deployments.source_files import SourceFiles
from app.deployments.source_kinds import Kind, kind_of
from app.deployments.systemd import read_unit
from app.deployments.systemd.host_files import HostFiles
from app.deployments.systemd.quadlet import read_quadlet
from app.deployments.systemd.units import Unit
from app.deployments.telling import spot, unread
from app.options import DeploymentSource, Options
from app.sources.dotenv import dotenv_of
from app.sources.selection import switcher


def read_deployment(
    root: Path,
    bounds: Bounds,
    options: Options,
    environment: str,
    sources: Sequence[DeploymentSource],
    given: GivenSource | None = None,
) -> Deployment:
    """What the sources say together, each above the one before it.

    Args:
        root: the project's folder.
        bounds: where files may be read.
        options: the project's.
        environment: the one that they are for.
        sources: what the options name for the environment.
        given: one more, which one call names.
    """
    reading = _SourcesReading(root, bounds, options, environment, given)
    listed = [*sources, *([DeploymentSource(path=given.name)] if given else [])]
    return reading.deployment(listed, apart=given is not None)


class _SourcesReading:
    """One environment's sources that are being read."""

    def __init__(
        self, root: Path, bounds: Bounds, options: Options, environment: str, given: GivenSource | None
    ) -> None:
        self._sources = SourceFiles(root, bounds, given)
        self._options, self._environment = options, environment
        self._words = words_of(options)
        self._allowance = Allowance()
        self._faults = self._sources.faults
        self._kinds: dict[str, Kind | None] = {}
        self._host = HostFiles(self._sources, ())
        self._projects: list[ComposeGroup] = []

    def deployment(self, sources: Sequence[DeploymentSource], *, apart: bool) -> Deployment:
        """What they say; the last one's processes are not held against the others' where it stands apart."""
        sources = list(dict.fromkeys(reversed(sources)))[::-1]  # one that is named again counts where it is the last
        named = self._named(sources)
        self._host = HostFiles(self._sources, [file for _, file in named])
        manifests = self._manifests([file for _, file in named], {one.path for one in sources})
        variables, runners, compared = dict[str, DeployedVariable](), list[Runner](), list[Runner]()
        found = {id(source): list[Runner]() for source in sources}
        composed = [(source, file) for source, file in named if self._kinds.get(file) == "compose"]
        self._projects = compose_groups(composed, self._sources.texts)
        for source, file in named:
            found[id(source)] += self._counted(source, file, manifests)
        idle = [one for one in sources if not found[id(one)] and not self._is_below_others(one, found)]
        if any(found.values()):  # else all are idle
            holds = partial(self._is_held_alone, manifests)
            idle = [one for one in idle if not all(map(holds, self._sources.named(one.path)))]
        self._faults += [] if self._faults else [self._idle(manifests, one) for one in idle]
        given = list[Runner]()
        for source in sources:
            apart_from_units = [one for one in found[id(source)] if one.origin.file not in self._host.read]
            ours = _ours(apart_from_units, self._words)
            runners += ours
            compared = ours if apart and source is sources[-1] else [*compared, *ours]
            given += reversed(ours)
        for runner in sorted(given, key=lambda one: not one.task):  # what runs now and then is below all else
            variables |= runner.effective
        if STDIN in self._sources.texts:  # what a tool has just printed is committed nowhere
            variables = {name: _unkept(one) for name, one in variables.items()}
        below = {one.name: one for runner in runners if runner.bare for one in runner.variables}
        faults = [*self._faults, *differences(compared, self._words)]
        faults += self._elsewhere(runners, below) if self._options.sectioned else []
        return Deployment(
            variables=variables,
            runners=tuple(runners),
            faults=tuple(dict.fromkeys(faults)),
            open=tuple(dict.fromkeys(origin for runner in runners for origin in runner.open)),
            files=tuple(dict.fromkeys(self._sources.looked_at)),
        )

    def _named(self, sources: Sequence[DeploymentSource]) -> list[tuple[DeploymentSource, str]]:
        """The files of the sources; those beyond the limit are told."""
        found = list(islice(((one, file) for one in sources for file in self._sources.named(one.path)),
                            limits.FILES.figure + 1))  # fmt: skip
        if len(found) > limits.FILES.figure:
            _, file = found.pop()
            message, fix = f"{file} is beyond {limits.FILES} that deployments name.", "Name fewer."
            self._faults.append(unread(spot(file, 1), message, fix, limits.FILES.breach))
        return found

    def _is_held_alone(self, manifests: ManifestSet, file: str) -> bool:
        """Whether a file holds what others refer to, and starts nothing itself: ConfigMaps, patches, other texts."""
        return self._kinds.get(file) in {"kubernetes", None} and not manifests.starts(file)

    def _idle(self, manifests: ManifestSet, source: DeploymentSource) -> Fault:
        """What is told of a source that gives no process any variables."""
        documents = (one for file in self._sources.named(source.path) for one in manifests.of(file))
        template = next((one for one in documents if one.kind == "Template"), None)
        return _unprocessed(template.file) if template else _idle(source)

    def _is_below_others(self, source: DeploymentSource, found: Mapping[int, Sequence[Runner]]) -> bool:
        """Whether a source is a part of a Compose project that starts something."""
        projects = (one for one in self._projects if any(source is part for part in one.sources))
        return any(found[id(one.sources[-1])] for one in projects)

    def _elsewhere(self, runners: Sequence[Runner], below: dict[str, DeployedVariable]) -> Iterator[Fault]:
        """The processes that would run with another environment."""
        for runner in [one for one in runners if not one.bare] or runners[:1]:
            known = ChainMap(runner.effective, below)
            if fault := wrong_environment(runner, known, self._options, self._environment):
                yield fault

    def _manifests(self, files: Sequence[str], meant: Container[str]) -> ManifestSet:
        """The Kubernetes manifests among the files, as one set; those named one by one are read in any case."""
        texts: dict[str, str] = {}
        for file in dict.fromkeys(files):
            if (found := self._sources.text(file)) is None:
                continue
            self._kinds[file] = kind_of(found, file)
            if self._kinds[file] == "kubernetes":
                texts[file] = found
        manifests = read_manifests(texts, self._words, meant, self._sources.read)
        self._faults += manifests.faults
        return manifests

    def _counted(self, source: DeploymentSource, file: str, manifests: ManifestSet) -> Sequence[Runner]:
        """The processes of a file; none where they are given more than is read."""
        try:
            found = list(self._runners(source, file, manifests))
            if self._kinds.get(file) not in {"kubernetes", "compose"}:  # those are counted while they are read
                self._allowance.take(sum(len(one.variables) for one in found))
        except TooManyVariablesError:
            breach = limits.GIVEN.breach
            fix = "Name the process that counts: container = …, name = …."
            self._faults.append(unread(spot(file, 1), f"{file} {breach}.", fix, breach))
            return ()
        return found

    def _runners(self, source: DeploymentSource, file: str, manifests: ManifestSet) -> Iterator[Runner]:
        if file not in self._kinds:  # it cannot be read
            return
        text, kind = self._sources.texts[file], self._kinds[file]
        if kind == "kubernetes":
            found = read_containers(manifests, file, self._allowance, name=source.name, container=source.container)
            self._faults += found.faults
            yield from found.runners
            self._faults += service_links(manifests, found.runners, self._words)
        elif kind == "compose":
            yield from self._services(source, file)
        elif kind == "systemd":
            yield self._unit(read_unit([(file, text), *self._host.drop_ins(file)], self._host.find))
        elif kind == "quadlet":
            near = partial(self._host.find, folder=dirname(file))
            yield self._unit(read_quadlet([(file, text), *self._host.drop_ins(file)], near))
        elif kind == "dockerfile":
            image = read_dockerfile(text, file, stage=source.container or source.name)
            self._faults += image.faults
            yield from [image.runner] if image.runner else []
        elif kind is None:
            if any(map(self._kinds.get, self._sources.named(source.path))):
                return  # a glob may match what is none of a deployment's, too
            message = f"{file} is no source that is known."
            fix = (
                "Name a Kubernetes manifest, a Compose file, a unit of systemd or Podman, a Dockerfile, a .env file, "
                "or what env prints."
            )
            self._faults.append(unread(spot(file, 1), message, fix, "is no deployment that is known"))
        else:
            said = self._stated(text, file) if kind == "dotenv" else read_dump(text, file)
            yield Runner(label=file, origin=spot(file, 1), variables=tuple(said), bare=True)

    def _unit(self, unit: Unit) -> Runner:
        self._faults += unit.faults
        return unit.runner

    def _services(self, source: DeploymentSource, file: str) -> Iterator[Runner]:
        """The services of the Compose projects whose last file it is."""
        for project in self._projects:
            if project.sources[-1] is source and project.files[-1] == file:
                texts = {name: self._sources.texts[name] for name in project.files}
                services = read_services(texts, self._sources.read, self._allowance, name=project.name)
                self._faults += services.faults
                yield from services.runners

    def _stated(self, text: str, file: str) -> Sequence[DeployedVariable]:
        """The variables of a `.env` text; what stands there is not for everybody's eyes."""
        said = dotenv_of(text, file, {})
        self._faults += said.faults
        return [
            DeployedVariable(name=name, value=found.value, origin=spot(file, found.line, 1, name), secret=True)
            for name, found in said.variables.items()
        ]


def _idle(source: DeploymentSource) -> Fault:
    """A source that gives no process any variables."""
    if is_kustomization(source.path):
        message = f"{source.path} is a kustomization: what it starts is known once it is built."
        fix = f"Build it: kustomize build {dirname(source.path) or '.'} | assay check --deployment - ENV"
        return unread(spot(source.path, 1), message, fix, "is a kustomization")
    asked = [f"{word} {name}" for word, name in (("container", source.container), ("name", source.name)) if name]
    what = f"starts no process{' with the ' + ' and the '.join(asked) if asked else ''}"
    fix = "Name a manifest with a workload, and a container or service that it has."
    return unread(spot(source.path, 1), f"{source.path} {what}.", fix, "starts no process")


def _unprocessed(file: str) -> Fault:
    message = f"{file} is a template of OpenShift: what it starts is known once it is processed."
    fix = f"Process it first: oc process --local -f {file} | assay check --deployment - ENV"
    return unread(spot(file, 1), message, fix, "is a template")


def _unkept(variable: DeployedVariable) -> DeployedVariable:
    return replace(variable, manifest=False) if variable.origin.file == STDIN else variable


def words_of(options: Options) -> tuple[str, ...]:
    """What variables of the project begin with; none where every variable is one."""
    if options.prefixes is None:
        return ()
    return (*(f"{prefix}_" for prefix in options.prefixes), "DYNACONF_", switcher(options))


def _ours(found: Sequence[Runner], words: tuple[str, ...]) -> list[Runner]:
    """The processes that get variables of the project; all where none of them does."""
    chosen = [one for one in found if not words or any(name.startswith(words) for name in one.effective)]
    chosen = [one for one in chosen if not one.optional] or chosen
    return chosen or [one for one in found if one.open] or list(found)
