"""A project: a root folder with profiles and options, read once; nothing about it is global."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, reduce
from glob import has_magic
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.errors import ProjectError, UnknownEnvironment, did_you_mean, nearest
from app.findings import Fault
from app.layers import Origin
from app.sources.files import Entry, list_files, list_includes, placed_among
from app.sources.includes import said_includes
from app.sources.options import OPTIONS_FILES, Options, read_options
from app.sources.toml import Document, decode, read

MAIN = "main"
"""The one environment of a project whose files have no sections."""

_FILES = frozenset({".toml", ".tml", ".yaml", ".yml", ".json", ".ini", ".conf", ".properties"})
"""What Dynaconf loads as a file; it tries to import any other include."""


class Project(Struct, frozen=True, kw_only=True, dict=True):
    """A snapshot of one project's files.

    Attributes:
        root: the folder that holds the options.
        options: how its profiles are laid out.
        overlay: bytes to read in place of a file's own, by the file's name: what it would be with an edit.
        added: files that are not there yet, and whose bytes the overlay has.
    """

    root: Path
    options: Options
    overlay: Mapping[str, bytes] = {}
    added: tuple[Entry, ...] = ()

    @property
    def name(self) -> str:
        """What reports call it: its folder's name."""
        return self.root.name

    @cached_property
    def entries(self) -> list[Entry]:
        """The files to read, includes last."""
        return reduce(placed_among, self.added, list_files(self.root, self.options))

    @cached_property
    def documents(self) -> list[tuple[Entry, Document]]:
        """Every file that is there, in the order of merging, with what was read; includes of any section last."""
        sectioned = self.options.sectioned
        said = [name for _, document in self.main for _, name in said_includes(document.values, sectioned=sectioned)]
        return [*self.main, *self.included(said)]

    @cached_property
    def main(self) -> list[tuple[Entry, Document]]:
        """The files that every environment reads before anything that is included."""
        return [(entry, self._read(entry)) for entry in self.entries if self._is_readable(entry)]

    def _read(self, entry: Entry) -> Document:
        raw = self.overlay.get(entry.name)
        return read(entry.path, entry.name) if raw is None else decode(raw, entry.name)

    def _is_readable(self, entry: Entry) -> bool:
        return _is_toml(entry) and self._is_there(entry)

    def _is_there(self, entry: Entry) -> bool:
        return entry.name in self.overlay or _is_there(entry)

    def _is_missed(self, entry: Entry) -> bool:
        """Whether a file should be there: secrets and local files stay on their machine, a glob may match nothing."""
        may_be_absent = entry.secret or ".local." in entry.path.name or has_magic(entry.name)
        return not self._is_there(entry) and not may_be_absent

    def included(self, names: Sequence[str]) -> list[tuple[Entry, Document]]:
        """The files that profiles include by these names, then those that the options include; each once."""
        return [(entry, self._read_include(entry)) for entry in self._new_includes(names) if self._is_readable(entry)]

    def _new_includes(self, names: Sequence[str]) -> list[Entry]:
        taken = {entry.name for entry in self.entries}
        found = list_includes(self.root, self.options, self._first, list(dict.fromkeys(names)))
        return [entry for entry in found if entry.name not in taken]

    @cached_property
    def _read_includes(self) -> dict[str, Document]:
        return {}

    def _read_include(self, entry: Entry) -> Document:
        """The included file, read once however many environments include it."""
        if entry.name not in self._read_includes:
            self._read_includes[entry.name] = self._read(entry)
        return self._read_includes[entry.name]

    @property
    def _first(self) -> Path | None:
        return next((entry.path for entry in self.entries if self._is_readable(entry)), None)

    def _missing_includes(self) -> Iterator[Fault]:
        """Files that a profile's own `dynaconf_include` names and that are not there."""
        alone = replace(self.options, includes=[])
        sectioned = self.options.sectioned
        for _, document in self.documents:
            for path, name in said_includes(document.values, sectioned=sectioned):
                section = str(path[0]) if sectioned else None
                included = list_includes(self.root, alone, self._first, [name])
                files = [entry for entry in included if entry.path.suffix.lower() in _FILES]
                for entry in filter(self._is_missed, files):
                    origin = Origin(kind="file", file=document.name, section=section, span=document.locate(path))
                    yield _missing(entry, origin)

    @cached_property
    def options_file(self) -> str | None:
        """The file that holds the options; None where nothing does."""
        return next((name for name in OPTIONS_FILES if (self.root / name).exists()), None)

    @cached_property
    def faults(self) -> list[Fault]:
        """What is wrong with the files: some are missing, some cannot be used."""
        said = "settings_files" in self.options.stated or not self.documents
        included = [entry for entry in self._new_includes([]) if entry.path.suffix.lower() in _FILES]
        named = [entry for entry in (*(self.entries if said else ()), *included) if entry.named]
        unread = [_unread(entry) for entry in named if not _is_toml(entry) and self._is_there(entry)]
        missing = [_missing(entry) for entry in named if self._is_missed(entry)]
        missing += self._missing_includes()
        return unread + missing + [document.fault for _, document in self.documents if document.fault]

    def active_fault(self, name: str) -> Fault | None:
        """What is wrong with the variable that selects the active environment, if it selects this one."""
        if self.is_known(name):
            return None
        said = f"names {name!r}, which is no environment of this project" if name else "is empty"
        variable = self.options.env_switcher
        fix = did_you_mean(name, self.environments) if name else f"Set it to one of: {', '.join(self.environments)}."
        return Fault(
            rule="SRC005", message=f"{variable} {said}.", fix=fix, origin=Origin(kind="variable", name=variable)
        )

    def document(self, name: str) -> Document | None:
        """The file of that relative name."""
        return next((document for entry, document in self.documents if entry.name == name), None)

    @cached_property
    def environments(self) -> tuple[str, ...]:
        """The known environments: the registry where there is one, else the sections that files have."""
        if not self.options.sectioned:
            return (MAIN,)
        listed = self.options.environments if isinstance(self.options.environments, list) else []
        registry = [*self.options.known_environments, *(name for name in listed)]
        names = [name.lower() for name in registry] or list(self._discovered())
        return tuple(dict.fromkeys(names))

    @property
    def has_registry(self) -> bool:
        """Whether the options name the environments."""
        return bool(self.options.known_environments) or isinstance(self.options.environments, list)

    def _discovered(self) -> Iterator[str]:
        inert = {*self.base_sections, "global"}
        for _, document in self.documents:
            for name, table in document.values.items():
                if isinstance(table, dict) and name.lower() not in inert:
                    yield name.lower()

    @property
    def base_sections(self) -> tuple[str, ...]:
        """The sections below every environment's own: `default_env`, then the prefix's."""
        prefix = str(self.options.envvar_prefix or "dynaconf").lower()
        return tuple(dict.fromkeys((self.options.default_env.lower(), prefix)))

    def active(self, environ: Mapping[str, str]) -> str:
        """The environment that a process with these variables would run with."""
        if not self.options.sectioned:
            return MAIN
        default = self.options.env if isinstance(self.options.env, str) else ",".join(self.options.env)
        return environ.get(self.options.env_switcher, default).strip().lower()

    def is_known(self, environment: str) -> bool:
        """Whether this environment, or each of several with commas, is known; what runs by default always is."""
        names = [name.strip() for name in environment.split(",")]
        return environment == self._default or all(name in self.environments for name in names)

    @property
    def _default(self) -> str:
        return (self.options.env if isinstance(self.options.env, str) else ",".join(self.options.env)).lower()

    def known(self, environment: str) -> str:
        """The environment's own spelling.

        Raises:
            UnknownEnvironment: there is no such environment; the nearest is suggested.
        """
        folded = environment.strip().lower()
        if not self.is_known(folded):
            message = f"There is no environment {environment!r}."
            fix = did_you_mean(folded, (*self.environments, self._default))
            raise UnknownEnvironment(message, fix=fix)
        return folded

    def is_production(self, environment: str) -> bool:
        """Whether production rules apply to it."""
        wanted = {name.lower() for name in self.options.production}
        return any(name.strip() in wanted for name in environment.split(","))

    def sections(self, environment: str) -> list[str]:
        """The sections that make up an environment, lowest first.

        Source: `dynaconf.utils.build_env_list`.
        """
        names = [name.strip() for name in environment.split(",") if name.strip()]
        return list(dict.fromkeys((*self.base_sections, *names, "global")))


