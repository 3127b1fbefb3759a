"""`assay schema`: JSON Schema of the settings."""

import json

import click

from app.cli.session import CommandSession, pass_session, project_options
from app.project.json_schema import schema


@click.command("schema")
@click.option("--layer/--merged", help="Of a profile file: sections, nothing required; or of the merged settings.")
@project_options
@pass_session
def command(session: CommandSession, *, layer: bool) -> int:
    """JSON Schema of a profile file or of the merged settings, for editors and generators."""
    session.print(json.dumps(schema(session.workspace(), layer=layer), indent=2))
    return 0
