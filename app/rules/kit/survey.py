"""A whole project as rules about files, sections and variables see it."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from app.core.layers import Locate, Origin, Path
from app.core.tree import Tree
from app.core.usage.reads import NOTHING_READ, Usage
from app.core.usage.wanting import MissingKey, missing_keys
from app.core.validators import Demands
from app.rules.kit.subject import EnvironmentContext


class SurveyedFile(Struct, frozen=True, kw_only=True):
    """One profile file as it was read.

    Attributes:
        name: relative to the project's root, with `/`.
        values: its tables; empty where it does not parse.
        locate: the position of a path of `values`.
        secret: whether it is a file for secrets.
        broken: whether it could not be read, so that nothing is known about what it says.
        patterns: the entries of the options that match it, in their order; more than one where it is matched twice.
        text: what it says, comments included; empty where it could not be read.
        mode: the permission bits of a file for secrets; None where the system has none.
    """

    name: str
    values: Mapping[str, Any]
    locate: Locate
    secret: bool = False
    broken: bool = False
    patterns: tuple[str, ...] = ()
    text: str = ""
    mode: int | None = None

    def origin(self, path: Path, *, section: str | None = None) -> Origin:
        """The place of a path in this file; a table that has no header of its own stands where its first key does."""
        value: Any = self.values
        for part in path:
            value = value[part]
        span = self.locate(path)
        while span is None and isinstance(value, Mapping | list) and value:
            part, value = next(iter(value.items() if isinstance(value, Mapping) else enumerate(value)))
            path = (*path, part)
            span = self.locate(path)
        return Origin(kind="file", file=self.name, section=section, span=span)


class ProjectContext(Struct, frozen=True, kw_only=True, dict=True):
    """Everything that is known about a project.

    Attributes:
        files: in the order in which they are merged.
        subjects: every environment by its name, asked for or not, in the project's order, but for those that cannot
            be judged.
        environments: the known environments.
        registry: whether the options say of every environment that there is.
        listed: the names of `environments`, where it is a list; sections of other names are loaded too.
        sectioned: whether sections are environments.
        base_sections: sections below every environment's own (`default`, the prefix's).
        production: the names that the options call production-like.
        reserved: top-level keys, in upper case, that would reconfigure Dynaconf.
        hooks: Python files that Dynaconf runs because they lie beside a profile, by their names.
        merge_enabled: the option.
        separator: between the parts of a variable's key.
        includes: included names as the options or the files write them, with the place.
        dotenv: the `.env` file, where the project loads one and it is there.
        examples: the files that show which secrets belong into the secrets files.
        reconfigured: whether variables of this process, or of `.env`, change how it loads, so that an inactive
            environment may have what the active one has.
        whole: whether every environment could be judged, so that what none of them has is known.
        is_committed: whether a file is in everybody's hands, as each subject knows it.
        demands: what the code does with validators.
        usage: what the code reads.
        is_named: whether something beside profiles and code names a variable, which may then be set anywhere.
        tracks: whether git tracks a file; None where there is no repository.
    """

    files: tuple[SurveyedFile, ...]
    subjects: Mapping[str, EnvironmentContext]
    environments: tuple[str, ...]
    registry: bool
    sectioned: bool
    base_sections: tuple[str, ...]
    production: tuple[str, ...]
    listed: tuple[str, ...] = ()
    reserved: frozenset[str] = frozenset()
    hooks: tuple[str, ...] = ()
    merge_enabled: bool = False
    separator: str = "__"
    includes: tuple[tuple[str, Origin | None], ...] = ()
    dotenv: SurveyedFile | None = None
    examples: tuple[SurveyedFile, ...] = ()
    reconfigured: bool = False
    whole: bool = True
    demands: Demands = Demands()
    usage: Usage = NOTHING_READ
    is_named: Callable[[str], bool] = lambda _: False
    is_committed: Callable[[str], bool] = lambda _: False
    tracks: Callable[[str], bool | None] = lambda _: None

    @cached_property
    def trees(self) -> Mapping[str, Tree]:
        """The effective values of every environment."""
        return {name: subject.tree for name, subject in self.subjects.items()}

    @cached_property
    def missing(self) -> tuple[MissingKey, ...]:
        """The keys that the code reads, and that some environment has not; none where no read was found at all."""
        return tuple(missing_keys(self.usage, self.trees.values())) if self.usage.is_seen else ()

    @property
    def secret_files(self) -> Iterator[SurveyedFile]:
        """The files for secrets that are there, `.env` last."""
        yield from (file for file in self.files if file.secret)
        if self.dotenv:
            yield self.dotenv

    def is_base(self, section: str) -> bool:
        """Whether a section is no environment's own: the base sections, and `global`."""
        return section.lower() in {*self.base_sections, "global"}

    def sections(self) -> Iterator[tuple[SurveyedFile, Path, Mapping[str, Any]]]:
        """Every table of settings with its path: the sections of each file, or the whole file where it has none."""
        for file in self.files:
            if not self.sectioned:
                yield file, (), file.values
                continue
            yield from ((file, (name,), table) for name, table in file.values.items() if isinstance(table, Mapping))

    def tables(self) -> Iterator[tuple[SurveyedFile, Path, Mapping[str, Any]]]:
        """Every table of every file with its path, the file's own first."""
        for file in self.files:
            yield from ((file, path, table) for path, table in _tables(file.values, ()))


def _tables(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield path, value
        for key, item in value.items():
            yield from _tables(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _tables(item, (*path, number))
