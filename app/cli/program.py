"""The commands by name; each one's module is imported when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from app import __version__
from app.errors import did_you_mean

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


class Commands(click.Group):
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
