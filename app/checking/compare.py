"""How do environments differ?"""

from collections.abc import Sequence

from app.project.workspace import Workspace
from app.reports import wire
from app.reports.difference import difference
from app.reports.matrix import matrix


def diff(workspace: Workspace, left: str, right: str, *, everything: bool = False) -> wire.Difference:
    """The leaves that differ between two environments.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    one, other = (workspace.tree(workspace.environment(name)) for name in (left, right))
    return difference(one, other, workspace.mask(), everything=everything)


def compare(workspace: Workspace, names: Sequence[str] = ()) -> wire.Matrix:
    """The named environments, else all, key by key.

    Raises:
        UnknownEnvironment: there is none of that name.
    """
    chosen = dict.fromkeys([workspace.environment(name) for name in names] or workspace.environments)
    return matrix([workspace.tree(name) for name in chosen], workspace.mask(), workspace.project.base_sections)
