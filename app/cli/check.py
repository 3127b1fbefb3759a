"""`assay check`: is every environment fit to run?"""

import sys
import time
from pathlib import Path

import click

from app.cli import completion
from app.cli.progress import Line
from app.cli.session import Session, answers, environ_option, pass_over, pass_session, project_option
from app.cli.text.report import report as as_text
from app.diagnostics.excerpts import lines_of
from app.diagnostics.validation import validate
from app.diagnostics.workspace import Workspace
from app.errors import ArgumentError, AssayError
from app.findings import Severity
from app.reports import wire


@click.command("check")
@click.argument("environments", nargs=-1, metavar="[ENV]...", shell_complete=completion.environments)
@click.option(
    "--fail-level", type=click.Choice(["info", "warning", "error"]), default="error", help="What ends with 1."
)
@click.option("--strict-secrets", is_flag=True, help="What a deployment supplies counts as missing.")
@click.option("--baseline", "known", metavar="FILE", type=Path, help="Report only what is not in it.")
@click.option("--write-baseline", "keep", metavar="FILE", type=Path, help="Write what is found to it.")
@click.option("--record", is_flag=True, help="Keep the result in the history.")
@project_option
@environ_option
@answers("text", "json", "sarif", "junit", "github")
@pass_session
def command(session: Session, environments: tuple[str, ...], fail_level: str, known: Path | None, keep: Path | None,
            *, strict_secrets: bool, record: bool) -> int:  # fmt: skip
    """Validate the named environments, else all.

    Ends with 0 when clean, 1 on findings at the fail level or above, 2 when the active environment does not exist, 3
    when the result was to be kept and the database cannot be reached.
    """
    level, workspace, began = Severity.of(fail_level), session.workspace(), time.perf_counter()
    with Line(sys.stderr, session.width, session.clock) as progress:
        found = validate(workspace, environments, strict_secrets=strict_secrets, progress=progress)
    took, document = time.perf_counter() - began, found
    if known or keep:
        document = _against(session, document, known, keep, complete=not environments)
    _answer(session, document, workspace, level)
    unkept = _keep(workspace, found, took) if record else 0
    if not workspace.project.is_known(workspace.active):
        return 2
    return 1 if _reaches(document.counts, level) else unkept


def _keep(workspace: Workspace, document: wire.Report, seconds: float) -> int:
    """Keeps the result; one that cannot be kept is told beside the report, and is no reason to go without it.

    Returns:
        The exit status of that.
    """
    from app.diagnostics.keeping import keep  # noqa: PLC0415 - most calls keep nothing, and need no database

    try:
        outcomes = keep(workspace, document, seconds)
    except AssayError as error:
        told = f"assay: The result was not recorded. {error.message}\n  fix: {error.fix}"
        click.echo(pass_over(told), err=True)
        return error.exit_status
    new, rest = outcomes.pop("recorded", 0), sum(outcomes.values())
    click.echo(f"assay: recorded {new} of {new + rest} environments; of the others nothing was new.", err=True)
    return 0


def _against(session: Session, document: wire.Report, known: Path | None, keep: Path | None, *, complete: bool
             ) -> wire.Report:  # fmt: skip
    """The report held against a baseline, or kept as one."""
    from app.cli import baselines  # noqa: PLC0415 - most calls have none

    if known and keep:
        fix = "Check with --baseline first; what is then to be known, write with --write-baseline alone."
        raise ArgumentError("--baseline and --write-baseline do not go together.", fix=fix)
    if known:
        return baselines.only_new(document, session.folder / known, complete=complete)
    if keep:
        baselines.write(document, session.folder / keep)
    return document


def _answer(session: Session, document: wire.Report, workspace: Workspace, level: Severity) -> None:
    if session.format == "json":
        session.emit(wire.encode(document))
    elif session.format == "text":
        session.print(as_text(document, lines_of(workspace), session.width))
    else:
        from app.diagnostics.rendering import render  # noqa: PLC0415 - for programs only

        if content := render(document, session.format, workspace, level):
            session.emit(content)


def _reaches(counts: wire.Counts, level: Severity) -> bool:
    return any(getattr(counts, severity.word) for severity in Severity if severity >= level)
