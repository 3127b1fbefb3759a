"""`assay init`: bring an existing project under Assay."""

import json
from pathlib import Path

import click

from app.cli.session import Session, format_option, pass_over, pass_session, project_option
from app.diagnostics.adoption import adopt_code, adopt_dotenv
from app.errors import ProjectError


@click.command("init")
@click.option("--from", "source", metavar="FILE", help="A .env file to write profiles from.")
@project_option
@format_option
@pass_session
def command(session: Session, source: str | None) -> int:
    """Write assay.toml for an existing Dynaconf project, from its code; or profiles from a .env file.

    Nothing is run, and no file is overwritten.
    """
    root = session.folder / session.project
    if not root.is_dir():
        raise ProjectError(f"{session.project} is not a folder.", fix="Name the project's folder.")
    adopted = adopt_dotenv(root, session.folder / Path(source)) if source else adopt_code(root)
    if session.format == "json":
        session.print(json.dumps({"version": 1, "files": adopted.files, "notes": adopted.notes}))
    else:
        session.print("\n".join(f"wrote {name}" for name in adopted.files))
    for note in adopted.notes:
        click.echo(f"note: {pass_over(note)}", err=True)
    return 0
