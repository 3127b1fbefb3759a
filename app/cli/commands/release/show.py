"""`assay release show`: one release."""

import click

from app.cli.commands.release.options import asked, home_option, number_argument
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.releases import release as as_text
from app.reports import wire


@click.command("show")
@number_argument()
@home_option
@project_options
@pass_session
def command(session: CommandSession, release: int, home: str | None) -> int:
    """One release: who made it, what for, whether it is in force, and which keys each instance supplies."""
    found = asked(session, home, lambda releasing: releasing.shown(release))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.clock()))
    return 0
