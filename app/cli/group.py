"""A group of commands by name; each one's module is imported when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from app.core.errors import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Commands(click.Group):
    """Commands by name; each one's module is imported when it is called.

    Args:
        known: by name, in the order in which people meet them: the module that holds `command`, and what it does.
    """

    def __init__(self, *args: Any, known: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which people meet them."""
        return list(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; for help on all of them, what it does is enough."""
        if cmd_name not in self.known:
            return None
        module, summary = self.known[cmd_name]
        if ctx.meta.get("app.listing"):
            return click.Command(cmd_name, help=summary)
        command: click.Command = import_module(module).command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Finds the command; an unknown one suggests the nearest."""
        if args and args[0] not in self.known and not args[0].startswith("-"):
            message = f"There is no command {args[0]!r}. {did_you_mean(args[0], self.known)}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lists the commands without importing them."""
        ctx.meta["app.listing"] = True
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """Completes the names, with what each does, without importing them either."""
        ctx.meta["app.listing"] = True
        return super().shell_complete(ctx, incomplete)
