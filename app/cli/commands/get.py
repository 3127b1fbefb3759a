"""`assay get`: the bare value of a key, for scripts."""

import json
from typing import Any

import click

from app.checking.get import get
from app.cli import completion
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, deployment_option, pass_session, project_options


@click.command("get")
@click.argument("key", shell_complete=completion.keys)
@one_environment
@click.option("--reveal", is_flag=True, help="Print secrets.")
@deployment_option
@project_options
@pass_session
def command(session: CommandSession, key: str, environment: str | None, *, reveal: bool) -> int:
    """Print the value of KEY and nothing else: text as it is, tables and lists as JSON.

    Ends with 1 where it is not set, or is or holds a secret and --reveal is not given.
    """
    workspace = session.warned(environment)
    value = get(workspace, key, environment, reveal=reveal)
    click.echo(json.dumps(value) if session.format == "json" else _bare(value))
    return int(workspace.is_hidden(workspace.environment(environment)))


def _bare(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
