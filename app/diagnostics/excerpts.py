"""Source lines for whoever reads a report, with what is secret in them masked."""

from collections.abc import Callable

from app.diagnostics.workspace import Workspace
from app.reports.excerpt import Excerpts

type LineOf = Callable[[str, int], str | None]


def lines_of(workspace: Workspace) -> LineOf:
    """Gives a line of a file of the project by the file's name and the line's number; None where none may be shown."""
    project = workspace.project
    excerpts = Excerpts(workspace.mask().role, sectioned=project.options.sectioned)

    def line(file: str, number: int) -> str | None:
        document = project.document(file)
        return excerpts.line(document, number) if document else None

    return line
