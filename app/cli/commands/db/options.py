"""What the commands about the service's tables have in common."""

from collections.abc import Callable
from typing import Any

import click

from app.cli import completion
from app.cli.session import CommandSession
from app.project.workspace import Workspace
from app.service.plan import own_workspace


def environment_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The environment whose database is meant."""
    return click.option("--env", "environment", metavar="ENV", shell_complete=completion.environments,
                        help="The environment that is meant (default: the active one).")(function)  # fmt: skip


def home(session: CommandSession) -> Workspace:
    """The settings of the service in this folder: without any there, the `ASSAY_` variables are its settings.

    A stranger's database gets no tables of ours: what its own profiles say does not count.
    """
    workspace = session.anywhere()
    return workspace if workspace.model.is_service else own_workspace(session.folder / session.project, session.environ)
