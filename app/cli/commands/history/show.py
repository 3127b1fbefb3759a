"""`assay history show`: one snapshot."""

import click

from app.cli.commands.history.options import asked, home_option
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.history.snapshot import recorded as as_text
from app.reports import wire


@click.command("show")
@click.argument("snapshot", metavar="ID")
@home_option
@project_options
@pass_session
def command(session: CommandSession, snapshot: str, home: str | None) -> int:
    """One snapshot: its values, since when each of them holds, and its verdict.

    ID is a snapshot's, as `assay history list` tells it; its first digits are enough.
    """
    found = asked(session, home, lambda history: history.shown(snapshot))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.width, session.clock()))
    return 0
