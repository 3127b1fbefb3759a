"""`assay init`: bring an existing project under Assay."""

import json
from pathlib import Path

import click

from app.checking.adopt.dotenv_profiles import adopt_dotenv
from app.checking.adopt.init import OPTIONS, adopt_code
from app.cli.session import CommandSession, format_option, pass_over, pass_over_lines, pass_session, project_option
from app.core.errors import ProjectError
from app.core.opening import is_folder


@click.command("init")
@click.option("--from", "source", metavar="FILE", help="A .env file to write profiles from.")
@click.option("--gitignore", is_flag=True, help="Have git ignore the secrets file that is written.")
@click.option(
    "--dry-run", is_flag=True, help="Show which files would be written, and which options, and write nothing."
)
@project_option
@format_option
@pass_session
def command(session: CommandSession, source: str | None, *, gitignore: bool, dry_run: bool) -> int:
    """Write assay.toml for an existing Dynaconf project, from its code; or profiles from a .env file.

    Where several applications are below the folder, each gets its own.

    Nothing is run, and no file is overwritten.
    """
    root = session.folder / session.project
    if not is_folder(root):
        raise ProjectError(f"{session.project} is not a folder.", fix="Name the project's folder.")
    if source:
        adopted = adopt_dotenv(
            root, session.folder / Path(source), session.environ, gitignore=gitignore and not dry_run
        )
    else:
        adopted = adopt_code(root, session.named_call)
    if not dry_run:
        adopted.write(root)
    if session.format == "json":
        document = {"version": 1, "files": [*adopted.contents], "notes": adopted.notes, "written": not dry_run}
        session.print(json.dumps(document))
    elif dry_run:
        session.print("\n\n".join(_draft(name, raw) for name, raw in adopted.contents.items()))
    else:
        session.print("\n".join(f"wrote {name}" for name in adopted.contents))
    for note in adopted.notes:
        click.echo(f"note: {pass_over(note)}", err=True)
    return 0


def _draft(name: str, raw: bytes) -> str:
    """What options would be written; of profiles, whose values nobody has looked through, only that they would."""
    head = f"not written: {pass_over(name)}"
    return f"{head}\n{pass_over_lines(raw.decode())}".rstrip("\n") if name.endswith(OPTIONS) else head
