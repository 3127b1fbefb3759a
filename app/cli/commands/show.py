"""`assay show`: what does an environment run with?"""

import click

from app.checking.values import show
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, deployment_option, pass_session, project_options, wide_option
from app.cli.text.values import values as as_text
from app.reports import wire


@click.command("show")
@one_environment
@click.option("--reveal", is_flag=True, help="Show secrets.")
@deployment_option
@wide_option
@project_options
@pass_session
def command(session: CommandSession, environment: str | None, *, reveal: bool) -> int:
    """The effective values of an environment (by default the active one), and where each comes from."""
    workspace = session.warned(environment)
    with session.busy("resolving the environment"):
        document = show(workspace, environment, reveal=reveal)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, None if reveal else session.room))
    return int(workspace.is_hidden(document.environment))
