"""`assay release ENV`: releases an environment."""

import click

from app.cli import completion
from app.cli.commands.release.options import asked, home_option
from app.cli.session import CommandSession, pass_session, project_options, wide_option
from app.cli.text.releases import overtaken, result
from app.cli.text.releases import preview as as_text
from app.releases.candidate import require_reason
from app.releases.errors import ReleaseConflict, ReleaseRefused
from app.reports import wire
from app.reports.releases import Release, ReleasePreview
from app.service.releasing.releases import Releasing


@click.command("make")
@click.argument("environment", metavar="ENV", shell_complete=completion.environments)
@click.option("-m", "--message", default="", help="What the release is for.")
@click.option("--dry-run", is_flag=True, help="Tell what would be released, and release nothing.")
@click.option("--force", "forced", metavar="REASON", help="Release in spite of errors; the reason is kept.")
@home_option
@wide_option
@project_options
@pass_session
def command(
    session: CommandSession, environment: str, message: str, *, dry_run: bool, forced: str | None, home: str | None
) -> int:
    """Release ENV: what the files say of it, without secrets, is what its instances are to run with.

    Tells how it differs from the release that is in force. Ends with 1, and releases nothing, where `assay check ENV`
    would find errors or another release was first; with 3 when the database cannot be reached.
    """
    require_reason(forced)
    seen: list[ReleasePreview] = []

    async def ask(releasing: Releasing) -> Release | None:
        seen.append(await releasing.preview(environment))
        return None if dry_run else await releasing.release(environment, message, seen=seen[0], forced=forced)

    try:
        try:
            found = asked(session, home, ask)
        finally:
            if seen and session.format == "text":
                session.print(as_text(seen[0], session.room, session.clock()))
    except ReleaseRefused:
        if session.format == "text":
            raise
        session.emit(wire.encode(seen[0]))
        return 1
    except ReleaseConflict as conflict:
        if session.format == "text" and conflict.changes:
            session.print(overtaken(conflict.changes, session.room))
        raise
    if session.format == "json":
        session.emit(wire.encode(found or seen[0]))
    else:
        session.print(result(found) if found else "Nothing was released: --dry-run.")
    return int(found is None and not seen[0].valid and forced is None)
