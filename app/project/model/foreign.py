"""A project's own Pydantic model: asked when somebody wants to know, and the answer remembered."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.core.errors import ProjectError
from app.core.layers import Path as KeyPath
from app.core.tree import Leaf, Tree
from app.modelling.classifier import RoleClassifier
from app.modelling.problems import Problem
from app.modelling.shape import Shape
from app.project.model import ProjectModel
from app.project.model.answered import AnsweredModel, ask_model
from app.project.model.ask import model_files
from app.project.model.errors import ModelError
from app.project.redaction import concealed, concealed_error, concealed_words
from app.reports.values import Mask
from app.sources.resolution import with_defaults

type _Mark = tuple[int, int, int, int]


class ForeignModel(ProjectModel, frozen=True, kw_only=True, dict=True):
    """A model of the project's own."""

    @cached_property
    def _models(self) -> list[AnsweredModel]:
        return []

    @cached_property
    def _failures(self) -> list[ProjectError]:
        return []

    @cached_property
    def _marks(self) -> dict[Path, _Mark | None]:
        return {}

    def answered(self, environment: str | None = None) -> AnsweredModel:
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
            trees = {name: self.tree(name) for name in names}
            found = ask_model(self.project, self.environ, trees, {name: self._environ(name) for name in names})
        except ProjectError as error:
            if isinstance(error, ModelError):
                known = [*map(self.tree, self.environments), *map(self._given, names)]
                error.message = concealed_error(error, known, self._by_name)
            self._failures.append(error)
            raise
        self._models.append(found)
        self._see([Path(file) for file in found.answer.files])
        return found

    @property
    def _by_name(self) -> Mask:
        """What may be shown where the model cannot be asked."""
        return Mask(role=RoleClassifier(roles=self.project.options.roles).role, is_placed=self.is_placed)

    def problems(self, environment: str, mask: Mask) -> tuple[Problem, ...]:
        """What it says about an environment; its validators may repeat what they were given, but for the secrets.

        Raises:
            ProjectError: it cannot be asked.
        """
        found = self.answered(environment).problems[environment]
        trees = [self.tree(environment), self._given(environment)]
        return tuple(replace(problem, message=_said(problem, trees, mask)) for problem in found)

    def _environ(self, environment: str) -> Mapping[str, str]:
        """The variables of an environment; what the service itself is configured with is nobody else's."""
        found = self.variables(environment)
        return {name: text for name, text in found.items() if not name.upper().startswith("ASSAY_")}

    def _given(self, environment: str) -> Tree:
        """The same as values that what the model says may not repeat."""
        found = self._environ(environment).items()
        leaves = (Leaf(path=(name.lower(),), value=text, layer=None, source=(name,)) for name, text in found)
        return Tree(environment=environment, leaves=tuple(leaves))

    @cached_property
    def fault(self) -> ProjectError | None:
        """Why it cannot be asked; None where it can."""
        try:
            self.answered()
        except ProjectError as error:
            return error
        return None

    def require(self) -> None:
        """Asks the model, about the environments that are known.

        Raises:
            ProjectError: it cannot be imported, is no model, or does not answer.
        """
        self.answered(next(iter(self.environments), None))

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its JSON Schema as anybody may see it.

        Raises:
            ProjectError: it cannot be asked.
        """
        return self.answered().schema

    @property
    def shape(self) -> Shape | None:
        """What it says about its keys; None where it cannot be asked."""
        return None if self.fault else self.answered().shape

    def with_defaults(self, tree: Tree) -> Tree:
        """The values that rules judge: where nothing sets a key, the model's own."""
        return with_defaults(tree, self.answered(tree.environment).defaults)

    def variable(self, path: KeyPath, tree: Tree) -> str | None:
        """The variable that would set a key: one that is new below a table gets the case that the variable has."""
        name, leaf = super().variable(path, tree), tree.get(*path)
        if name is None or (leaf and leaf.path == path):
            return name
        top = super().variable(path[:1], tree) or ""
        return self.project.options.separator.join([top, *(str(part) for part in path[1:])])

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
