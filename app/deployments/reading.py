"""From the sources that a project names for an environment to what its process is given."""

from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from posixpath import basename

from msgspec.structs import replace

from app.core import limits
from app.core.deployment import DeployedVariable, Deployment, Runner
from app.core.findings import Fault
from app.core.opening import Bounds, OutsideError, is_there, read_file, remedy, why
from app.deployments.compose import read_services
from app.deployments.compose.grouping import ComposeGroup, compose_groups, is_above_others
from app.deployments.differences import differences
from app.deployments.docker.dockerfile import read_dockerfile
from app.deployments.environ_dump import read_dump
from app.deployments.expanding import Allowance, TooManyVariablesError
from app.deployments.given import STDIN, GivenSource
from app.deployments.kubernetes import read_containers
from app.deployments.manifests import ManifestSet, pod_of, read_manifests
from app.deployments.platform import service_links, wrong_environment
from app.deployments.source_kinds import Kind, kind_of
from app.deployments.systemd import is_unit, read_unit
from app.deployments.telling import spot, unread
from app.options import DeploymentSource, Options
from app.sources.dotenv import dotenv_of
from app.sources.globbing import Globbing
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
    reading = _SourcesReading(root, bounds, options, environment)
    listed = [*sources, *([DeploymentSource(path=given.name)] if given else [])]
    if given:
        reading.texts[given.name] = given.text
    return reading.deployment(listed, apart=given is not None)


