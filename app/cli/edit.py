"""What `assay set` and `assay unset` have in common: their options, and how they answer."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from app.cli import completion
from app.cli.session import CommandSession, pass_over
from app.cli.text.edit import edit as as_text
from app.editing.edits import Permission
from app.reports import wire
from app.reports.edit import EditReport


def edit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Whose value, in which file, and how far the command may go."""
    options = (
        click.option("--env", "environment", metavar="ENV", required=True, shell_complete=completion.environments,
                     help="Whose value; the base section's name (default) for all of them."),
        click.option("--file", metavar="FILE", help="The profile to edit (default: the one where it takes effect)."),
        click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing."),
        click.option("--force", is_flag=True, help="Write it also where it adds an error or has no effect."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def permission(given: Mapping[str, Any]) -> Permission:
    """How far the command may go."""
    if given["dry_run"]:
        return "judge"
    return "force" if given["force"] else "write"


def answer(session: CommandSession, document: EditReport, given: Mapping[str, Any]) -> int:
    """Prints what an edit does, and gives the exit status: 1 where it is refused."""
    if document.hint:
        click.echo(f"assay: {pass_over(document.hint)}", err=True)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, session.width))
    return 1 if document.refusal and not given["force"] else 0
