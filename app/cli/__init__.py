"""The command line: one command a file, loaded when it is called."""

import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from msgspec.structs import replace

from app.cli.session import CommandSession, pass_over
from app.core.errors import ArgumentError, AssayError, traced
from app.core.opening import why

if TYPE_CHECKING:
    from app.project.workspace import Clock

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a disk says that takes no more."""

_COMPLETING = "_ASSAY_COMPLETE"


def run(arguments: Sequence[str], environ: Mapping[str, str], folder: Path, clock: "Clock") -> int:
    """Run one command.

    Args:
        arguments: what stands behind `assay`.
        environ: the variables that it may know of.
        folder: the working directory.
        clock: tells the time.

    Returns:
        The exit status of CONTRACT: 0, 1, 2, 3 or 70.
    """
    session = CommandSession(environ=environ, folder=folder, clock=clock)
    try:
        status = _program(arguments, environ).main(
            args=list(arguments), prog_name="assay", standalone_mode=False, obj=session
        )
    except AssayError as error:
        return _unusable(error, session)
    except click.ClickException as error:
        return _misused(error, arguments, session)
    except click.Abort:
        return 130
    except BrokenPipeError:
        _let_go(sys.stdout)
        return 0
    except Exception as error:  # noqa: BLE001 - the last resort: told in two lines, with status 70
        return _cut_off(error) or _own_fault(error, show=("--debug" in arguments))
    return status if isinstance(status, int) else 0


def _cut_off(error: Exception) -> int:
    """The status where nothing more can be written to where the answer goes, a full disk mostly; else 0."""
    if not isinstance(error, OSError) or error.errno not in _FULL or error.filename is not None:
        return 0
    _let_go(sys.stdout)
    with suppress(OSError):
        click.echo(f"assay: the answer cannot be written: {why(error)}.\n  fix: make room for it.", err=True)
    return 2


def _let_go(stream: TextIO) -> None:
    """Has what is still to be written go nowhere, or Python complains at its own end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _program(arguments: Sequence[str], environ: Mapping[str, str]) -> click.Group:
    """The commands; with rich's help where somebody asks for help, since every other call would pay for it too."""
    asks_for_help = not arguments or {"-h", "--help"} & set(arguments)
    if asks_for_help and _COMPLETING not in environ:
        import_module("rich_click.patch").patch()
    program: click.Group = import_module("app.cli.program").assay
    return program


def _misused(error: click.ClickException, arguments: Sequence[str], session: CommandSession) -> int:
    """Arguments that cannot be read, told in the format that was asked for."""
    if not _wants_json(arguments):
        error.show()
        return 2
    fix = "See `assay --help`, or `assay COMMAND --help`."
    return _unusable(ArgumentError(error.format_message(), fix=fix), replace(session, format="json"))


def _wants_json(arguments: Sequence[str]) -> bool:
    """Whether an answer in JSON was asked for, where the arguments could not be read."""
    return "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _unusable(error: AssayError, session: CommandSession) -> int:
    if session.format == "json":
        wire = {"code": error.code, "message": error.message, "fix": error.fix, "origin": error.origin}
        click.echo(json.dumps({"version": 1, "error": wire}))
    else:
        if session.format == "github":
            failure = import_module("app.formats.github").failure
            click.echo(failure(error.message, error.fix))
        click.echo(f"assay: {pass_over(error.message)}", err=True)
        if error.fix:
            click.echo(f"  fix: {pass_over(error.fix)}", err=True)
    return error.exit_status


def _own_fault(error: Exception, *, show: bool) -> int:
    if show:
        click.echo(traced(error), nl=False, err=True)
    click.echo(f"assay: a fault of Assay's own: {type(error).__name__}. Your settings are not to blame.", err=True)
    click.echo("  fix: report it with the command you ran and the output of `assay --debug …`.", err=True)
    return 70
