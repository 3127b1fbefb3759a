"""`assay init`: bring an existing project under Assay."""

import json
from pathlib import Path

import click

from app.checking.adopt.dotenv_profiles import adopt_dotenv
from app.checking.adopt.init import adopt_code
from app.cli.session import CommandSession, format_option, pass_over, pass_session, project_option
from app.core.errors import ProjectError
from app.core.opening import is_folder


@click.command("init")
@click.option("--from", "source", metavar="FILE", help="A .env file to write profiles from.")
@click.option("--gitignore", is_flag=True, help="Have git ignore the secrets file that is written.")
@project_option
@format_option
@pass_session
def command(session: CommandSession, source: str | None, *, gitignore: bool) -> int:
    """Write assay.toml for an existing Dynaconf project, from its code; or profiles from a .env file.

    Where several applications are below the folder, each gets its own.

    Nothing is run, and no file is overwritten.
    """
    root = session.folder / session.project
    if not is_folder(root):
        raise ProjectError(f"{session.project} is not a folder.", fix="Name the project's folder.")
    if source:
        adopted = adopt_dotenv(root, session.folder / Path(source), session.environ, gitignore=gitignore)
    else:
        adopted = adopt_code(root, session.named_call)
    if session.format == "json":
        session.print(json.dumps({"version": 1, "files": adopted.files, "notes": adopted.notes}))
    else:
        session.print("\n".join(f"wrote {name}" for name in adopted.files))
    for note in adopted.notes:
        click.echo(f"note: {pass_over(note)}", err=True)
    return 0
