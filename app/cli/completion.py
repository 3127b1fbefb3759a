"""What a shell may complete: environments and keys of the project at hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import click

from app.core.errors import AssayError

if TYPE_CHECKING:
    from app.cli.session import CommandSession
    from app.project.workspace import Workspace


def _workspace(ctx: click.Context) -> "Workspace | None":
    try:
        return cast("CommandSession", ctx.obj).workspace()
    except AssayError:
        return None


def environments(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The project's environments."""
    workspace = _workspace(ctx)
    names = workspace.environments if workspace else ()
    return [name for name in names if name.startswith(incomplete.lower())]


def environment_option(text: str = "default: the active one") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The environment that is meant, where a command works without it.

    Args:
        text: what holds without it.
    """
    return click.option("--env", "environment", metavar="ENV", shell_complete=environments,
                        help=f"The environment that is meant ({text}).")  # fmt: skip


def keys(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The keys that the active environment has, and the tables above them."""
    workspace = _workspace(ctx)
    if workspace is None or not workspace.runs:
        return []
    found = {leaf.key for leaf in workspace.tree(workspace.active).leaves}
    found |= {key.rpartition(".")[0] for key in found if "." in key}
    return [key for key in sorted(found) if key.startswith(incomplete.lower())]


def rules(_ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The ids of the catalogue."""
    from app.rules import RULES  # noqa: PLC0415 - the other commands that complete do not need them

    return [rule.id for rule in RULES if rule.id.startswith(incomplete.upper())]
