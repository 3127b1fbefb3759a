"""How do environments differ?"""

from collections.abc import Sequence

from msgspec.structs import replace

from app.project.workspace import Workspace
from app.reports import wire
from app.reports.difference import difference
from app.reports.matrix import matrix
from app.reports.released import released


def diff(workspace: Workspace, left: str, right: str, *, everything: bool = False) -> wire.Difference:
    """The leaves that differ between two environments.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    pair, mask = [workspace.environment(name) for name in (left, right)], workspace.mask()
    one, other = map(workspace.tree, pair)
    found = difference(one, other, mask, everything=everything)
    reason = next(filter(None, map(workspace.unjudged, pair)), None)
    return released(replace(found, judged=False, reason=reason) if reason else found, mask.said)


def compare(workspace: Workspace, names: Sequence[str] = ()) -> wire.Matrix:
    """The named environments, else all, key by key.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    chosen = dict.fromkeys([workspace.environment(name) for name in names] or workspace.environments)
    mask = workspace.mask()
    found = matrix([workspace.tree(name) for name in chosen], mask, workspace.project.base_sections, workspace.usage)
    unjudged = {name: reason for name in chosen if (reason := workspace.unjudged(name))}
    return released(replace(found, judged=False, unjudged=unjudged) if unjudged else found, mask.said)
