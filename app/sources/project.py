"""A project: a root folder with profiles and options, read once; nothing about it is global."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial, reduce
from glob import has_magic
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.application import NO_CODE, Application, Call
from app.application.roots import ServiceRoot, chosen_call, completing, find_application, has_options
from app.core.errors import ProjectError, UnknownEnvironment, did_you_mean
from app.core.findings import Fault
from app.core.layers import Origin
from app.core.opening import Bounds, is_folder, is_there
from app.core.validators import Demands
from app.options import OPTIONS_FILES, Options, read_options
from app.sources.bounds import bounded
from app.sources.faults import (
    blocked,
    loads_nothing,
    missing,
    near_name,
    not_toml,
    outside,
    passed_over,
    stray_secrets,
    unknown_active,
    unread_secrets,
)
from app.sources.files import Listed, SourceFile, bounds, list_files, list_includes, placed_among, with_sibling
from app.sources.globbing import Obstacle
from app.sources.includes import said_includes
from app.sources.overrides import Override, overrides
from app.sources.selection import Selection, select
from app.sources.toml import TomlDocument, decode, read
from app.sources.validators_file import VALIDATORS_FILE, demanded_by_file

MAIN = "main"
"""The one environment of a project whose files have no sections."""


class Project(Struct, frozen=True, kw_only=True, dict=True):
    """A snapshot of one project's files.

    Attributes:
        root: the folder that holds the options.
        options: how its profiles are laid out.
        overlay: bytes to read in place of a file's own, by the file's name: what it would be with an edit.
        added: files that are not there yet, and whose bytes the overlay has.
        application: the code that is configured, as far as it is read.
    """

    root: Path
    options: Options
    overlay: Mapping[str, bytes] = {}
    added: tuple[SourceFile, ...] = ()
    application: Application = NO_CODE

    @property
    def name(self) -> str:
        """What reports call it: its folder's name."""
        return self.root.name

    @cached_property
    def entries(self) -> list[SourceFile]:
        """The files to read, includes last."""
        listed = reduce(placed_among, self.added, self._listed.entries)
        return reduce(partial(with_sibling, root=self.root), self.added, listed)

    @cached_property
    def _listed(self) -> Listed:
        return list_files(self.root, self.options)

    @cached_property
    def documents(self) -> list[tuple[SourceFile, TomlDocument]]:
        """Every file that is there, in the order of merging, with what was read; includes of any section last."""
        sectioned = self.options.sectioned
        said = [name for _, document in self.main for _, name in said_includes(document.values, sectioned=sectioned)]
        return [*self.main, *self.included(said)]

    @property
    def is_there(self) -> bool:
        """Whether the folder is a project's: options, a Dynaconf call, a profile, or what cannot be read."""
        said = has_options(self.root) or self.application.call is not None or bool(self.documents)
        return said or any(fault.rule != "SRC001" for fault in self.faults)

    @cached_property
    def main(self) -> list[tuple[SourceFile, TomlDocument]]:
        """The files that every environment reads before anything that is included."""
        inherited = (*self.base_sections, "global") if self.options.sectioned else None
        return bounded([(entry, self._read(entry)) for entry in self.entries if self._is_readable(entry)], inherited)

    def _read(self, entry: SourceFile) -> TomlDocument:
        raw = self.overlay.get(entry.name)
        if raw is not None:
            return decode(raw, entry.name)
        if not self.bounds.hold(entry.path):
            fault = outside(entry.path, entry.name, self.root, self.options, self.options_file)
            return TomlDocument(name=entry.name, text="", values={}, fault=fault)
        return read(entry.path, entry.name, self.bounds)

    @cached_property
    def bounds(self) -> Bounds:
        """Where the project's files may lie."""
        return bounds(self.root, self.options)

    def _is_readable(self, entry: SourceFile) -> bool:
        return entry.loader == "TOML" and self.options.loads("TOML") and self._is_there(entry)

    def _is_there(self, entry: SourceFile) -> bool:
        """Whether there is a file to read, or one that must not be looked at."""
        return entry.name in self.overlay or not self.bounds.hold(entry.path) or is_there(entry.path)

    def _is_missed(self, entry: SourceFile) -> bool:
        """Whether a file should be there: secrets and local files stay on their machine, a glob may match nothing."""
        may_be_absent = entry.secret or ".local." in entry.path.name or has_magic(entry.name)
        return not self._is_there(entry) and not may_be_absent

    def included(self, names: Sequence[str]) -> list[tuple[SourceFile, TomlDocument]]:
        """The files that profiles include by these names, then those that the options include; each once."""
        return [(entry, self._read_include(entry)) for entry in self._new_includes(names) if self._is_readable(entry)]

    def _new_includes(self, names: Sequence[str]) -> list[SourceFile]:
        taken = {entry.name for entry in self.entries}
        found = list_includes(self.root, self.options, self._first, list(dict.fromkeys(names)))
        return [entry for entry in found.entries if entry.name not in taken]

    @cached_property
    def _read_includes(self) -> dict[str, TomlDocument]:
        return {}

    def _read_include(self, entry: SourceFile) -> TomlDocument:
        """The included file, read once however many environments include it."""
        if entry.name not in self._read_includes:
            self._read_includes[entry.name] = self._read(entry)
        return self._read_includes[entry.name]

    @property
    def _first(self) -> Path | None:
        return next((entry.path for entry in self.entries if self._is_readable(entry)), None)

    def _missing_includes(self) -> Iterator[Fault]:
        """What is wrong with files that a profile's own `dynaconf_include` names."""
        sectioned = self.options.sectioned
        for _, document in self.documents:
            for path, name in said_includes(document.values, sectioned=sectioned):
                section = str(path[0]) if sectioned else None
                origin = Origin(kind="file", file=document.name, section=section, span=document.locate(path))
                listed = self._includes_of(name)
                yield from (self._blocked(obstacle, origin) for obstacle in listed.obstacles)
                for entry in filter(_is_file, listed.entries):
                    yield from self._fault(entry, origin)

    def _blocked(self, obstacle: Obstacle, said: Origin | None = None) -> Fault:
        return blocked(obstacle, self.root, self.options, self.options_file, said)

    def _includes_of(self, name: str) -> Listed:
        return list_includes(self.root, replace(self.options, includes=[]), self._first, [name])

    @cached_property
    def options_file(self) -> str | None:
        """The file that holds the options; None where nothing does."""
        return next((name for name in OPTIONS_FILES if is_there(self.root / name)), None)

    @property
    def speaking(self) -> Call | None:
        """The Dynaconf call that stands for the options; None where they are written down, or are the defaults."""
        return self.application.chosen if self.application.speaks else None

    @property
    def loads_nothing(self) -> list[Fault]:
        """Options under which Dynaconf loads nothing; none where what they say is not known."""
        if any(fault.hides for fault in self.application.faults):
            return []
        return list(loads_nothing(self.options, self.options_file, self.speaking))

    @cached_property
    def demands(self) -> Demands:
        """What the code does with validators."""
        document = read(self.root / VALIDATORS_FILE, VALIDATORS_FILE, self.bounds)
        by_file = demanded_by_file(document, sectioned=self.options.sectioned) if self.application.folders else ()
        steps = (*self.application.demands.steps, *by_file)
        return Demands(steps=steps if any(step.validators for step in steps) else ())

    @cached_property
    def faults(self) -> list[Fault]:
        """What is wrong with the options and the files: first the files that cannot be used."""
        files = [fault for entry in self._named for fault in self._fault(entry)]
        broken = [document.fault for _, document in self.documents if document.fault]
        stray = [
            unread_secrets(path, self.root, self.options, self.options_file, self.speaking)
            for path in self._stray_secrets
        ]
        include = list_includes(self.root, self.options, self._first, [])
        met = [self._blocked(obstacle) for obstacle in dict.fromkeys((*self._listed.obstacles, *include.obstacles))]
        rest = [*self.application.faults, *met, *self.loads_nothing, *files, *self._missing_includes(), *stray]
        return sorted([*broken, *rest], key=lambda fault: fault.hides is None)

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
        one_of_several = "," in environment and any(map(self.is_known, _names(environment)))
        return self.may_exist(environment) or one_of_several or (bool(environment) and not self.environments)

    @property
    def _named(self) -> list[SourceFile]:
        """What the options name, includes last; the names that they have by default may all be absent but for one."""
        said = "settings_files" in self.options.stated or not self.documents
        files = [entry for entry in self.entries if said or not entry.named]
        return [*files, *filter(_is_file, self._new_includes([]))]

    def _fault(self, entry: SourceFile, said: Origin | None = None) -> Iterator[Fault]:
        """What is wrong with a file that is named; a profile that is there says itself what is wrong with it."""
        if self._is_missed(entry) or entry.loader is None:
            is_near = entry.loader and self.bounds.hold(entry.path.parent)
            near = near_name(entry.path, {found.path for found, _ in self.documents}) if is_near else None
            yield missing(entry, near, said, alone=not self.documents)
        elif entry.loader != "TOML" and self._is_there(entry) and self.options.loads(entry.loader):
            yield not_toml(entry, said)

    @property
    def _stray_secrets(self) -> list[Path]:
        read = [entry.path for entry in self.entries]
        beside = [entry.path.parent for entry, _ in self.documents]
        folders = [folder for folder in (self.root, self.root / "config", *beside) if self.bounds.own(folder)]
        return stray_secrets(list(dict.fromkeys(folders)), [*read, *(entry.path for entry, _ in self.documents)])

    def active_fault(self, selection: Selection, origin: Origin | None = None) -> Fault | None:
        """What is wrong with what selects the active environment, where it selects none, or something beside it."""
        name, variable = selection.name, selection.variable
        strange, runs = [part for part in _names(name) if not self.is_known(part)], self.may_run(name)
        if variable is None or self.may_exist(name) or (runs and not strange):
            return None
        fix = self._ways_to_select(strange[0] if runs else name, variable)
        where = origin or Origin(kind="variable", name=variable)
        if not runs:
            return unknown_active(name, fix, where)
        return passed_over(strange, None if self.environments else self.base_sections[0], fix, where)

    def _ways_to_select(self, name: str, variable: str) -> str:
        known = self.environments
        if not name:
            return f"Set it to one of: {', '.join(known)}." if known else f"Unset {variable}."
        if known:
            return did_you_mean(name, known)
        option = f"environments = [{json.dumps(name)}]"
        return f"Give it a section of its name, or list it in the options: {option}. Else unset {variable}."

    def document(self, name: str) -> TomlDocument | None:
        """The file of that relative name."""
        return next((document for entry, document in self.documents if entry.name == name), None)

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The known environments: `known_environments` alone, else those listed and the sections that files have."""
        if not self.options.sectioned:
            return (MAIN,)
        registry = [name.lower() for name in self.options.known_environments]
        names = [*registry, *self.options.listed, *(() if registry else self._discovered())]
        return tuple(dict.fromkeys(names))

    @property
    def has_registry(self) -> bool:
        """Whether the options say of every environment that there is."""
        return bool(self.options.known_environments)

    def _discovered(self) -> Iterator[str]:
        inert = {*self.base_sections, "global"}
        for _, document in self.documents:
            yield from (name for name in map(str.lower, document.tables) if name not in inert)

    @property
    def base_sections(self) -> tuple[str, ...]:
        """The sections below every environment's own: `default_env`, then the prefix's."""
        prefix = str(self.options.envvar_prefix or "dynaconf").lower()
        return tuple(dict.fromkeys((self.options.default_env.lower(), prefix)))

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
            fix = did_you_mean(folded, (*self.environments, self.options.default))
            raise UnknownEnvironment(message, fix=fix)
        return folded

    def is_production(self, environment: str) -> bool:
        """Whether production rules apply to it."""
        wanted = {name.lower() for name in self.options.production}
        return any(name.strip() in wanted for name in environment.split(","))

    def sections(self, environment: str) -> list[str]:
        """The sections that make up an environment, lowest first; `global` twice where it is selected.

        Source: `dynaconf.utils.build_env_list`.
        """
        return [*dict.fromkeys((*self.base_sections, *_names(environment))), "global"]


def _names(environment: str) -> list[str]:
    """The sections that are selected, one or several with commas."""
    return [name.strip() for name in environment.split(",") if name.strip()]


def _is_file(entry: SourceFile) -> bool:
    """Whether an include is loaded as a file; any other is imported, which SRC009 tells."""
    return entry.loader not in {None, "PY"}


def open_project(folder: Path, environ: Mapping[str, str] | None = None, call: str = "") -> Project:
    """The project in a folder: its options, and, where they state none of Dynaconf's, what its application's code says.

    Args:
        folder: where it is, or something of it.
        environ: the variables of the process; the code may ask for them.
        call: the place of the Dynaconf call that counts, `PATH:LINE`; empty where that is to be found.

    Raises:
        ProjectError: the folder is not there, its options cannot be used, or several applications are there.
        ArgumentError: there is no such call.
    """
    root = folder.absolute()
    if not is_folder(root):
        raise ProjectError(f"{folder} is not a folder.", fix="Name the folder that holds the project's settings.")
    root = root.resolve()
    stated = has_options(root)
    options = read_options(root) if stated else None
    found = _found(root, call, environ or {}, options)
    if found is None:
        options = options or Options()
        folders = ("",) if options.code is None else tuple(options.code)
        return Project(root=root, options=options, application=Application(root, options, folders=folders))
    root = root if options else found.root
    written = options if options and (options.lays_out or not options.stated) else None
    application = Application(root, written, found.call, others=found.others, environ=environ or {})
    implied = application.implied(environ or {}) or Options()
    return Project(root=root, options=written or (options.over(implied) if options else implied),
                   application=application)  # fmt: skip


def reopened(project: Project, environ: Mapping[str, str]) -> Project:
    """The same project as it is now.

    Raises:
        ProjectError: its options cannot be used any more.
        ArgumentError: its Dynaconf call is not where it was.
    """
    call = project.application.chosen
    return open_project(project.root, environ, f"{call.module.file}:{call.line}" if call else "")


def _found(folder: Path, call: str, environ: Mapping[str, str], options: Options | None) -> ServiceRoot | None:
    """The call that somebody names, or that stands for what the options leave unsaid of Dynaconf's own."""
    if call:
        return chosen_call(call, folder)
    if options is None:
        return find_application(folder, Path(environ["HOME"]) if environ.get("HOME") else None)
    return completing(folder, options.code) if options.stated and not options.lays_out else None


def section_of(values: Mapping[str, Any], name: str) -> tuple[str | None, Any]:
    """The last table of that name, whatever its case, with its own spelling."""
    spelled = [key for key in values if key.lower() == name]
    return (spelled[-1], values[spelled[-1]]) if spelled else (None, None)
