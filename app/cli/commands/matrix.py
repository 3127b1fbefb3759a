"""`assay matrix`: keys by environments."""

import click

from app.checking.compare import compare
from app.cli import completion
from app.cli.session import CommandSession, deployment_option, pass_session, project_options
from app.cli.text.comparison import matrix as as_text
from app.reports import wire


@click.command("matrix")
@click.argument("environments", nargs=-1, metavar="[ENV]...", shell_complete=completion.environments)
@deployment_option
@project_options
@pass_session
def command(session: CommandSession, environments: tuple[str, ...]) -> int:
    """The named environments, else all, side by side."""
    workspace = session.warned(*environments)
    document = compare(workspace, environments)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, session.width))
    return int(any(map(workspace.is_hidden, document.environments)))
