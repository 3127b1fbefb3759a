"""`assay set`: change a profile, if every environment can live with it.

The module is not called after the command: as an attribute of its package it would hide the built-in `set` there.
"""

import re
import sys
from typing import Any

import click

from app.cli import completion
from app.cli.edit import answer, edit_options, permission
from app.cli.session import CommandSession, pass_session, project_options
from app.core.errors import ArgumentError
from app.editing.edits import edit
from app.editing.proposed_edit import Assignment
from app.editing.set_value import assigned, holds_secret

_INPUT = "-"
_NUMBER = re.compile(r"-(\d|\.\d|inf\b|nan\b)")
_TYPES = ("str", "int", "float", "bool", "list", "table", "toml")
_MARK = "\0"  # no argument of a process can hold one


class _Command(click.Command):
    """A command that takes a negative number for a value, not for an option, and never names a value in an error."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the arguments."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, [_MARK + arg if _NUMBER.match(arg) else arg for arg in args])
        if ctx.args and not ctx.resilient_parsing:
            raise ArgumentError("There is more than one VALUE.", fix="Put the value in quotes.")
        return rest


@click.command("set", cls=_Command)
@click.argument("key", shell_complete=completion.keys)
@click.argument("value", callback=lambda _ctx, _parameter, value: value and value.removeprefix(_MARK))
@click.option("--type", "kind", type=click.Choice(_TYPES), help="What VALUE is (default: what KEY is).")
@click.option("--string", "kind", flag_value="str", type=click.Choice(_TYPES), help="The same as --type str.")
@click.option("--exact", is_flag=True, help="Spell KEY as it is typed, where the project has it in another case.")
@click.option("--gitignore", is_flag=True, help="Have git ignore the secrets file that is written.")
@edit_options
@project_options
@pass_session
def command(session: CommandSession, /, key: str, value: str, **given: Any) -> int:
    """Set KEY to VALUE in the profile of an environment, and keep every other byte of the file.

    KEY keeps the type that it has: for a list `a,b` will do, and what is no number is refused for one, unless --type,
    quotes or brackets say that it is meant. The value of a new key is read as Dynaconf reads a variable. A `-` reads
    it from standard input, whole, so that a secret need not stand in the command line. Every environment is checked
    with the edit first: one that would add an error, change another key, or have no effect, is refused with 1. A
    secret goes to a secrets file only.
    """
    workspace = session.warned()
    request = Assignment(
        key=key,
        text=_typed() if value == _INPUT else value,
        environment=given["environment"],
        file=given["file"],
        folder=session.folder,
        kind=given["kind"],
        exact=given["exact"] or given["force"],
    )
    if value != _INPUT and holds_secret(workspace, request):
        advice = "Other users of this machine can see it; write - for VALUE, and give it on standard input."
        click.echo(f"assay: the secret stands in the command line. {advice}", err=True)
    gitignore = given["gitignore"]
    with session.busy("judging every environment with the edit"):
        document = edit(workspace, lambda now: assigned(now, request), permission(given), gitignore=gitignore)
    return answer(session, document, given)


def _typed() -> str:
    """All of standard input but the end of its last line; one line, unseen, where somebody types it.

    Raises:
        ArgumentError: there is nothing, or it is not UTF-8.
    """
    if sys.stdin.isatty():
        return str(click.prompt("Value", hide_input=True, default="", show_default=False, err=True))
    raw = sys.stdin.buffer.read() if hasattr(sys.stdin, "buffer") else sys.stdin.read().encode()
    if not raw:
        raise ArgumentError("Standard input holds no value.", fix="Give it there: assay set … - < FILE")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ArgumentError("Standard input is not UTF-8.", fix="Encode it first, for example with base64.") from None
    return text.removesuffix("\n").removesuffix("\r")
