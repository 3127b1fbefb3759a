"""`assay db`: the database behind a configuration; one command a file."""

from collections.abc import Mapping

import click

from app.cli.group import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "status": ("app.cli.commands.db.status", "What an environment's database is doing."),
    "test": ("app.cli.commands.db.test", "Test a connection stage by stage."),
    "upgrade": ("app.cli.commands.db.upgrade", "Bring the service's tables up to date."),
    "downgrade": ("app.cli.commands.db.downgrade", "Take the service's tables back."),
    "revision": ("app.cli.commands.db.revision", "The revisions, and which of them the tables have."),
}


@click.group("db", cls=Commands, known=_COMMANDS)
def command() -> None:
    """The database behind a configuration."""
