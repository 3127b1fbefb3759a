"""What the commands about releases have in common."""

from collections.abc import Awaitable, Callable

import click

from app.cli.commands.history.options import at_home, home_option, page_options
from app.cli.session import CommandSession
from app.cli.text.releases import result
from app.reports import wire
from app.reports.releases import GREATEST_ID, Release
from app.service.releasing.access import release_at_home
from app.service.releasing.releases import Releasing

__all__ = ["answered", "asked", "home_option", "number_argument", "page_options"]


def number_argument(name: str = "release") -> Callable[[Callable[..., object]], Callable[..., object]]:
    """A release, by its id."""
    return click.argument(name, metavar="ID", type=click.IntRange(min=1, max=GREATEST_ID))


def asked[T](session: CommandSession, home: str | None, question: Callable[[Releasing], Awaitable[T]]) -> T:
    """The answer to a question, from the database that the settings of the service name.

    Raises:
        TargetError: they name none.
        AssayError: what the question raises.
    """
    return at_home(session, home, lambda service, project: release_at_home(service, project, question))


def answered(session: CommandSession, made: Release) -> int:
    """Tells what came of a release, a rollback or an approval."""
    if session.format == "json":
        session.emit(wire.encode(made))
    else:
        session.print(result(made))
    return 0
