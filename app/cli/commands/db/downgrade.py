"""`assay db downgrade`: the service's tables taken back."""

import click

from app.cli import completion
from app.cli.commands.db.options import home
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.status import migration as as_text
from app.reports import wire
from app.service.database import downgrade


@click.command("downgrade", context_settings={"ignore_unknown_options": True})  # or -1 would be an option
@click.argument("revision", metavar="REVISION")
@completion.environment_option()
@project_options
@pass_session
def command(session: CommandSession, revision: str, environment: str | None) -> int:
    """Take the service's tables back to a revision: a name, the beginning of one, -1, or base for none at all.

    What the tables hold that an older revision has no place for is lost.
    """
    workspace = home(session)
    found = downgrade(workspace, workspace.environment(environment), revision)
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found))
    return 0
