"""`assay unset`: take a key out of a profile, if every environment can live without it."""

from typing import Any

import click

from app.cli import completion
from app.cli.edit import answer, edit_options, permission
from app.cli.session import CommandSession, pass_session, project_options
from app.editing.edits import edit
from app.editing.proposed_edit import Removal
from app.editing.unset_value import removed


@click.command("unset")
@click.argument("key", shell_complete=completion.keys)
@edit_options
@project_options
@pass_session
def command(session: CommandSession, /, key: str, **given: Any) -> int:
    """Take KEY out of the profile of an environment, and keep every other byte of the file.

    A header that was made for the key goes with it, a comment never does. Every environment is checked without the key
    first: where that would add an error, it is refused with 1.
    """
    request = Removal(key=key, environment=given["environment"], file=given["file"], folder=session.folder)
    workspace = session.warned()
    with session.busy("judging every environment with the edit"):
        document = edit(workspace, lambda now: removed(now, request), permission(given))
    return answer(session, document, given)
