"""`assay history`: what was recorded; one command a file."""

from collections.abc import Mapping

import click

from app.cli.commands import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "list": ("app.cli.history.list_snapshots", "What was recorded, newest first."),
    "show": ("app.cli.history.show", "One snapshot: its values and its verdict."),
    "diff": ("app.cli.history.diff", "How two snapshots differ, or a snapshot and now."),
    "key": ("app.cli.history.key", "When a key changed."),
}


@click.group("history", cls=Commands, known=_COMMANDS)
def command() -> None:
    """What changed, when, and whether it still held."""
