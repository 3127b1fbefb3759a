"""`assay release`: what is delivered to instances; one command a file.

`assay release ENV` is short for `assay release make ENV`.
"""

from collections.abc import Mapping

import click

from app.cli.group import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "make": ("app.cli.commands.release.make", "Release an environment; `assay release ENV` is the same."),
    "list": ("app.cli.commands.release.list_releases", "What was released, newest first."),
    "show": ("app.cli.commands.release.show", "One release."),
    "diff": ("app.cli.commands.release.diff", "How two releases differ."),
    "rollback": ("app.cli.commands.release.rollback", "Release the values of an older release again."),
    "approve": ("app.cli.commands.release.approve", "Approve a release of somebody else."),
}


class _Releases(Commands):
    """Commands, of which `make` need not be named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the arguments; what begins with none of the commands is an environment, or an option of `make`."""
        is_named = not args or args[0] in self.known or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if is_named else ["make", *args])


@click.group("release", cls=_Releases, known=_COMMANDS)
def command() -> None:
    """Release an environment to the instances that run with it, and take a release back."""
