"""What the commands about the history have in common."""

from collections.abc import Awaitable, Callable
from typing import Any

import click

from app.cli.session import CommandSession
from app.core.errors import TargetError
from app.project.workspace import Workspace
from app.service.history_queries import LISTED, History, ask_at_home
from app.service.plan import is_home, own_workspace


def page_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """How many, and from where on."""
    limit = click.option("--limit", type=int, default=LISTED, show_default=True, help="List so many at most.")
    before = click.option("--before", metavar="CURSOR", help="Go on where an earlier list has ended.")
    return limit(before(function))


def home_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Where the settings of the service are that remembers."""
    return click.option("--home", metavar="DIR", help="The folder of the service's settings (default: the project's).")(
        function
    )


def asked[T](session: CommandSession, home: str | None, question: Callable[[History], Awaitable[T]]) -> T:
    """The answer to a question, from the database that the settings of the service name.

    Raises:
        TargetError: they name none.
        AssayError: what the question raises.
    """
    return at_home(session, home, lambda service, project: ask_at_home(service, project, question))


def at_home[T](session: CommandSession, home: str | None, ask: Callable[[Workspace, Workspace], T]) -> T:
    """What comes of a question to the database that the settings of a service name.

    Args:
        session: the call.
        home: the folder of those settings; None for the project's.
        ask: is handed them, and the project.

    Raises:
        TargetError: they name no database.
        AssayError: what the question raises.
    """
    project = session.workspace()
    service = own_workspace(session.folder / home if home else session.root, session.environ)
    try:
        with session.busy("asking the database"):
            return ask(service, project)
    except TargetError as error:
        if "environment" not in error.errors or is_home(service.project.root):
            raise
        message = "No settings of a service are here, and so none that name the database that remembers."
        fix = "Name their folder with --home, or the database in ASSAY_DATABASE__URL."
        raise TargetError(message, fix=fix, errors=error.errors) from error
