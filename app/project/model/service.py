"""The service's own model, in this process: its types read the variables, and its defaults are the lowest layer."""

from functools import cached_property
from typing import Any, ClassVar

from app.core.layers import Layer
from app.core.tree import Tree
from app.modelling.build import build
from app.modelling.declared import defaults_of, shape_of
from app.modelling.document import described
from app.modelling.problems import Problem
from app.modelling.shape import Shape
from app.project.model import ProjectModel
from app.reports.values import Mask
from app.rules.kit.variables import without_strangers
from app.settings import Settings
from app.sources.environ import usable_key


class ServiceModel(ProjectModel, frozen=True, kw_only=True, dict=True):
    """The model of the service's settings."""

    is_service: ClassVar[bool] = True

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return described(Settings)

    @property
    def shape(self) -> Shape:
        """What it says about its keys."""
        return shape_of(Settings)

    @property
    def variable_shape(self) -> Shape:
        """The types by which variables are read."""
        return self.shape

    @cached_property
    def merged_defaults(self) -> Layer:
        """The lowest layer."""
        values, models = defaults_of(Settings)
        return Layer(kind="default", values=values, models=models)

    def problems(self, environment: str, mask: Mask) -> tuple[Problem, ...]:
        """What it says about an environment, never with a value."""
        del mask
        return self._built(environment)[1]

    def settings(self, environment: str) -> Settings | None:
        """The typed settings of an environment; None where they are invalid."""
        return self._built(environment)[0]

    def _built(self, environment: str) -> tuple[Settings | None, tuple[Problem, ...]]:
        """The settings, or what is wrong with them; an unknown variable is no reason to refuse the rest."""
        known = without_strangers(self.tree(environment), self.shape)
        return build(known, Settings, production=self.project.is_production(environment))

    def digest_key(self, tree: Tree) -> bytes | None:
        """The setting `history.digest_key`, where it holds a key."""
        leaf = tree.get("history", "digest_key")
        return usable_key(leaf.value) if leaf and isinstance(leaf.value, str) else None
