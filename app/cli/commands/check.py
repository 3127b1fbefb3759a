"""`assay check`: is every environment fit to run?"""

import sys
import time
from pathlib import Path

import click
from msgspec.structs import replace

from app.checking.check import validate
from app.checking.rule_control import RuleSelection
from app.checking.rule_ids import instead, known_id
from app.cli.environment_options import environments
from app.cli.exit_status import exit_status
from app.cli.progress import Line
from app.cli.rule_options import rule_options
from app.cli.session import (
    RULE_ID,
    CommandSession,
    answers,
    deployment_option,
    environ_option,
    pass_over,
    pass_session,
    project_option,
)
from app.cli.text.report import report as as_text
from app.core.errors import ArgumentError, AssayError
from app.core.findings import Severity
from app.core.layers import dotted
from app.deployments.unnamed import unnamed_source
from app.project.source_lines import lines_of
from app.project.workspace import Workspace
from app.reports import wire


@click.command("check")
@environments("names", "[ENV]... [RULE]...")
@click.option(
    "--fail-level", type=click.Choice(["info", "warning", "error"]), default="error", help="What ends with 1."
)
@click.option("--strict-secrets", is_flag=True, help="What a deployment supplies counts as missing.")
@click.option("--baseline", "known", metavar="FILE", type=Path, help="Report only what is not in it.")
@click.option("--write-baseline", "keep", metavar="FILE", type=Path, help="Write what is found to it.")
@click.option("--fix", "mend", is_flag=True, help="Make the safe fixes, of all rules or of the named ones.")
@click.option("--dry-run", is_flag=True, help="With --fix: write nothing, show the difference.")
@rule_options
@deployment_option
@click.option("--all", "everything", is_flag=True, help="Every project below the folder, side by side.")
@click.option("--record", is_flag=True, help="Keep the result in the history.")
@project_option
@environ_option
@answers("text", "json", "sarif", "junit", "github")
@pass_session
def command(
    session: CommandSession,
    /,
    names: tuple[str, ...],
    fail_level: str,
    known: Path | None,
    keep: Path | None,
    chosen: RuleSelection,
    *,
    strict_secrets: bool,
    record: bool,
    **switches: bool,
) -> int:
    """Validate the named environments, else all.

    With --fix the safe fixes are made first: those whose value is known, that add no error to any environment and take
    no key from one. RULE ids beside the environments narrow them. What is left decides how it ends.

    Ends with 0 when clean, 1 on findings at the fail level or above, 2 when the active environment does not exist, 3
    when the result was to be kept and the database cannot be reached.
    """
    level = Severity.of(fail_level)
    if switches["everything"]:
        _require_plain(session, known, keep, record=record, **switches)
        from app.cli.check_all import check_all  # noqa: PLC0415 - most calls are about one project

        return check_all(session, names, chosen, level, strict_secrets=strict_secrets)
    workspace, began = session.workspace(names), time.perf_counter()
    environments, fixes = names, list[wire.AppliedFix]()
    if switches["mend"]:
        environments, rules = _told_apart(workspace, names)
        workspace, fixes = _mended(session, workspace, environments, rules, dry_run=switches["dry_run"])
    else:
        _require_no_fixing(workspace, names, dry_run=switches["dry_run"])
    with Line(sys.stderr, session.width, session.clock) as progress:
        found = validate(workspace, environments, strict_secrets=strict_secrets, rules=chosen, progress=progress)
    took, document = time.perf_counter() - began, (replace(found, fixes=fixes) if switches["mend"] else found)
    if known or keep:
        document = _against(session, document, known, keep, complete=not (environments or chosen.narrows))
    _answer(session, document, workspace, level)
    if session.format == "text" and not session.deployment:
        _hint(workspace)
    unkept = _keep(workspace, found, took) if record else 0
    return exit_status(document, level, runs=workspace.runs) or unkept


def _require_plain(session: CommandSession, known: Path | None, keep: Path | None, **switches: bool) -> None:
    """Lets a call about all projects pass that asks for nothing that belongs to one."""
    given = {"--deployment": session.deployment, "--call": session.call, "--baseline": known, "--write-baseline": keep,
             "--fix": switches["mend"], "--dry-run": switches["dry_run"], "--record": switches["record"]}  # fmt: skip
    if named := next((name for name, value in given.items() if value), None):
        raise ArgumentError(f"--all and {named} do not go together.", fix=f"Give {named} for each project by itself.")


