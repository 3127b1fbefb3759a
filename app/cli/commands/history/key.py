"""`assay history key`: when did a key change?"""

import click

from app.cli import completion
from app.cli.commands.history.options import asked, home_option, page_options
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.history.key import changes as as_text
from app.reports import wire


@click.command("key")
@click.argument("key", shell_complete=completion.keys)
@completion.environment_option()
@page_options
@home_option
@project_options
@pass_session
def command(
    session: CommandSession, key: str, environment: str | None, limit: int, before: str | None, home: str | None
) -> int:
    """When a key changed, newest first: from what to what, and where it was set.

    A table's key tells about all its leaves.
    """
    found = asked(session, home, lambda history: history.key(key, environment, limit=limit, before=before))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.width, session.clock()))
    return 0
