"""What a project's model says, whatever runs it: this process, another interpreter, or nobody where there is none.

A model is a source like files and variables: what one of the project's own says comes from outside, and may be late,
broken or hostile to our own names. Asking it runs the project's code, which nothing else here does.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from app.core.errors import ProjectError
from app.core.layers import Layer, Path
from app.core.opening import is_file
from app.core.tree import Tree
from app.modelling.problems import Problem
from app.modelling.shape import Shape
from app.reports.values import Mask, Places
from app.sources.environ import variable_name
from app.sources.project import Project

if TYPE_CHECKING:
    from app.settings import Settings

SERVICE_SCHEMA = "app.schema:Settings"
_MODULES = ("app/schema.py", "app/schema/__init__.py", "src/app/schema.py", "src/app/schema/__init__.py")
_COPY = "assay/__main__.py"
"""What a working copy of Assay has, whose `app.schema` is the service's, in whatever version."""


class ProjectModel(Struct, frozen=True, kw_only=True, dict=True):
    """What is known of a project's model; this is what a project has that names none.

    Attributes:
        project: whose it is.
        environ: this process's variables; the model gets none that a setting might come from.
        environments: those to ask about at once.
        tree: the effective values of an environment.
        is_placed: whether a key is secret by its place.
        variables: those that an environment is known to have, its deployment's and this process's; the model's
            validators find them in `os.environ`.
    """

    project: Project
    environ: Mapping[str, str]
    environments: tuple[str, ...]
    tree: Callable[[str], Tree]
    is_placed: Places
    variables: Callable[[str], Mapping[str, str]] = lambda _: {}

    is_service: ClassVar[bool] = False
    """Whether the project's profiles are the settings of the service."""

    def require(self) -> None:
        """Lets a model pass that can be asked. One of the project's own is asked: its code runs.

        Raises:
            ProjectError: it cannot be imported, is no model, or does not answer.
        """

    @property
    def fault(self) -> ProjectError | None:
        """Why it cannot be asked; None where it can, or where there is none."""
        return None

    @property
    def is_outdated(self) -> bool:
        """Whether it has changed since it was asked."""
        return False

    @property
    def json_schema(self) -> dict[str, Any] | None:
        """Its JSON Schema as anybody may see it; None where there is none.

        Raises:
            ProjectError: it cannot be asked.
        """
        return None

    @property
    def shape(self) -> Shape | None:
        """What it says about its keys; None where nothing does, or it cannot be asked."""
        return None

    @property
    def variable_shape(self) -> Shape | None:
        """The types by which variables are read; None where Dynaconf reads them, as the application does."""
        return None

    @property
    def merged_defaults(self) -> Layer | None:
        """The lowest layer, where the model's defaults are merged with what is set."""
        return None

    def problems(self, environment: str, mask: Mask) -> tuple[Problem, ...]:
        """What it says about an environment; its validators may repeat what they were given, but for the secrets.

        Raises:
            ProjectError: it cannot be asked.
        """
        del environment, mask
        return ()

    def with_defaults(self, tree: Tree) -> Tree:
        """The values that rules judge: where nothing sets a key, the model's own."""
        return tree

    def variable(self, path: Path, tree: Tree) -> str | None:
        """The variable that would set a key of an environment with these values."""
        del tree
        return variable_name(path, self.project.options)

    def settings(self, environment: str) -> "Settings | None":
        """The typed settings of the service for an environment; None where they are invalid, or are none of its."""
        del environment
        return None

    def digest_key(self, tree: Tree) -> bytes | None:
        """What digests of secrets are made with by these settings; None where they say nothing of it."""
        del tree
        return None


def is_service(project: Project) -> bool:
    """Whether a project is configured with the service's own model.

    Many projects have a package `app`, too: where one has an `app.schema` of its own, its options mean that.
    """
    if project.options.schema_ != SERVICE_SCHEMA:
        return False
    if "schema" not in project.options.stated or is_file(project.root / _COPY):
        return True
    return not any(is_file(project.root / module) for module in _MODULES)


def kind_of_model(project: Project) -> type[ProjectModel]:
    """How a project's model is asked."""
    if project.options.schema_ is None:
        return ProjectModel
    if is_service(project):
        from app.project.model.service import ServiceModel  # noqa: PLC0415 - most projects are not the service's own

        return ServiceModel
    from app.project.model.foreign import ForeignModel  # noqa: PLC0415 - most projects have no such model

    return ForeignModel
