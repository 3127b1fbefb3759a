"""What the commands about the service's tables have in common."""

from collections.abc import Callable
from typing import Any

import click

from app.cli import completion
from app.cli.session import Session
from app.diagnostics.service import own_workspace
from app.diagnostics.workspace import Workspace


def environment_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The environment whose database is meant."""
    return click.option("--env", "environment", metavar="ENV", shell_complete=completion.environments,
                        help="The environment that is meant (default: the active one).")(function)  # fmt: skip


def home(session: Session) -> Workspace:
    """The settings of the service in this folder: without any there, the `ASSAY_` variables are its settings.

    A stranger's database gets no tables of ours: what its own profiles say does not count.
    """
    workspace = session.workspace()
    return workspace if workspace.is_own else own_workspace(session.folder / session.project, session.environ)
