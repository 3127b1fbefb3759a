"""Which environments are there, and how is each?"""

from app.checking.check import validate
from app.project.workspace import Workspace
from app.reports import environments as reports


def environments(workspace: Workspace) -> reports.Environments:
    """Every environment with its verdict in numbers.

    Raises:
        ProjectError: the project's model, or a waiver of it, cannot be used.
    """
    report = validate(workspace)
    return reports.environments(report, {one.name: workspace.tree(one.name) for one in report.environments})
