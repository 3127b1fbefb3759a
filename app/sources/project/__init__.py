"""A project: a root folder with profiles and options, read once; nothing about it is global."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from glob import has_magic
from pathlib import Path

from msgspec.structs import replace

from app.application import Call, UsageCache, files_of, usage_of
from app.application.roots import has_options
from app.core.errors import UnknownEnvironment, did_you_mean
from app.core.findings import Fault
from app.core.layers import Layer
from app.core.opening import is_folder
from app.core.usage.reads import NOTHING_READ, Usage
from app.core.validators import Demands
from app.merging.folding import Memory
from app.merging.items import MergeOptions
from app.sources.faults import loads_nothing
from app.sources.globbing import Globbing
from app.sources.overrides import Override, overrides
from app.sources.project.earlier import EarlierReading, SectionLayers
from app.sources.project.faults import faults_of
from app.sources.project.files import ProjectFiles
from app.sources.selection import Selection, select, selected
from app.sources.toml import read
from app.sources.validators_file import VALIDATORS_FILE, demanded_by_file

MAIN = "main"
"""The one environment of a project whose files have no sections."""


class Project(ProjectFiles, frozen=True, kw_only=True, dict=True):
    """A snapshot of one project: what its files say, and which environments there are."""

    @property
    def name(self) -> str:
        """What reports call it: as the options say, else as its folder is called."""
        return self.options.name or self.root.name

    @property
    def is_there(self) -> bool:
        """Whether the folder is a project's: options, a Dynaconf call, a profile, or what cannot be read."""
        said = has_options(self.root) or self.application.call is not None or bool(self.documents)
        return said or any(fault.rule != "SRC001" for fault in self.faults)

    @property
    def speaking(self) -> Call | None:
        """The Dynaconf call that stands for the options; None where they are written down, or are the defaults."""
        return self.application.chosen if self.application.speaks else None

    @property
    def loads_nothing(self) -> list[Fault]:
        """Options under which Dynaconf loads nothing; none where what they say is not known."""
        if any(fault.hides for fault in self.application.faults):
            return []
        return list(loads_nothing(self.options, self.root, self.options_file, self.speaking))

    @cached_property
    def demands(self) -> Demands:
        """What the code does with validators."""
        document = read(self.root / VALIDATORS_FILE, VALIDATORS_FILE, self.bounds)
        by_file = demanded_by_file(document, sectioned=self.options.sectioned) if self.application.folders else ()
        by_code = self.application.demands
        steps = (*by_code.steps, *by_file)
        said = any(step.validators for step in steps)
        return Demands(steps=steps if said else (), given_up=by_code.given_up)

    def usage(self, environ: Mapping[str, str]) -> Usage:
        """What the code reads of its settings; nothing is known where a model stands for them.

        Args:
            environ: the variables of the process, which say where the user's files are.
        """
        if not self._is_read:
            return NOTHING_READ
        cache = UsageCache(self.root, environ)
        found = usage_of(self.application, self.options.code, self.options.separator, cache)
        given = (tuple(name.split(".")) for one in self.demands.validators for name in one.giving)
        unknown = any(not one.keys for one in self.demands.validators)  # they may give any key its value
        return replace(found, written=(*found.written, *given), closed=found.closed and not unknown)

    def code_files(self) -> Iterator[Path]:
        """The Python files that are there now, and whose reads of settings count."""
        if self._is_read:
            yield from files_of(self.application, self.options.code)

    @property
    def _is_read(self) -> bool:
        return self.options.schema_ is None and self.application.call is not None

    @cached_property
    def faults(self) -> list[Fault]:
        """What is wrong with the options and the files: first the files that cannot be used."""
        return faults_of(self)

    @cached_property
    def holes(self) -> list[Fault]:
        """The faults of files whose content is not known for that reason."""
        return [fault for fault in self.faults if fault.hides]

    def may_exist(self, environment: str) -> bool:
        """Whether an environment is known, or could stand in a file whose content is not."""
        hidden = self.options.sectioned and not self.has_registry and bool(environment and self.holes)
        return hidden or self.is_known(environment)

    def may_run(self, environment: str) -> bool:
        """Whether a process starts with this environment.

        Dynaconf passes over a section that is not there: of several names one known suffices, and where nothing is
        known at all any name runs with the base sections.
        """
        one_of_several = "," in environment and any(map(self.is_known, selected(environment)))
        return self.may_exist(environment) or one_of_several or (bool(environment) and not self.environments)

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The known environments: `known_environments` alone, else those listed, files' sections, deployments'."""
        if not self.options.sectioned:
            return (MAIN,)
        registry = [name.lower() for name in self.options.known_environments]
        found = () if registry else (*self._discovered(), *self.options.deployments)
        names = [*registry, *self.options.listed, *found]
        return tuple(dict.fromkeys(names))

    @property
    def has_registry(self) -> bool:
        """Whether the options say of every environment that there is."""
        return bool(self.options.known_environments)

    def _discovered(self) -> Iterator[str]:
        inert = {*self.base_sections, "global"}
        for _, document in self.documents:
            yield from (name for name in map(str.lower, document.tables) if name not in inert)

    def deployment_files(self) -> Iterator[str]:
        """The files that give environments their variables, relative to the root; they need not be there."""
        for source in (source for sources in self.options.deployments.values() for source in sources):
            globs = Globbing(self.bounds)
            yield from globs.matches(source.path, self.root) if has_magic(source.path) else [source.path]

    def selection(self, environ: Mapping[str, str]) -> Selection:
        """The environment that a process with these variables would run with, and what selects it."""
        return select(self.options, environ) if self.options.sectioned else Selection(name=MAIN)

    def active(self, environ: Mapping[str, str]) -> str:
        """The environment that a process with these variables would run with."""
        return self.selection(environ).name

    def overrides(self, environ: Mapping[str, str]) -> list[Override]:
        """What variables change of the options; a root outside the project is none that is looked into."""
        found = overrides(self.options, environ)
        return [replace(one, kind="outside") if self._is_outside(one) else one for one in found]

    def _is_outside(self, found: Override) -> bool:
        folder = self.root / found.value if found.option == "root_path" and found.value else None
        return folder is not None and not (is_folder(folder) and self.bounds.own(folder))

    def under(self, environ: Mapping[str, str]) -> "Project":
        """The project as a process with these variables loads it: some of them change options."""
        changed = {found.option: found.value for found in self.overrides(environ) if found.kind == "read"}
        if not changed:
            return self
        options = replace(self.options, stated=self.options.stated | changed.keys(), **changed)
        return replace(self, options=options)

    def is_known(self, environment: str) -> bool:
        """Whether this environment, or each of several with commas, is known.

        What runs by default always is, and so are the base sections: who selects one runs with nothing else.
        """
        if not self.options.sectioned:
            return environment == MAIN
        known = {*self.environments, *self.base_sections, "global"}
        return environment == self.options.default or all(name.strip() in known for name in environment.split(","))

    def known(self, environment: str) -> str:
        """The environment's own spelling; one that a file may define which cannot be read is not denied.

        Raises:
            UnknownEnvironment: there is no such environment; the nearest is suggested.
        """
        folded = environment.strip().lower()
        if not self.may_exist(folded):
            message = f"There is no environment {environment!r}."
            if not self.options.sectioned:
                alone = f"The files have no sections here: {', '.join(self.environments)} is all there is."
                raise UnknownEnvironment(message, fix=alone)
            raise UnknownEnvironment(message, fix=did_you_mean(folded, (*self.environments, self.options.default)))
        return folded

    def is_production(self, environment: str) -> bool:
        """Whether production rules apply to it."""
        wanted = {name.lower() for name in self.options.production}
        return any(name.strip() in wanted for name in environment.split(","))

    def sections(self, environment: str) -> list[str]:
        """The sections that make up an environment, lowest first; `global` twice where it is selected.

        Source: `dynaconf.utils.build_env_list`.
        """
        return [*dict.fromkeys((*self.base_sections, *selected(environment))), "global"]

    def merging(self, environment: str) -> MergeOptions:
        """The options that decide an environment's values."""
        options = self.options
        return MergeOptions(
            merge_enabled=options.merge_enabled,
            nested_separator=options.separator,
            ignore_unknown_envvars=options.ignore_unknown_envvars,
            lists=options.lists,
            auto_cast=options.auto_cast,
            dotted_lookup=options.dotted_lookup,
            environment=environment,
        )

    @cached_property
    def memory(self) -> Memory:
        """What the merges of its environments share."""
        known = self._inherited
        return known.memory.of(_all(known.layers)) if known else Memory(self.merging(""))

    @cached_property
    def section_layers(self) -> SectionLayers:
        """The layers of sections, by document, name and model: all environments share those that they have."""
        return dict(self._inherited.layers) if self._inherited else {}

    @cached_property
    def _inherited(self) -> EarlierReading | None:
        return self.earlier if self.earlier and self.earlier.fits(self) else None


def _all(layers: SectionLayers) -> list[Layer]:
    return [layer for found in layers.values() for layer in found]
