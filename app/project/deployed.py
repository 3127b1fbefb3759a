"""What deployments say of a project's environments: those that its options name, and one that a call may add."""

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from app.sources.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.core.deployment import Deployment
    from app.deployments.given import GivenSource


class Given(Struct, frozen=True, kw_only=True):
    """A source of variables that one call names, and the environments that it belongs to."""

    source: "GivenSource"
    environments: tuple[str, ...]


class Deployments(Struct, frozen=True, kw_only=True, dict=True):
    """The deployments of a project, each read once.

    Attributes:
        project: a snapshot of its files.
        given: one more source of variables for some environments.
    """

    project: Project
    given: Given | None = None

    def of(self, environment: str) -> "Deployment | None":
        """What the deployment of an environment says; None where neither the options nor the call name one."""
        sources = self.project.options.deployments.get(environment, [])
        given = self.given if self.given and environment in self.given.environments else None
        if not sources and given is None:
            return None
        if environment not in self._read:
            from app.deployments.reading import read_deployment  # noqa: PLC0415 - most projects name none

            project, source = self.project, given.source if given else None
            found = read_deployment(project.root, project.bounds, project.options, environment, sources, source)
            self._read[environment] = found
        return self._read[environment]

    @cached_property
    def _read(self) -> "dict[str, Deployment]":
        return {}

    @cached_property
    def all(self) -> "Mapping[str, Deployment]":
        """What deployments say, by environment, where one is named."""
        given = self.given.environments if self.given else ()
        names = dict.fromkeys((*self.project.options.deployments, *given))
        return {name: found for name in names if (found := self.of(name))}
