"""`assay check`: is every environment fit to run?"""

import click

from app.cli import completion
from app.cli.session import Session, pass_session, project_options
from app.cli.text.report import report as as_text
from app.diagnostics.excerpts import lines_of
from app.diagnostics.validation import validate
from app.findings import Severity
from app.reports import wire


@click.command("check")
@click.argument("environments", nargs=-1, metavar="[ENV]...", shell_complete=completion.environments)
@click.option(
    "--fail-level", type=click.Choice(["info", "warning", "error"]), default="error", help="What ends with 1."
)
@click.option("--strict-secrets", is_flag=True, help="What a deployment supplies counts as missing.")
@project_options
@pass_session
def command(session: Session, environments: tuple[str, ...], fail_level: str, *, strict_secrets: bool) -> int:
    """Validate the named environments, else all.

    Ends with 0 when clean, 1 on findings at the fail level or above, 2 when the active environment does not exist.
    """
    workspace = session.workspace()
    document = validate(workspace, environments, strict_secrets=strict_secrets)
    if session.format == "json":
        session.emit(wire.encode(document))
    else:
        session.print(as_text(document, lines_of(workspace), session.width))
    if not workspace.project.is_known(workspace.active):
        return 2
    return 1 if _reaches(document.counts, Severity.of(fail_level)) else 0


def _reaches(counts: wire.Counts, level: Severity) -> bool:
    return any(getattr(counts, severity.word) for severity in Severity if severity >= level)
