"""What does an environment run with?"""

from msgspec.structs import replace

from app.project.workspace import Workspace
from app.reports import wire
from app.reports.released import released
from app.reports.values import values


def show(workspace: Workspace, name: str | None = None, *, reveal: bool = False) -> wire.Values:
    """The effective values of an environment, by default the active one.

    Args:
        workspace: where to look.
        name: the environment.
        reveal: shows secrets; only a command line may ask for that.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    environment = workspace.environment(name)
    mask = workspace.mask(reveal=reveal)
    found = values(workspace.tree(environment), mask, workspace.digest_key)
    reason = workspace.unjudged(environment)
    return released(replace(found, judged=False, reason=reason) if reason else found, mask.said)
