"""`assay serve`: the service."""

import asyncio
import gc
import signal
import sys
from types import FrameType

import click

from app.cli.server import reserved, serve
from app.cli.session import CommandSession, format_option, pass_session
from app.cli.text.report import report as as_text
from app.core.errors import ArgumentError
from app.database.target import Target
from app.project.source_lines import lines_of
from app.service.own_database import migrate, open_manager, start_embedded
from app.service.plan import ConfigurationRefused, Plan, is_home, plan

_PORTS = click.IntRange(1, 65535)
_WORKERS = click.IntRange(1, 64)


@click.command("serve")
@click.option("--home", metavar="DIR", help="Where the service's own settings are.  [default: the working directory]")
@click.option("--project", metavar="DIR", help="What it diagnoses.  [default: the home]")
@click.option("--host", metavar="ADDRESS", help="The address to listen on, instead of server.host.")
@click.option("--port", type=_PORTS, help="The port to listen on, instead of server.port.")
@click.option("--workers", type=_WORKERS, help="How many processes serve, instead of server.workers.")
@format_option
@pass_session
def command(
    session: CommandSession,
    home: str | None,
    project: str | None,
    host: str | None,
    port: int | None,
    workers: int | None,
) -> int:
    """The REST service; it does not start with settings that have errors.

    Ends with 0 when it was told to stop, 2 when it refused to start or its arguments cannot be used.
    """
    gc.enable()
    planned = _plan(session, home, project)
    server = planned.settings.server
    signal.signal(signal.SIGTERM, _stop)
    with reserved(host or server.host, port or server.port) as address:
        _run(planned, address, workers or server.workers)
    return 0


def _stop(*_: int | FrameType | None) -> None:
    sys.exit(0)


def _plan(session: CommandSession, home: str | None, project: str | None) -> Plan:
    """What the service is to be; why it refuses is told finding by finding."""
    folder = session.folder / (home or ".")
    if home and not is_home(folder):
        message = f"{home} holds no settings of the service."
        raise ArgumentError(message, fix='Its options must say schema = "app.schema:Settings".')
    try:
        return plan(session.folder / (project or home or "."), folder, session.environ)
    except ConfigurationRefused as refused:
        if session.format == "text":
            click.echo(as_text(refused.report, lines_of(refused.workspace), session.width), err=True)
        raise


def _run(planned: Plan, address: tuple[str, int], workers: int) -> None:
    """Serves, beside the embedded server where there is one."""
    embedded = start_embedded(planned)
    try:
        target = embedded.target if embedded else planned.target
        if target:
            asyncio.run(_migrate(planned, target))
        serve(planned, target, address, workers, embedded)
    finally:
        if embedded:
            embedded.stop()


async def _migrate(planned: Plan, target: Target) -> None:
    manager = open_manager(planned, target)
    try:
        await migrate(planned, manager)
    finally:
        await manager.close()