def _missing(entry: Entry, said: Origin | None = None) -> Fault:
    """The fault of a file that is not there, at the place that names it, if that is a profile."""
    fix = f"Create {entry.name}, or take it out of {'the profile' if said else 'the options'}."
    if match := nearest(entry.path.name, _beside(entry.path)):
        fix = f"Did you mean {match}? Else create {entry.name}, or take it out."
    origin = said or Origin(kind="file", file=entry.name)
    return Fault(rule="SRC001", message=f"{entry.name} is not there.", fix=fix, origin=origin)


def _beside(path: Path) -> list[str]:
    """The profiles that are in the folder of a file that is not."""
    try:
        return [found.name for found in path.parent.iterdir() if found.suffix == path.suffix]
    except OSError:
        return []


def _unread(entry: Entry) -> Fault:
    python = entry.path.suffix == ".py"
    what = "Python, which is not run here" if python else "no TOML file, and nothing else is read here"
    fix = f"Move what it says to a .toml file, or take {entry.name} out of the options."
    return Fault(
        rule="SRC001", message=f"{entry.name} is {what}.", fix=fix, origin=Origin(kind="file", file=entry.name)
    )


def _is_toml(entry: Entry) -> bool:
    return entry.path.suffix.lower() in {".toml", ".tml"}


def _is_there(entry: Entry) -> bool:
    return entry.path.exists() or entry.path.is_symlink()


def open_project(folder: Path) -> Project:
    """The project in a folder.

    Raises:
        ProjectError: the folder is not there, or its options cannot be used.
    """
    root = folder.absolute()
    if not root.is_dir():
        raise ProjectError(f"{folder} is not a folder.", fix="Name the folder that holds the project's settings.")
    return Project(root=root.resolve(), options=read_options(root))


def section_of(values: Mapping[str, Any], name: str) -> tuple[str | None, Any]:
    """The last table of that name, whatever its case, with its own spelling."""
    spelled = [key for key in values if key.lower() == name]
    return (spelled[-1], values[spelled[-1]]) if spelled else (None, None)
