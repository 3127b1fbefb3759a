"""`assay history list`: what was recorded."""

import click

from app.cli import completion
from app.cli.commands.history.options import asked, home_option, page_options
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.history.listing import snapshots as as_text
from app.reports import wire


@click.command("list")
@completion.environment_option("default: all")
@page_options
@home_option
@project_options
@pass_session
def command(session: CommandSession, environment: str | None, limit: int, before: str | None, home: str | None) -> int:
    """What was recorded, newest first: a snapshot for each change, with its verdict.

    Ends with 3 when the database cannot be reached.
    """
    found = asked(session, home, lambda history: history.listed(environment, limit=limit, before=before))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        project = (session.folder / session.project).resolve().name
        whose = f"{environment} in {project}" if environment else project
        session.print(as_text(found, session.width, session.clock(), whose))
    return 0
