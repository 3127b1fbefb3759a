"""Source lines for whoever reads a report, with what is secret in them masked."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from app.project.workspace import Workspace

if TYPE_CHECKING:
    from app.reports.present.excerpt import Excerpts

type LineOf = Callable[[str, int], str | None]


def lines_of(workspace: Workspace) -> LineOf:
    """Gives a line of a file of the project by the file's name and the line's number; None where none may be shown."""
    project = workspace.project

    @cache
    def excerpts() -> "Excerpts":
        from app.reports.present.excerpt import Excerpts  # noqa: PLC0415 - a clean report shows no line

        mask = workspace.mask()
        return Excerpts(mask.hides, mask.said, sectioned=project.options.sectioned)

    def line(file: str, number: int) -> str | None:
        document = project.document(file) or workspace.process.document(file)
        return excerpts().line(document, number) if document else None

    return line
