"""The process that asks: its variables, the `.env` files that it loads, and what both make of a project."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from app.core.findings import Fault
from app.core.layers import Origin, Span
from app.project.git.authors import LineAuthors
from app.rules.kit.shared import SharedFacts
from app.sources.environ import beyond
from app.sources.faults import beyond_limit, changed_option, idle_switch
from app.sources.overrides import loads_dotenv
from app.sources.project import Project
from app.sources.project.faults import active_fault
from app.sources.selection import FORCED, Selection, switcher

if TYPE_CHECKING:
    from app.sources.dotenv import Dotenv, DotenvVariable


class ProcessContext(Struct, frozen=True, kw_only=True, dict=True):
    """A project as the process that asks runs it.

    Attributes:
        project: a snapshot of its files.
        environ: this process's variables.
        facts: what rules find out about what environments share.
    """

    project: Project
    environ: Mapping[str, str]
    facts: SharedFacts = field(default_factory=SharedFacts)

    @cached_property
    def memo(self) -> dict[type, Any]:
        """What else has been worked out of it, by who did: what is made of it, an edit tried, has one of its own."""
        return {}

    @property
    def active(self) -> str:
        """The environment that this process would run with, whether it exists or not."""
        return self._selection.name

    @property
    def runs(self) -> bool:
        """Whether this process starts with the environment that is selected."""
        return self.process.may_run(self.active)

    @cached_property
    def _selection(self) -> Selection:
        return self.process.selection(self.texts)

    @cached_property
    def process(self) -> Project:
        """The project as this process loads it: its variables may change options."""
        return self.project.under(self.texts)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The variables of this process once `.env` is loaded."""
        return self.dotenv.over(self.environ) if self.dotenv else self.environ

    @cached_property
    def dotenv(self) -> "Dotenv | None":
        """The project's `.env` files, where it loads any; they belong to the active environment, and may select it."""
        if not loads_dotenv(self.project.options, self.environ):
            return None
        from app.sources.dotenv import read_dotenv  # noqa: PLC0415 - most projects load none

        project = self.project
        return read_dotenv(project.root, project.options, self.environ, once=project.application.loads_dotenv_once)

    @cached_property
    def authors(self) -> LineAuthors:
        """Who wrote the lines of the profiles last."""
        return LineAuthors(project=self.project, environ=self.environ)

    @property
    def dotenv_variables(self) -> "Mapping[str, DotenvVariable]":
        """The variables that this process has from `.env`."""
        return self.dotenv.counting(self.environ) if self.dotenv else {}

    @cached_property
    def is_reconfigured(self) -> bool:
        """Whether variables change how this process loads: others, and other environments', may have them or not."""
        return any(True for _ in self.project.overrides(self.texts))

    @property
    def process_faults(self) -> list[Fault]:
        """What is wrong with `.env`, and what the process's variables do to the project."""
        return [*(self.dotenv.faults if self.dotenv else ()), *self._faults_of_variables()]

    def _faults_of_variables(self) -> Iterator[Fault]:
        for found in self.project.overrides(self.texts):
            yield changed_option(found, self._place(found.variable))
        for name, limit in beyond(self.process.options, self.texts):
            yield beyond_limit(name, limit, self._place(name))
        selection, file = self._selection, self.project.options_file
        if fault := active_fault(self.process, selection, self._place(selection.variable or "")):
            yield fault
        if not self.process.options.sectioned:
            for name in dict.fromkeys((switcher(self.project.options), FORCED)):
                if self.texts.get(name):
                    yield idle_switch(name, self.texts[name], self._place(name), file, self.project.speaking)

    def _place(self, variable: str) -> Origin:
        """Where this process has a variable from."""
        found = self.dotenv_variables.get(variable)
        if found is None:
            return Origin(kind="variable", name=variable)
        span = Span(line=found.line, column=1, end_line=found.line, end_column=1)
        return Origin(kind="dotenv", file=found.file, name=variable, span=span)
