"""`assay db status`: what an environment's database is doing."""

import click

from app.cli import completion
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.status import status as as_text
from app.reports import wire
from app.service.database import status

UNREACHABLE = 3


@click.command("status")
@completion.environment_option()
@project_options
@pass_session
def command(session: CommandSession, environment: str | None) -> int:
    """What an environment's database is doing: whether it answers and how fast, its server, its tables.

    Ends with 0 when it answers or none is configured, with 3 when it cannot be reached.
    """
    workspace = session.workspace()
    found = status(workspace, workspace.environment(environment))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.width))
    return 0 if found.connected or not found.configured else UNREACHABLE
