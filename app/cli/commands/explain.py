"""`assay explain`: why is a value what it is, and who set it?"""

import click

from app.checking.explain import explain
from app.cli import completion
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, deployment_option, pass_session, project_options
from app.cli.text.values import explanation as as_text
from app.reports import wire


@click.command("explain")
@click.argument("key", shell_complete=completion.keys)
@one_environment
@deployment_option
@project_options
@pass_session
def command(session: CommandSession, key: str, environment: str | None) -> int:
    """Every layer that sets KEY, lowest first, with the winner marked. A table's key explains each value in it."""
    workspace = session.warned(environment)
    with session.busy("resolving the environment"):
        document = explain(workspace, key, environment)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document))
    return int(workspace.is_hidden(document.environment))
