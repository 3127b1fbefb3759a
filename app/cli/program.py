"""The commands by name; each one's module is imported when it is called."""

from collections.abc import Mapping

import click

from app import __version__
from app.cli.group import Commands

_COMMANDS: Mapping[str, tuple[str, str]] = {
    "check": ("app.cli.commands.check", "Validate environments."),
    "show": ("app.cli.commands.show", "The effective values of an environment, and where each comes from."),
    "get": ("app.cli.commands.get", "The bare value of a key, for scripts."),
    "explain": ("app.cli.commands.explain", "Every layer that sets a key, with the winner."),
    "diff": ("app.cli.commands.diff", "How two environments differ."),
    "matrix": ("app.cli.commands.matrix", "Keys by environments."),
    "plan": ("app.cli.commands.plan", "What a change does to each environment, before it is merged."),
    "usage": ("app.cli.commands.usage", "Which code reads each key."),
    "set": ("app.cli.commands.set_key", "Set a key in a profile."),
    "unset": ("app.cli.commands.unset_key", "Take a key out of a profile."),
    "rules": ("app.cli.commands.rules", "The catalogue of rules, or one rule's page."),
    "schema": ("app.cli.commands.schema", "JSON Schema of the settings."),
    "init": ("app.cli.commands.init", "Bring an existing project under Assay."),
    "instances": ("app.cli.commands.instances", "Who runs with which release, and whose values differ."),
    "db": ("app.cli.commands.db", "The database."),
    "release": ("app.cli.commands.release", "What is delivered to instances, and taking it back."),
    "history": ("app.cli.commands.history", "What changed, when, and whether it still held."),
    "serve": ("app.cli.commands.serve", "The REST service."),
}


@click.group(cls=Commands, known=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assay", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of a fault of Assay's own.")
def assay(*, debug: bool) -> None:
    """What every environment runs with, where each value comes from, and whether it is fit for production."""
    del debug  # `run` reads it where it sees the fault
