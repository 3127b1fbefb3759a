"""How do environments differ?"""

from collections.abc import Sequence

from msgspec.structs import replace

from app.project.workspace import Workspace
from app.reports import wire
from app.reports.difference import difference
from app.reports.matrix import matrix


def diff(workspace: Workspace, left: str, right: str, *, everything: bool = False) -> wire.Difference:
    """The leaves that differ between two environments.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    pair = [workspace.environment(name) for name in (left, right)]
    one, other = map(workspace.tree, pair)
    found = difference(one, other, workspace.mask(), everything=everything)
    reason = next(filter(None, map(workspace.unjudged, pair)), None)
    return replace(found, judged=False, reason=reason) if reason else found


def compare(workspace: Workspace, names: Sequence[str] = ()) -> wire.Matrix:
    """The named environments, else all, key by key.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    chosen = dict.fromkeys([workspace.environment(name) for name in names] or workspace.environments)
    found = matrix([workspace.tree(name) for name in chosen], workspace.mask(), workspace.project.base_sections)
    unjudged = {name: reason for name in chosen if (reason := workspace.unjudged(name))}
    return replace(found, judged=False, unjudged=unjudged) if unjudged else found
