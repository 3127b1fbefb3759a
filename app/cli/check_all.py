"""`assay check --all`: the projects of a workspace, told in one document."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from app.application.roots import upwards
from app.checking.adopt.options import spoken
from app.checking.rule_control import RuleSelection
from app.checking.side_by_side import CheckedMember, check_members
from app.cli.exit_status import exit_status
from app.cli.progress import Line
from app.cli.session import CommandSession, pass_over, require_project
from app.cli.text.report import report as as_text
from app.core.findings import Severity
from app.project.source_lines import lines_of
from app.project.workspace import Workspace, open_workspace
from app.reports import wire
from app.reports.present.wording import counted
from app.reports.workspace import WorkspaceReport, together


def check_all(
    session: CommandSession, names: Sequence[str], rules: RuleSelection, level: Severity, *, strict_secrets: bool
) -> int:
    """Judges every project, and tells it in one document.

    Args:
        session: the call.
        names: the environments to judge, in those projects that have them; none: all.
        rules: which of them count.
        level: what fails.
        strict_secrets: what a deployment supplies counts as missing.

    Returns:
        The worst exit status of a project.

    Raises:
        ProjectError: there is no project.
        UnknownEnvironment: no project has any of the environments.
    """

    def opened(folder: Path) -> Workspace:
        workspace = open_workspace(folder, session.environ, session.scope, session.clock)
        require_project(workspace)
        return workspace

    named = (
        [session.folder / session.project] if session.project != "." else list(upwards(session.folder, session.home))
    )
    with Line(sys.stderr, session.width, session.clock) as progress:
        found = check_members(
            named, session.environ, names, opened, progress, _pass_by, rules=rules, strict_secrets=strict_secrets
        )
    for one in found:
        _remark(one, session.format)
    _answer(session, found, level)
    return max(_status(one, level) for one in found)


def _pass_by(folder: str) -> None:
    """Tells a folder that is matched by chance, as one of documents beside services may be."""
    click.echo(
        pass_over(f"assay: {folder} is no project, and is passed over: a glob of the option projects matches it."),
        err=True,
    )


def _status(one: CheckedMember, level: Severity) -> int:
    if one.report.report and one.workspace:
        return exit_status(one.report.report, level, runs=one.workspace.runs)
    return one.error.exit_status if one.error else 0


def _remark(one: CheckedMember, answer: str) -> None:
    """What stands beside the answer: whose call stands for the options, and what no such format has a place for."""
    if one.workspace and one.workspace.project.application.speaks:
        click.echo(pass_over(f"assay: {one.report.path}: {spoken(one.workspace.project.application)}"), err=True)
    if one.error and answer not in {"text", "json"}:
        click.echo(pass_over(f"assay: {one.report.path}: {one.error.message}"), err=True)
        click.echo(pass_over(f"  fix: {one.error.fix}"), err=True)


def _answer(session: CommandSession, found: Sequence[CheckedMember], level: Severity) -> None:
    document = together([one.report for one in found])
    if session.format == "json":
        session.emit(wire.encode(document))
    elif session.format == "text":
        session.print("\n\n".join([*(_member(one, session.width) for one in found), _summary(document)]))
    else:
        from app.formats.rendering import render  # noqa: PLC0415 - for programs only

        judged = [(one.report.report, one.workspace) for one in found if one.report.report and one.workspace]
        if content := render(judged, session.format, level):
            session.emit(content)


def _member(checked: CheckedMember, width: int) -> str:
    one, error = checked.report, checked.error
    head = click.style(pass_over(f"── {one.name} · {one.path} ──"), bold=True)
    if one.report and checked.workspace:
        return f"{head}\n{as_text(one.report, lines_of(checked.workspace), width)}"
    mark, told = click.style("✗ not judged:", fg="red"), pass_over(error.message if error else "")
    return f"{head}\n{mark} {told}\n  = fix: {pass_over(error.fix if error else '')}"


def _summary(document: WorkspaceReport) -> str:
    amiss = [one.name for one in document.projects if not one.valid]
    said = f"{counted(len(document.projects), 'project')}: {len(document.projects) - len(amiss)} valid"
    return f"{said}; not valid: {pass_over(', '.join(amiss))}" if amiss else said
