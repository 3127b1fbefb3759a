"""`assay release approve`: approves a release of somebody else."""

import click

from app.cli.commands.release.options import answered, asked, home_option, number_argument
from app.cli.session import CommandSession, pass_session, project_options


@click.command("approve")
@number_argument()
@home_option
@project_options
@pass_session
def command(session: CommandSession, release: int, home: str | None) -> int:
    """Approve release ID, which then is in force, where `releases.approvals` asks for that.

    The token in ASSAY_SERVICE_TOKEN says who approves; the author of a release cannot. Ends with 1 where ID does not
    wait for approval.
    """
    return answered(session, asked(session, home, lambda releasing: releasing.approve(release)))
