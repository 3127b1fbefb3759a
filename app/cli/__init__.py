"""The command line: one command a file, loaded when it is called."""

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import rich_click as click

from app import __version__
from app.cli.session import Session, pass_over
from app.errors import AssayError, did_you_mean

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("app.cli.check", "Validate environments."),
    "show": ("app.cli.show", "The effective values of an environment, and where each comes from."),
    "explain": ("app.cli.explain", "Every layer that sets a key, with the winner."),
    "diff": ("app.cli.diff", "How two environments differ."),
    "matrix": ("app.cli.matrix", "Keys by environments."),
    "schema": ("app.cli.schema", "JSON Schema of the settings."),
    "init": ("app.cli.init", "Bring an existing project under Assay."),
    "db": ("app.cli.db", "The database."),
    "serve": ("app.cli.serve", "The REST service."),
}


class Commands(click.RichGroup):
    """The commands by name; each one's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which people meet them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; for help on all of them, what it does is enough."""
        if cmd_name not in _COMMANDS:
            return None
        module, summary = _COMMANDS[cmd_name]
        if ctx.meta.get("app.listing"):
            return click.Command(cmd_name, help=summary)
        command: click.Command = import_module(module).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Finds the command; an unknown one suggests the nearest."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            message = f"There is no command {args[0]!r}. {did_you_mean(args[0], _COMMANDS)}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands without importing them."""
        ctx.meta["app.listing"] = True
        super().format_help(ctx, formatter)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assay", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault of Assay's own.")
def assay(*, debug: bool) -> None:
    """What every environment runs with, where each value comes from, and whether it is fit for production."""
    del debug  # `run` reads it where it sees the fault


def run(arguments: Sequence[str], environ: Mapping[str, str], folder: Path) -> int:
    """Run one command.

    Args:
        arguments: what stands behind `assay`.
        environ: the variables that it may know of.
        folder: the working directory.

    Returns:
        The exit status of CONTRACT: 0, 1, 2, 3 or 70.
    """
    session = Session(environ=environ, folder=folder)
    try:
        status = assay.main(args=list(arguments), prog_name="assay", standalone_mode=False, obj=session)
    except AssayError as error:
        return _unusable(error, session)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains at its own end
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: told in two lines, with status 70
        return _own_fault(error, show=("--debug" in arguments))
    return status if isinstance(status, int) else 0


def _unusable(error: AssayError, session: Session) -> int:
    if session.format == "json":
        wire = {"code": error.code, "message": error.message, "fix": error.fix, "origin": error.origin}
        click.echo(json.dumps({"version": 1, "error": wire}))
    else:
        click.echo(f"assay: {pass_over(error.message)}", err=True)
        if error.fix:
            click.echo(f"  fix: {pass_over(error.fix)}", err=True)
    return error.exit_status


def _own_fault(error: Exception, *, show: bool) -> int:
    if show:
        traceback.print_exception(error)
    click.echo(f"assay: a fault of Assay's own: {type(error).__name__}. Your settings are not to blame.", err=True)
    click.echo("  fix: report it with the command you ran and the output of `assay --debug …`.", err=True)
    return 70
