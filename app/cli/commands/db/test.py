"""`assay db test`: does the database answer, and where does it fail?"""

import asyncio
import sys
from typing import Any

import click

from app.cli.commands.db.progress import Progress
from app.cli.environment_options import one_environment
from app.cli.session import CommandSession, pass_session, project_options
from app.cli.text.probe import probe as as_text
from app.core import dsn
from app.core.errors import ArgumentError
from app.database.target import TLS_MODES
from app.probing.request import Question, ask, question
from app.project.database_target import environment_database, environment_demand
from app.reports import wire
from app.reports.probe import Probe

PASSWORD_VARIABLE = "ASSAY_TARGET_PASSWORD"  # noqa: S105 - a name


@click.command("test")
@click.option("--url", metavar="URL", help="A typed-in target as a connection URL.")
@click.option("--host", metavar="HOST", help="Name, address or socket folder of the server.")
@click.option("--port", type=click.IntRange(1, 65535), help="The server's TCP port.")
@click.option("--username", metavar="NAME", help="The role to log in as.")
@click.option("--name", metavar="NAME", help="The database.")
@click.option("--tls", type=click.Choice(TLS_MODES), help="How the connection is protected.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@one_environment
@click.option("--timeout", type=click.FloatRange(0.001, 600), default=10.0, help="Seconds the whole probe may take.")
@project_options
@pass_session
def command(
    session: CommandSession, /, environment: str | None, timeout: float, *, password_stdin: bool, **given: Any
) -> int:
    """Test a connection stage by stage: an environment's own target, or one that is typed in.

    The password of a typed-in target comes from standard input, a prompt, or ASSAY_TARGET_PASSWORD.
    """
    fields = {name: value for name, value in given.items() if value is not None}
    if fields and environment:
        raise ArgumentError("An environment and a typed-in target exclude each other.", fix="Name one of them.")
    found = (
        _typed_in(session, fields, timeout, from_input=password_stdin)
        if fields
        else _own(session, environment, timeout)
    )
    if session.format == "json":
        session.emit(wire.encode(found))
    else:
        session.print(as_text(found, session.width))
    return 0 if found.ok else 1


def _own(session: CommandSession, environment: str | None, seconds: float) -> Probe:
    workspace = session.workspace()
    name = workspace.environment(environment)
    with environment_database(workspace, name) as target:
        demand = environment_demand(workspace, name)
        asked = Question(
            target=target, environment=name, seconds=seconds, demand=demand, own=workspace.model.is_service
        )
        return _run(session, asked)


def _typed_in(session: CommandSession, fields: dict[str, Any], seconds: float, *, from_input: bool) -> Probe:
    if "tls" in fields:
        fields["tls"] = {"mode": fields["tls"]}
    if (password := _password(session, fields, from_input=from_input)) is not None:
        fields["password"] = password
    return _run(session, question(session.anywhere(), fields, seconds=seconds))


def _run(session: CommandSession, asked: Question) -> Probe:
    with Progress(sys.stderr, session.width) as progress:
        return asyncio.run(ask(asked, progress))


def _password(session: CommandSession, fields: dict[str, Any], *, from_input: bool) -> str | None:
    """The password of a typed-in target; one inside a URL works, with a warning."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if PASSWORD_VARIABLE in session.environ:
        return session.environ[PASSWORD_VARIABLE]
    if "url" in fields:
        if _holds_password(fields["url"]):
            advice = f"Other users of this machine can see it; use --password-stdin or {PASSWORD_VARIABLE}."
            click.echo(f"assay: the password stands in the command line. {advice}", err=True)
        return None
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, default="", show_default=False, err=True)) or None
    return None


def _holds_password(url: str) -> bool:
    return dsn.mask(url) != url
