"""A project's own Pydantic model: asked when somebody wants to know, and the answer remembered."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ProjectError
from app.core.tree import Tree
from app.modelling.build import Problem
from app.project.model import ModelError, model_files
from app.project.model_client import AnsweredModel, ask_model
from app.project.redaction import concealed, concealed_error, concealed_words
from app.reports.values import Mask, Places
from app.rules.kit.subject import EnvironmentContext
from app.sources.project import Project

type _Mark = tuple[int, int, int, int]


class Foreign(Struct, frozen=True, kw_only=True, dict=True):
    """A project's own model.

    Attributes:
        project: whose it is.
        environ: this process's variables; the model gets none that a setting might come from.
        environments: those to ask about at once.
        tree: the effective values of an environment.
        is_placed: whether a key is secret by its place.
    """

    project: Project
    environ: Mapping[str, str]
    environments: tuple[str, ...]
    tree: Callable[[str], Tree]
    is_placed: Places

    @cached_property
    def _models(self) -> list[AnsweredModel]:
        return []

    @cached_property
    def _failures(self) -> list[ProjectError]:
        return []

    @cached_property
    def _marks(self) -> dict[Path, _Mark | None]:
        return {}

    def model(self, environment: str | None = None) -> AnsweredModel:
        """The model with what it says about an environment, for which it is asked about all at once.

        Raises:
            ProjectError: it cannot be asked; one that hangs is not asked again.
        """
        for model in self._models:
            if environment is None or environment in model.problems:
                return model
        for failure in self._failures:
            raise failure.with_traceback(None)
        self._see(model_files(self.project.options.schema_ or "", self.project.root))
        names = () if environment is None else dict.fromkeys((*self.environments, environment))
        try:
            found = ask_model(self.project, self.environ, {name: self.tree(name) for name in names})
        except ProjectError as error:
            if isinstance(error, ModelError):
                trees = [self.tree(name) for name in self.environments]
                error.message = concealed_error(error, trees, self._by_name)
            self._failures.append(error)
            raise
        self._models.append(found)
        self._see([Path(file) for file in found.answer.files])
        return found

    @property
    def _by_name(self) -> Mask:
        """What may be shown where the model cannot be asked."""
        nothing = Tree(environment="", leaves=())
        judge = EnvironmentContext(tree=nothing, production=False, active=False, roles=self.project.options.roles)
        return Mask(role=judge.role, is_placed=self.is_placed)

    def problems(self, environment: str, mask: Mask) -> tuple[Problem, ...]:
        """What it says about an environment; its validators may repeat what they were given, but for the secrets.

        Raises:
            ProjectError: it cannot be asked.
        """
        found, trees = self.model(environment).problems[environment], [self.tree(environment)]
        return tuple(replace(problem, message=_said(problem, trees, mask)) for problem in found)

    @cached_property
    def fault(self) -> ProjectError | None:
        """Why it cannot be asked; None where it can."""
        try:
            self.model()
        except ProjectError as error:
            return error
        return None

    @property
    def is_outdated(self) -> bool:
        """Whether its files have changed since it was asked."""
        return any(_changed(file) != mark for file, mark in self._marks.items())

    def _see(self, files: list[Path]) -> None:
        for file in files:
            self._marks.setdefault(file, _changed(file))


def _said(problem: Problem, trees: list[Tree], mask: Mask) -> str:
    hide = concealed if problem.own else concealed_words
    return hide(problem.message, problem.path, trees, mask)


def _changed(file: Path) -> _Mark | None:
    """What changes whenever a file does, even where its size and time are kept; None where there is none."""
    try:
        found = file.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
