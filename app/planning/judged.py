"""One side of a plan: its values, and what is found about them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from app.checking.check import validate
from app.core.tree import Tree
from app.planning.git.repository import GitRevision
from app.planning.workspaces import at
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.released import Masking


class Resolved(Struct, frozen=True, kw_only=True):
    """The values of one side; nothing where it has no project."""

    workspace: Workspace | None

    @property
    def names(self) -> tuple[str, ...]:
        """Its environments."""
        return self.workspace.environments if self.workspace else ()

    def tree(self, name: str) -> Tree:
        """The values of an environment; none where it is not on this side."""
        is_here = self.workspace and (name in self.names or self.workspace.is_hidden(name))
        return self.workspace.tree(name) if self.workspace and is_here else Tree(environment=name, leaves=())


class JudgedSide(Resolved, frozen=True, kw_only=True):
    """The same with its report."""

    findings: Sequence[wire.ReportedFinding]
    waived: Sequence[wire.ReportedFinding]
    environments: Mapping[str, wire.EnvironmentReport]

    def said(self, environment: str, variable: str) -> str:
        """What the deployment of an environment says in place of a variable's value that is elsewhere."""
        deployment = self.workspace.deployment(environment) if self.workspace else None
        found = deployment.variables.get(variable) if deployment else None
        return found.said if found else ""

    def hides(self, name: str) -> str | None:
        """Why nobody knows what an environment is on this side: a file that it needs cannot be read."""
        if name in self.environments:
            reason = self.environments[name].reason
            return reason if isinstance(reason, str) else None
        return self.workspace.unjudged(name) if self.workspace and self.workspace.is_hidden(name) else None


def resolved(workspace: Workspace | None, revision: GitRevision) -> Resolved:
    """A side with the values of its environments.

    Raises:
        ProjectError: its model cannot be asked.
    """
    if workspace is not None:
        with at(revision):
            workspace.model.require()
            for name in workspace.environments:
                workspace.tree(name)
    return Resolved(workspace=workspace)


def judged(side: Resolved, revision: GitRevision, masking: Masking) -> JudgedSide:
    """What is found on a side.

    Raises:
        ProjectError: its model cannot be asked, or it waives or ignores a rule that there is not.
    """
    if side.workspace is None:
        return JudgedSide(workspace=None, findings=(), waived=(), environments={})
    with at(revision):
        report = validate(side.workspace, fingerprints=False, masking=masking)
    named = dict(zip(side.names, report.environments, strict=True))
    return JudgedSide(workspace=side.workspace, findings=report.findings, waived=report.waived, environments=named)
