"""`assay db revision`: the revisions, and where the tables are."""

import click

from app.cli import completion
from app.cli.commands.db.options import home
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.status import revisions as as_text
from app.project.workspace import Workspace
from app.reports import wire
from app.service.database import draft, revisions


@click.command("revision")
@click.option("-m", "--message", metavar="TEXT", help="Draft a migration to what the models say (in a checkout).")
@completion.environment_option()
@project_options
@pass_session
def command(session: CommandSession, message: str | None, environment: str | None) -> int:
    """The revisions that this version of Assay knows, and which of them the tables have.

    With -m, for who works on Assay itself: drafts the next one from the difference between the models and the tables.
    """
    workspace = home(session)
    name = workspace.environment(environment)
    if message is not None:
        _draft(workspace, name, message)
    found = revisions(workspace, name)
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found))
    return 0


def _draft(workspace: Workspace, environment: str, message: str) -> None:
    made = draft(workspace, environment, message)
    said = (
        f"wrote {made}; read it before you use it" if made else "the tables are what the models say: nothing to draft"
    )
    click.echo(f"assay: {said}", err=True)
