"""What a change does to each environment, for whoever asks a running service."""

from anyio import Lock

from app.planning.plan import plan
from app.planning.repository import find_repository
from app.planning.revisions import NamedRevision, named_revisions
from app.planning.side import PlanRequest
from app.project.workspace import Workspace
from app.reports.plan import ChangePlan

ONE_AT_A_TIME = Lock()
"""A plan is two checks of all environments: the next one waits before it takes a thread from others."""


def planned(workspace: Workspace, base: str, head: str, only: tuple[str, ...] = ()) -> ChangePlan:
    """The plan of two revisions; an empty one means what `assay plan` takes by default.

    A viewer may ask for it: a model of the project runs from revisions alone that HEAD holds, whose code was accepted.

    Raises:
        AssayError: as `plan` does.
    """
    call = workspace.project.application.chosen
    return plan(
        PlanRequest(
            root=workspace.project.root,
            environ=workspace.environ,
            clock=workspace.clock,
            revisions=f"{base}..{head}",
            scope=workspace.scope,
            call=f"{call.module.file}:{call.line}" if call else "",
            only=only,
            trusts_any=False,
        )
    )


def choices(workspace: Workspace) -> list[NamedRevision]:
    """Branches, tags and commits to choose from, without what the project knows to be secret.

    Raises:
        RepositoryError: there is no repository.
    """
    repository = find_repository(workspace.project.root, workspace.environ)
    return named_revisions(repository, workspace.mask().said)
