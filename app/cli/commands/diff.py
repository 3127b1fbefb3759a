"""`assay diff`: how do two environments differ?"""

import click

from app.checking.compare import diff
from app.cli.environment_options import environments
from app.cli.session import CommandSession, deployment_option, pass_over, pass_session, project_options, wide_option
from app.cli.text.comparison import difference as as_text
from app.core.errors import ArgumentError
from app.reports import wire

_SIDES = 2


@click.command("diff")
@environments("sides", "LEFT RIGHT")
@click.option("--exit-code", is_flag=True, help="End with 1 where they differ.")
@click.option("--all", "everything", is_flag=True, help="List the equal ones too.")
@deployment_option
@wide_option
@project_options
@pass_session
def command(session: CommandSession, sides: tuple[str, ...], *, exit_code: bool, everything: bool) -> int:
    """The values that differ between two environments, each with its origin on both sides."""
    if len(sides) != _SIDES:
        message = f"Two environments are compared, not {len(sides)}."
        raise ArgumentError(message, fix="Name both: assay diff LEFT RIGHT.")
    left, right = sides
    workspace = session.warned(left, right)
    with session.busy("resolving both environments"):
        document = diff(workspace, left, right, everything=everything)
    if session.format == "json":
        session.emit(wire.encode(document))
    elif not document.judged and not document.changes:
        told = f"Whether {document.left} and {document.right} differ is not known: {document.reason}."
        session.print(pass_over(told))
    else:
        session.print(as_text(document, session.room))
    differs = not document.judged or any(change.kind != "same" for change in document.changes)
    return int((exit_code and differs) or any(map(workspace.is_hidden, (document.left, document.right))))
