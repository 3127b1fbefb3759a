"""`assay release rollback`: releases the values of an older release again."""

import click

from app.cli.commands.release.options import answered, asked, home_option, number_argument
from app.cli.session import CommandSession, pass_session, project_options


@click.command("rollback")
@number_argument()
@click.option("-m", "--message", default="", help="What for.")
@home_option
@project_options
@pass_session
def command(session: CommandSession, release: int, message: str, home: str | None) -> int:
    """Release the values of release ID again, byte for byte, under a new id.

    It is in force at once: those values were judged, and approved where that is asked for, when they were released.
    Ends with 1 where ID is in force, or never was.
    """
    return answered(session, asked(session, home, lambda releasing: releasing.rollback(release, message)))
