"""Which environments are there, and how is each?"""

from app.checking.check import validate
from app.project.workspace import Workspace
from app.reports import environments as reports
from app.reports.released import released


def environments(workspace: Workspace) -> reports.Environments:
    """Every environment with its verdict in numbers.

    Raises:
        ProjectError: the project's model, or a waiver of it, cannot be used.
    """
    report, said = validate(workspace), workspace.mask().said
    trees = {said(name): workspace.tree(name) for name in workspace.environments}
    return released(reports.environments(report, trees), said)
