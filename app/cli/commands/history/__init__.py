"""`assay history`: what was recorded; one command a file."""

from collections.abc import Mapping

import click

from app.cli.group import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("app.cli.commands.history.list_snapshots", "What was recorded, newest first."),
    "show": ("app.cli.commands.history.show", "One snapshot: its values and its verdict."),
    "diff": ("app.cli.commands.history.diff", "How two snapshots differ, or a snapshot and now."),
    "key": ("app.cli.commands.history.key", "When a key changed."),
}


@click.group("history", cls=Commands, known=_COMMANDS)
def command() -> None:
    """What changed, when, and whether it still held."""
