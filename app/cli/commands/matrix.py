"""`assay matrix`: keys by environments."""

import click
from msgspec.structs import replace

from app.checking.compare import compare
from app.cli.environment_options import environments
from app.cli.session import CommandSession, deployment_option, pass_session, project_options, wide_option
from app.cli.text.comparison import matrix as as_text
from app.reports import wire


@click.command("matrix")
@environments("chosen", "[ENV]...")
@deployment_option
@click.option("--unread", is_flag=True, help="Only the keys that no code reads.")
@wide_option
@project_options
@pass_session
def command(session: CommandSession, chosen: tuple[str, ...], *, unread: bool) -> int:
    """The named environments, else all, side by side."""
    workspace = session.warned(*chosen)
    with session.busy("resolving the environments"):
        document = compare(workspace, chosen)
    if unread:
        document = replace(document, rows=[row for row in document.rows if row.usage == "unread"])
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, session.room))
    return int(any(map(workspace.is_hidden, document.environments)))
