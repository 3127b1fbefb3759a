"""`assay instances`: who runs with which release?"""

import click

from app.cli.commands.release.options import asked, home_option
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.instances import instances as as_text
from app.reports import wire
from app.service.releasing.instances import InstanceReports


@click.command("instances")
@one_environment
@home_option
@project_options
@pass_session
def command(session: CommandSession, environment: str | None, home: str | None) -> int:
    """Who runs with which release, who is unseen, and which keys of whom differ from what the release says.

    Ends with 3 when the database cannot be reached.
    """
    found = asked(session, home, lambda releasing: InstanceReports(releasing=releasing).all_listed(environment))
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.clock()))
    return 0
