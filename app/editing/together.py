"""Several keys changed at once: judged as one edit, and written whole or not at all."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from app.checking.check import validate
from app.core.errors import EditConflict, ProfilesChanged
from app.editing.edits import changes_between, is_as_judged, news, refusal_of
from app.editing.fix import write
from app.editing.proposed_edit import Assignment, Draft, Removal
from app.editing.set_value import assigned
from app.editing.unset_value import removed
from app.project.git.ignore import exposure
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.edit import EditedKey, EditsReport

type Request = Assignment | Removal


def edit_together(
    workspace: Workspace,
    requests: Sequence[Request],
    *,
    dry_run: bool,
    written: Callable[[Workspace], object] = lambda _: None,
) -> EditsReport:
    """Makes edits, each on top of the one before it.

    Args:
        workspace: where.
        requests: the edits, at least one.
        dry_run: nothing is written.
        written: called with the project as it was written, as soon as it is.

    Raises:
        ArgumentError: one of them cannot be made, or a file not written.
        UnknownEnvironment: there is no such environment.
        UnknownKey: what is to be taken out is not there.
        EditRefused: a secret is to be set, and the project loads no file for secrets.
        ProfilesChanged: the project is not any more what was judged; nothing was written.
    """
    drafts, now = list[Draft](), workspace
    for request in requests:
        draft = assigned(now, request) if isinstance(request, Assignment) else removed(now, request)
        drafts.append(draft)
        now = draft.after
    document = _judged(workspace, drafts, now)
    if not is_as_judged(workspace):  # the drafts were made of what stands there now
        raise ProfilesChanged
    if dry_run or document.refusal:
        return document
    try:
        write(workspace, _files(drafts))
    except EditConflict:
        raise ProfilesChanged from None
    written(now)
    return replace(document, written=True)


def _files(drafts: Sequence[Draft]) -> dict[str, tuple[bytes | None, bytes]]:
    """What each file holds, and what it is to hold."""
    files: dict[str, tuple[bytes | None, bytes]] = {}
    for draft in drafts:
        before = files[draft.entry.name][0] if draft.entry.name in files else draft.held.raw
        files[draft.entry.name] = (before, draft.raw)
    return {name: sides for name, sides in files.items() if sides[0] != sides[1]}


def _judged(workspace: Workspace, drafts: Sequence[Draft], after: Workspace) -> EditsReport:
    findings = news(validate(workspace), validate(after))
    said = [one for draft in drafts for one in (*draft.objections, draft.ineffective) if one]
    exposed = [exposure(draft.held.path, workspace.environ) for draft in drafts if draft.entry.secret]
    notes = [*(note for draft in drafts for note in (draft.hint, *draft.notes)), *exposed]
    return EditsReport(
        edits=[
            EditedKey(key=one.key, file=one.entry.name, section=one.section, shadowed=wire.origin(one.shadow))
            for one in drafts
        ],
        written=False,
        changes=list(changes_between(workspace, after)),
        findings=findings,
        refusal=refusal_of(said, findings),
        notes=list(dict.fromkeys(filter(None, notes))),
    )
