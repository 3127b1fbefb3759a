"""`assay db upgrade`: the service's tables brought up to date."""

import click

from app.cli import completion
from app.cli.commands.db.options import home
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.status import migration as as_text
from app.reports import wire
from app.service.database import upgrade


@click.command("upgrade")
@click.argument("revision", default="head", metavar="[REVISION]")
@completion.environment_option()
@project_options
@pass_session
def command(session: CommandSession, revision: str, environment: str | None) -> int:
    """Bring the service's tables up to a revision: the newest, the beginning of a name, or +1.

    It is safe to run twice at once, and while the service runs.
    """
    workspace = home(session)
    found = upgrade(workspace, workspace.environment(environment), revision)
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found))
    return 0
