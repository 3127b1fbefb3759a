"""`assay plan`: what does a change do to each environment?"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import click

from app.cli.session import (
    CommandSession,
    answers,
    environ_option,
    pass_over,
    pass_session,
    project_option,
    wide_option,
)
from app.cli.text.plan import plan as as_text
from app.core.findings import Severity
from app.planning.plan import plan
from app.planning.request import PlanRequest
from app.reports import wire

if TYPE_CHECKING:
    from app.reports.plan import ChangePlan


@click.command("plan")
@click.argument("revisions", required=False, metavar="[BASE[..HEAD]]")
@click.option("--only", metavar="ENV", multiple=True, help="Only this environment; may be repeated.")
@click.option("--fail-level", type=click.Choice(["info", "warning", "error"]), default="error",
              help="What new findings end with 1.")  # fmt: skip
@click.option("--exit-code", is_flag=True, help="End with 1 where anything changes.")
@click.option("--no-blame", is_flag=True, help="Do not ask whose the lines are.")
@click.option("--with-untracked", is_flag=True, help="Files that git does not track count, too.")
@project_option
@wide_option
@environ_option
@answers("text", "json", "markdown", "github", "sarif")
@pass_session
def command(
    session: CommandSession,
    /,
    revisions: str | None,
    only: tuple[str, ...],
    fail_level: str,
    **switches: bool,
) -> int:
    """What a change does to each environment: values, findings, and edits without effect.

    BASE is by default where HEAD parts from the default branch, HEAD the working tree. Both are read out of git;
    nothing is checked out or written.

    Ends with 0 where nothing new is found, 1 on new findings at the fail level or above, 2 when a revision is not
    there.
    """
    request = PlanRequest(
        root=session.root,
        environ=session.environ,
        clock=session.clock,
        revisions=revisions,
        scope=session.scope,
        call=_call(session),
        is_named=bool(session.named_call),
        with_untracked=switches["with_untracked"],
        only=only,
        blame=not switches["no_blame"],
    )
    with _ending_whole(), session.busy("working out both states"):
        found = plan(request)
    _answer(session, found)
    if found.untracked and not switches["with_untracked"]:
        told = f"git does not track {', '.join(found.untracked)}: not read on either side; --with-untracked reads it."
        click.echo(pass_over(f"assay: {told}"), err=True)
    for rev in found.without_call:
        told = f"no Dynaconf call stands at {request.call} in {rev}: there the one that is found counts."
        click.echo(pass_over(f"assay: {told}"), err=True)
    return int(_fails(found, Severity.of(fail_level)) or (switches["exit_code"] and found.changes_anything))


@contextmanager
def _ending_whole() -> Iterator[None]:
    """Whoever ends the process by SIGTERM, as CI does, has the folder of the revisions' files taken away, too."""
    if current_thread() is not main_thread():  # no other thread may say what a signal does
        yield
        return
    before = signal(SIGTERM, lambda *_: sys.exit(128 + SIGTERM))
    try:
        yield
    finally:
        signal(SIGTERM, before)


def _call(session: CommandSession) -> str:
    """The place of the call that is named, from the project's folder."""
    path = Path(session.named_call)
    return str(path.relative_to(session.root, walk_up=True)) if path.is_absolute() else session.named_call


def _answer(session: CommandSession, found: "ChangePlan") -> None:
    if session.format == "json":
        session.emit(wire.encode(found))
    elif session.format != "text":
        from app.formats.plan_report import render_plan  # noqa: PLC0415 - for programs only

        if content := render_plan(found, session.format, session.root):
            session.emit(content)
    else:
        session.print(as_text(found, session.width, session.room))


def _fails(found: "ChangePlan", level: Severity) -> bool:
    """Whether there is something new that is bad enough, or an environment that cannot be judged after the change."""
    reaches = any(getattr(found.counts, severity.word) for severity in Severity if severity >= level)
    return reaches or any(not one.judged for one in found.environments)
