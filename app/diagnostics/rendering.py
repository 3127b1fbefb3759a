"""A report for the programs that run checks: code scanning, test reports, annotations."""

from pathlib import PurePosixPath

from app.diagnostics.workspace import Workspace
from app.findings import Severity
from app.reports import wire
from app.reports.paths import Paths
from app.sources.project import Project


def render(report: wire.Report, answer: str, workspace: Workspace, level: Severity) -> bytes:
    """The report in one of these formats; only its own module is loaded.

    Args:
        report: what was found.
        answer: the format.
        workspace: where it was found.
        level: what fails.
    """
    paths = paths_of(workspace.project)
    if answer == "junit":
        from app.reports.junit import junit  # noqa: PLC0415 - most calls answer in text

        return junit(report, paths, level)
    if answer == "github":
        from app.reports.github import github  # noqa: PLC0415 - the same

        return github(report, paths)
    from app.reports.sarif import sarif  # noqa: PLC0415 - the same

    return sarif(report, paths)


def paths_of(project: Project) -> Paths:
    """The names of a project's files as its git work tree has them, or as the project has where there is none."""
    root = project.root
    tree = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    home = project.options_file or next((document.name for _, document in project.documents), None)
    return Paths(tree=PurePosixPath(tree.as_posix()), root=PurePosixPath(root.as_posix()), home=home)
