"""Reports for the programs that run checks: code scanning, test reports, annotations."""

from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath

from app.core.errors import AssayError
from app.core.findings import Severity
from app.core.opening import exists
from app.editing.apply import applied
from app.formats.checked import CheckedProject
from app.formats.paths import Paths
from app.formats.replacement import Replacement, replacement
from app.project.workspace import Workspace
from app.reports import wire
from app.sources.project import Project


def render(found: Sequence[tuple[wire.Report, Workspace]], answer: str, level: Severity) -> bytes:
    """The reports in one of these formats; only its own module is loaded.

    Args:
        found: each report, and where it was found.
        answer: the format.
        level: what fails.
    """
    checked = [
        CheckedProject(report, paths_of(workspace.project), partial(_mended, workspace)) for report, workspace in found
    ]
    if answer == "junit":
        from app.formats.junit import junit  # noqa: PLC0415 - most calls answer in text

        return junit(level, *checked)
    if answer == "github":
        from app.formats.github import github  # noqa: PLC0415 - the same

        return github(*checked)
    from app.formats.sarif import sarif  # noqa: PLC0415 - the same

    return sarif(*checked)


def _mended(workspace: Workspace, edit: wire.FixEdit) -> Replacement | None:
    """What the edit replaces in a file that is there; None where it leaves something to people, or to the process."""
    if edit.kind == "variable" or (edit.value is None and edit.kind != "unset"):
        return None
    try:
        change = applied(workspace, edit)
    except AssayError:
        return None
    return None if change.before is None else replacement(change.file, change.before, change.after)


def paths_of(project: Project) -> Paths:
    """The names of a project's files as its git work tree has them, or as the project has where there is none."""
    root = project.root
    tree = next((folder for folder in (root, *root.parents) if exists(folder / ".git")), root)
    home = project.options_file or next((document.name for _, document in project.documents), None)
    return Paths(tree=PurePosixPath(tree.as_posix()), root=PurePosixPath(root.as_posix()), home=home)
