"""`assay release list`: what was released."""

import click

from app.cli.commands.release.options import asked, home_option, page_options
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.releases import releases as as_text
from app.reports import wire


@click.command("list")
@one_environment
@page_options
@home_option
@project_options
@pass_session
def command(session: CommandSession, environment: str | None, limit: int, before: str | None, home: str | None) -> int:
    """What was released, newest first, of an environment or of all.

    Ends with 3 when the database cannot be reached.
    """
    found = asked(session, home, lambda releasing: releasing.listed(environment, limit=limit, before=before))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.room, session.clock()))
    return 0
