"""`assay release diff`: how do two releases differ?"""

import click

from app.cli.commands.release.options import asked, home_option, number_argument
from app.cli.session import CommandSession, pass_session, project_options, wide_option
from app.cli.text.comparison import difference as as_text
from app.reports import wire


@click.command("diff")
@number_argument("left")
@number_argument("right")
@click.option("--exit-code", is_flag=True, help="End with 1 where they differ.")
@home_option
@wide_option
@project_options
@pass_session
def command(session: CommandSession, left: int, right: int, home: str | None, *, exit_code: bool) -> int:
    """The values that differ between two releases, of whatever environments."""
    found = asked(session, home, lambda releasing: releasing.difference(left, right))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.room))
    return int(exit_code and bool(found.changes))