def _require_no_fixing(workspace: Workspace, names: tuple[str, ...], *, dry_run: bool) -> None:
    """Lets a call without --fix pass that asks for nothing that belongs to it."""
    if dry_run:
        raise ArgumentError("--dry-run goes with --fix alone.", fix="Leave it out, or add --fix.")
    rules = (known_id(name) for name in names if not workspace.project.is_known(name.lower()))
    if name := next(filter(None, rules), None):
        message = f"{name} is a rule, and rules stand beside environments with --fix alone."
        raise ArgumentError(message, fix=f"Add --fix, or judge by it alone: --select {name}.")


def _told_apart(workspace: Workspace, names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The environments and the rules among names: a rule's id is no environment, unless the project has one."""
    rules = tuple(name for name in names if RULE_ID.fullmatch(name) and not workspace.project.is_known(name.lower()))
    for name in rules:
        if known_id(name) is None:
            raise ArgumentError(f"There is no rule {name!r}.", fix=instead(name))
    return tuple(name for name in names if name not in rules), tuple(name.upper() for name in rules)


def _mended(
    session: CommandSession,
    workspace: Workspace,
    environments: tuple[str, ...],
    rules: tuple[str, ...],
    *,
    dry_run: bool,
) -> tuple[Workspace, list[wire.AppliedFix]]:
    """The project with its safe fixes made, on the disk or only here."""
    from app.cli.text.fixes import difference, fixes  # noqa: PLC0415 - most calls mend nothing
    from app.editing.fix import fixed, write  # noqa: PLC0415 - the same

    result = fixed(workspace, environments, rules)
    if not dry_run:
        write(workspace, result.files)
    if session.format == "text":
        shown = difference(workspace, result) if dry_run else ""
        session.print("\n\n".join(text for text in (shown, fixes(result.fixes, session.width)) if text))
        session.print("")
    return result.workspace, list(result.fixes)


def _keep(workspace: Workspace, document: wire.Report, seconds: float) -> int:
    """Keeps the result; one that cannot be kept is told beside the report, and is no reason to go without it.

    Returns:
        The exit status of that.
    """
    from app.service.record_check import keep  # noqa: PLC0415 - most calls keep nothing, and need no database

    try:
        outcomes = keep(workspace, document, seconds)
    except AssayError as error:
        click.echo(pass_over(f"assay: The result was not recorded. {error.message}"), err=True)
        click.echo(pass_over(f"  fix: {error.fix}"), err=True)
        return error.exit_status
    new, rest = outcomes.pop("recorded", 0), sum(outcomes.values())
    click.echo(f"assay: recorded {new} of {new + rest} environments; of the others nothing was new.", err=True)
    return 0


def _against(
    session: CommandSession, document: wire.Report, known: Path | None, keep: Path | None, *, complete: bool
) -> wire.Report:
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


def _hint(workspace: Workspace) -> None:
    """Tells of a file that gives variables where the project never heard of `deployments`."""
    project = workspace.project
    if found := unnamed_source(project.root, project.bounds, project.options):
        name = next(filter(project.is_production, workspace.environments), None) or workspace.active
        where = project.options_file or "assay.toml"
        said = f'write deployments = {{ {dotted((name,))} = "{found.file}" }} into {where}'
        click.echo(pass_over(f"assay: {found.file} sets {found.variable}, and deployments names no source."), err=True)
        click.echo(pass_over(f"  fix: {said}, or deployments = {{}} where it counts nowhere."), err=True)


def _answer(session: CommandSession, document: wire.Report, workspace: Workspace, level: Severity) -> None:
    if session.format == "json":
        session.emit(wire.encode(document))
    elif session.format == "text":
        session.print(as_text(document, lines_of(workspace), session.width))
    else:
        from app.formats.rendering import render  # noqa: PLC0415 - for programs only

        if content := render([(document, workspace)], session.format, level):
            session.emit(content)