class _SourcesReading:
    """One environment's sources that are being read."""

    def __init__(self, root: Path, bounds: Bounds, options: Options, environment: str) -> None:
        self._root, self._bounds = root, bounds
        self._options, self._environment = options, environment
        self._words = words_of(options)
        self._allowance = Allowance()
        self.texts: dict[str, str] = {}
        self._faults: list[Fault] = []
        self._files: list[str] = []
        self._kinds: dict[str, Kind | None] = {}
        self._listed: dict[str, str] = {}
        self._read_by_units: set[str] = set()
        self._projects: list[ComposeGroup] = []

    def deployment(self, sources: Sequence[DeploymentSource], *, apart: bool) -> Deployment:
        """What they say; the last one's processes are not held against the others' where it stands apart."""
        named = [(source, file) for source in sources for file in self._named(source.path)]
        self._listed = {basename(file): file for _, file in named}
        manifests = self._manifests([file for _, file in named])
        variables, runners, compared = dict[str, DeployedVariable](), list[Runner](), list[Runner]()
        found = {id(source): list[Runner]() for source in sources}
        composed = [(source, file) for source, file in named if self._kinds.get(file) == "compose"]
        self._projects = compose_groups(composed, self.texts)
        for source, file in named:
            found[id(source)] += self._counted(source, file, manifests)
        idle = [one for one in sources if not found[id(one)] and not self._is_below_others(one, found)]
        self._faults += [] if self._faults else map(_idle, idle)
        for source in sources:
            apart_from_units = [one for one in found[id(source)] if one.origin.file not in self._read_by_units]
            ours = _ours(apart_from_units, self._words)
            runners += ours
            compared = ours if apart and source is sources[-1] else [*compared, *ours]
            for runner in reversed(ours):
                variables |= runner.effective
        if STDIN in self.texts:  # what a tool has just printed is committed nowhere
            variables = {name: _unkept(one) for name, one in variables.items()}
        below = {one.name: one for runner in runners if runner.bare for one in runner.variables}
        faults = [*self._faults, *differences(compared, self._words)]
        faults += self._elsewhere(runners, below) if self._options.sectioned else []
        return Deployment(
            variables=variables,
            runners=tuple(runners),
            faults=tuple(dict.fromkeys(faults)),
            open=tuple(dict.fromkeys(origin for runner in runners for origin in runner.open)),
            files=tuple(dict.fromkeys(self._files)),
        )

    def _is_below_others(self, source: DeploymentSource, found: Mapping[int, Sequence[Runner]]) -> bool:
        """Whether a source is a part of a Compose project that starts something."""
        projects = (one for one in self._projects if any(source is part for part in one.sources))
        return any(found[id(one.sources[-1])] for one in projects)

    def _elsewhere(self, runners: Sequence[Runner], below: Mapping[str, DeployedVariable]) -> Iterator[Fault]:
        """The processes that would run with another environment."""
        for runner in [one for one in runners if not one.bare] or runners[:1]:
            known = {**below, **runner.effective}
            if fault := wrong_environment(runner, known, self._options, self._environment):
                yield fault

    def _named(self, path: str) -> list[str]:
        """The files of a source: itself, or what a glob matches."""
        if path in self.texts or not any(letter in path for letter in "*?["):
            return [path]
        found = sorted(Globbing(self._bounds).matches(path, self._root), key=is_above_others)
        if not found:
            message = f"No file matches {path}, which deployments names."
            self._faults.append(unread(spot(path, 1), message, "Correct the glob.", "matches no file"))
        return found

    def _read(self, file: str) -> str | Fault | None:
        """A file's text; None where it is not there."""
        if file in self.texts:
            return self.texts[file]
        self._files.append(file)
        path = self._root / file
        if not is_there(path):
            return None
        try:
            self.texts[file] = read_file(path, self._bounds).decode()
        except OSError as error:
            usual = "Make it a readable file."
            fix = f'Write outside = ["{file}"] into the options, or take the link away.'
            said = fix if isinstance(error, OutsideError) else remedy(error, usual)
            return unread(spot(file, 1), f"{file} cannot be read: {why(error)}.", said, "cannot be read")
        except UnicodeDecodeError:
            return unread(spot(file, 1), f"{file} is not UTF-8.", "Save it as UTF-8.", "is not UTF-8")
        return self.texts[file]

    def _source_text(self, file: str) -> str | None:
        found = self._read(file)
        if found is None:
            message = f"There is no {file}, which deployments names."
            found = unread(spot(file, 1), message, "Correct the path, or put the file there.", "is not there")
        if isinstance(found, Fault):
            self._faults.append(found)
            return None
        return found

    def _manifests(self, files: Sequence[str]) -> ManifestSet:
        """The Kubernetes manifests among the files, as one set."""
        texts: dict[str, str] = {}
        for file in dict.fromkeys(files):
            if (found := self._source_text(file)) is None:
                continue
            self._kinds[file] = kind_of(found, file)
            if self._kinds[file] == "kubernetes":
                texts[file] = found
        manifests = read_manifests(texts, self._words)
        if not any(map(pod_of, manifests.documents)):  # nothing of ours: what there is may say why
            manifests = read_manifests(texts, ())
        self._faults += manifests.faults
        return manifests

    def _counted(self, source: DeploymentSource, file: str, manifests: ManifestSet) -> Sequence[Runner]:
        """The processes of a file; none where they are given more than is read."""
        try:
            return list(self._runners(source, file, manifests))
        except TooManyVariablesError:
            breach = limits.GIVEN.breach
            fix = "Name the process that counts: container = …, name = …."
            self._faults.append(unread(spot(file, 1), f"{file} {breach}.", fix, breach))
            return ()

    def _runners(self, source: DeploymentSource, file: str, manifests: ManifestSet) -> Iterator[Runner]:
        if file not in self._kinds:  # it cannot be read
            return
        text, kind = self.texts[file], self._kinds[file]
        if kind == "kubernetes":
            found = read_containers(manifests, file, self._allowance, name=source.name, container=source.container)
            self._faults += found.faults
            yield from found.runners
            self._faults += service_links(manifests, found.runners, self._words)
        elif kind == "compose":
            yield from self._services(source, file)
        elif kind == "systemd":
            unit = read_unit([(file, text), *self._drop_ins(file)], self._on_host)
            self._faults += unit.faults
            yield unit.runner
        elif kind == "dockerfile":
            image = read_dockerfile(text, file, stage=source.container or source.name)
            self._faults += image.faults
            yield from [image.runner] if image.runner else []
        elif kind is None:
            message = f"{file} is no source that is known."
            fix = (
                "Name a Kubernetes manifest, a Compose file, a systemd unit, a Dockerfile, a .env file, "
                "or what env prints."
            )
            self._faults.append(unread(spot(file, 1), message, fix, "is no deployment that is known"))
        else:
            said = self._stated(text, file) if kind == "dotenv" else read_dump(text, file)
            yield Runner(label=file, origin=spot(file, 1), variables=tuple(said), bare=True)

    def _services(self, source: DeploymentSource, file: str) -> Iterator[Runner]:
        """The services of the Compose projects whose last file it is."""
        for project in self._projects:
            if project.sources[-1] is source and project.files[-1] == file:
                texts = {name: self.texts[name] for name in project.files}
                services = read_services(texts, self._read, self._allowance, name=project.name)
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

    def _drop_ins(self, file: str) -> Iterator[tuple[str, str]]:
        """The drop-ins of a unit, in the order of their names."""
        for name in sorted(Globbing(self._bounds).matches(f"{escape(file)}.d/*.conf", self._root)):
            if (said := self._source_text(name)) is not None:
                yield name, said

    def _on_host(self, path: str) -> tuple[str, str] | None:
        """A file that a unit names: one below the root, or a source of the same name, which stands for it."""
        inside = path.removeprefix(f"{self._root}/") if path.startswith(f"{self._root}/") else None
        name = inside or self._listed.get(basename(path), "")
        said = self._read(name) if name else None
        if isinstance(said, Fault):
            self._faults.append(said)
        if not isinstance(said, str) or is_unit(said):  # a unit is a process of its own, whoever names it
            return None
        self._read_by_units.add(name)
        return name, said


def _idle(source: DeploymentSource) -> Fault:
    """A source that gives no process any variables."""
    asked = [f"{word} {name}" for word, name in (("container", source.container), ("name", source.name)) if name]
    what = f"starts no process{' with the ' + ' and the '.join(asked) if asked else ''}"
    fix = "Name a manifest with a workload, and a container or service that it has."
    return unread(spot(source.path, 1), f"{source.path} {what}.", fix, "starts no process")


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
