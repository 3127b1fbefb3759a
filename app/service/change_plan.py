"""What a change does to each environment, for whoever asks a running service."""

from anyio import Lock

from app.planning.git.repository import find_repository
from app.planning.git.revisions import NamedRevision, named_revisions
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.project.workspace import Workspace
from app.reports.plan import ChangePlan
from app.reports.released import Masking
from app.sources.environ import taken

ONE_AT_A_TIME = Lock()
"""A plan is two checks of all environments: the next one waits before it takes a thread from others."""


def planned(workspace: Workspace, base: str, head: str, only: tuple[str, ...] = ()) -> ChangePlan:
    """The plan of two revisions; an empty one means what `assay plan` takes by default.

    A viewer may ask for it, and who may push a branch may write its options: of a revision that HEAD does not hold no
    code runs, and it has those variables of the process alone that the project takes as it is served. What is secret
    there is nowhere shown, whatever a revision says of it.

    Raises:
        AssayError: as `plan` does.
    """
    call = workspace.project.application.chosen
    found = plan(
        PlanRequest(
            root=workspace.project.root,
            environ=workspace.environ,
            clock=workspace.clock,
            revisions=f"{base}..{head}",
            scope=workspace.scope,
            call=f"{call.module.file}:{call.line}" if call else "",
            only=only,
            accepted=taken(workspace.project.options, workspace.environ),
        )
    )
    return Masking(workspace.mask().said)(found)


def choices(workspace: Workspace) -> list[NamedRevision]:
    """Branches, tags and commits to choose from, without what the project knows to be secret.

    Raises:
        RepositoryError: there is no repository.
    """
    repository = find_repository(workspace.project.root, workspace.environ)
    return named_revisions(repository, workspace.mask().said)
