"""A project: a root folder with profiles and options, read once; nothing about it is global."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from app.errors import ProjectError, UnknownEnvironment, did_you_mean
from app.findings import Fault
from app.layers import Origin
from app.sources.files import Entry, list_files, list_includes
from app.sources.options import Options, read_options
from app.sources.toml import Document, read

MAIN = "main"
"""The one environment of a project whose files have no sections."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A snapshot of one project's files.

    Attributes:
        root: the folder that holds the options.
        options: how its profiles are laid out.
    """

    root: Path
    options: Options

    @property
    def name(self) -> str:
        """What reports call it: its folder's name."""
        return self.root.name

    @cached_property
    def entries(self) -> list[Entry]:
        """The files to read, includes last."""
        return list_files(self.root, self.options)

    @cached_property
    def documents(self) -> list[tuple[Entry, Document]]:
        """Every file that is there, in the order of merging, with what was read."""
        found = [(entry, read(entry.path, entry.name)) for entry in self.entries if _is_there(entry)]
        first = found[0][0].path if found else None
        taken = {entry.name for entry, _ in found}
        included = list_includes(self.root, self.options, first, [])
        new = [entry for entry in included if entry.name not in taken and _is_there(entry)]
        return found + [(entry, read(entry.path, entry.name)) for entry in new]

    @cached_property
    def faults(self) -> list[Fault]:
        """What is wrong with the files: some are missing, some cannot be used."""
        absent = [entry for entry in self.entries if entry.named and not entry.secret and not _is_there(entry)]
        said = "settings_files" in self.options.model_fields_set or not self.documents
        missing = [_missing(entry) for entry in absent if said]
        return missing + [document.fault for _, document in self.documents if document.fault]

    def active_fault(self, environ: Mapping[str, str]) -> Fault | None:
        """What is wrong with the variable that selects the active environment."""
        name = self.active(environ)
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

    def is_secrets_file(self, name: str) -> bool:
        """Whether that file is one for secrets."""
        return any(entry.secret for entry, _ in self.documents if entry.name == name)

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
        prefix = (self.options.envvar_prefix or "dynaconf").lower()
        return tuple(dict.fromkeys((self.options.default_env.lower(), prefix)))

    def active(self, environ: Mapping[str, str]) -> str:
        """The environment that a process with these variables would run with."""
        if not self.options.sectioned:
            return MAIN
        default = self.options.env if isinstance(self.options.env, str) else ",".join(self.options.env)
        return environ.get(self.options.env_switcher, default).strip().lower()

    def is_known(self, environment: str) -> bool:
        """Whether this environment, or each of several with commas, is known."""
        names = [name.strip() for name in environment.split(",")]
        if not self.has_registry and environment == self._default:
            return True
        return all(name in self.environments for name in names)

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
            raise UnknownEnvironment(message, fix=did_you_mean(folded, self.environments))
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


def _missing(entry: Entry) -> Fault:
    fix = f"Create {entry.name}, or take it out of the options."
    return Fault(
        rule="SRC001", message=f"{entry.name} is not there.", fix=fix, origin=Origin(kind="file", file=entry.name)
    )


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
