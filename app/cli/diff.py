"""`assay diff`: how do two environments differ?"""

import click

from app.cli import completion
from app.cli.session import Session, pass_session, project_options
from app.cli.text.comparison import difference as as_text
from app.diagnostics.comparison import diff
from app.reports import wire


@click.command("diff")
@click.argument("left", shell_complete=completion.environments)
@click.argument("right", shell_complete=completion.environments)
@click.option("--exit-code", is_flag=True, help="End with 1 where they differ.")
@click.option("--all", "everything", is_flag=True, help="List the equal ones too.")
@project_options
@pass_session
def command(session: Session, left: str, right: str, *, exit_code: bool, everything: bool) -> int:
    """The leaves that differ between two environments, each with its origin on both sides."""
    document = diff(session.warned(), left, right, everything=everything)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, session.width))
    return int(exit_code and any(change.kind != "same" for change in document.changes))
