"""`assay history diff`: how do two snapshots differ?"""

import click

from app.cli.commands.history.options import asked, home_option
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.history.difference import difference as as_text
from app.reports import wire
from app.service.history_queries import differs


@click.command("diff")
@click.argument("left", metavar="ID")
@click.argument("right", metavar="ID|now")
@click.option("--exit-code", is_flag=True, help="End with 1 where they differ.")
@click.option("--all", "everything", is_flag=True, help="List the equal leaves too.")
@home_option
@project_options
@pass_session
def command(
    session: CommandSession, left: str, right: str, home: str | None, *, exit_code: bool, everything: bool
) -> int:
    """The values that differ between two snapshots, each with its origin on both sides.

    With `now` as the second: what has changed since, in the files and variables as they are.
    """
    found = asked(session, home, lambda history: history.difference(left, right, everything=everything))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.width, session.clock()))
    return int(exit_code and differs(found))
