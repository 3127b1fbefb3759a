"""`assay usage`: which code reads each key?"""

import click

from app.checking.check import validate
from app.checking.usage import only_usage, usage
from app.cli import completion
from app.cli.session import CommandSession, answers, deployment_option, environ_option, pass_session, project_option
from app.cli.text.usage import usage as as_text
from app.core.findings import Severity
from app.reports import wire


@click.command("usage")
@click.argument("key", required=False, shell_complete=completion.keys)
@deployment_option
@project_option
@environ_option
@answers("text", "json", "sarif", "github")
@pass_session
def command(session: CommandSession, key: str | None) -> int:
    """Which code reads each key, which keys nothing reads, and which reads nothing sets.

    A KEY narrows it to that key, or to those of a table. The code is read, and never run.
    """
    workspace = session.warned()
    with session.busy("reading the code"):
        document = usage(workspace, key)
    if session.format in {"sarif", "github"}:
        from app.formats.rendering import render  # noqa: PLC0415 - for programs only

        report = only_usage(validate(workspace), key)
        if content := render([(report, workspace)], session.format, Severity.ERROR):
            session.emit(content)
        else:
            click.echo("assay: Nothing is found about what code reads.", err=True)
        return 0
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, whole=key is None))
    return 0
