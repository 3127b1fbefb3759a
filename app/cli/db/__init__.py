"""`assay db`: the database behind a configuration; one command a file."""

from collections.abc import Mapping

import click

from app.cli.commands import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "status": ("app.cli.db.status", "What an environment's database is doing."),
    "test": ("app.cli.db.test", "Test a connection stage by stage."),
    "upgrade": ("app.cli.db.upgrade", "Bring the service's tables up to date."),
    "downgrade": ("app.cli.db.downgrade", "Take the service's tables back."),
    "revision": ("app.cli.db.revision", "The revisions, and which of them the tables have."),
}


@click.group("db", cls=Commands, known=_COMMANDS)
def command() -> None:
    """The database behind a configuration."""
