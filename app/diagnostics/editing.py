"""Editing a profile: what an edit would do is known, in every environment, before a byte is written."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from app.diagnostics.draft import Draft
from app.diagnostics.validation import validate
from app.diagnostics.workspace import Workspace
from app.reports import wire
from app.reports.difference import difference
from app.reports.edit import Edit, EnvironmentChange
from app.sources.edit.writing import NEW_MODE, SECRET_MODE, changed, hold, locked, replace_file
from app.sources.project import Project, open_project

type Plan = Callable[[Workspace], Draft]
type Permission = Literal["judge", "write", "force"]

_ATTEMPTS = 100
_POSITION = re.compile(r":\d+(:\d+)?")


def edit(workspace: Workspace, plan: Plan, permission: Permission) -> Edit:
    """Makes an edit.

    Args:
        workspace: where.
        plan: what the edit makes of a project; asked again where a file changed before it could be written.
        permission: `judge` writes nothing, `write` refuses what adds an error or has no effect, `force` does not.

    Raises:
        ArgumentError: the edit cannot be made, or the file not written.
        EditConflict: files keep changing.
    """
    for _ in range(_ATTEMPTS):
        draft = plan(workspace)
        document = judged(workspace, draft)
        is_refused = document.refusal is not None and permission != "force"
        if permission == "judge" or is_refused or draft.raw == draft.held.raw:
            return document
        if _written(workspace.project, draft):
            return replace(document, written=True)
        workspace = replace(workspace, project=open_project(workspace.project.root))
    raise changed(draft.entry.path)


def judged(workspace: Workspace, draft: Draft) -> Edit:
    """What a draft changes in every environment, and what speaks against it."""
    findings = added(validate(workspace), validate(draft.after))
    changes = list(_changes(workspace, draft.after))
    same = ["The file says so already."] if draft.raw == draft.held.raw else []
    return Edit(
        file=draft.entry.name,
        section=draft.section,
        key=draft.key,
        written=False,
        changes=changes,
        findings=findings,
        shadowed=wire.origin(draft.shadow),
        refusal=_refusal(draft, findings),
        notes=[*draft.notes, *same, *_losses(workspace, draft, changes)],
    )


def _losses(workspace: Workspace, draft: Draft, changes: Sequence[EnvironmentChange]) -> Iterator[str]:
    """Keys beside the edited one that an environment loses, since a table takes the place of the one below it."""
    above = draft.key.rpartition(".")[0]
    lost = [change for change in changes if change.kind == "removed" and change.key != draft.key]
    if not lost or workspace.project.options.merge_enabled:
        return
    for name in dict.fromkeys(change.environment for change in lost):
        keys = ", ".join(change.key for change in lost if change.environment == name)
        advice = f"write dynaconf_merge = true into [{draft.section}.{above}] of {draft.entry.name}" if above else ""
        yield f"{name} loses {keys}: tables do not merge in this project; {advice or 'see the options'}."


def _refusal(draft: Draft, findings: Sequence[wire.Finding]) -> str | None:
    said = [draft.ineffective] if draft.ineffective else []
    if findings:
        count = len(findings)
        said.append(f"It would add {'an error' if count == 1 else f'{count} errors'}.")
    return " ".join(said) or None


def added(before: wire.Report, after: wire.Report) -> list[wire.Finding]:
    """The errors that were not there before, wherever in a file they stood."""
    known = {identity(finding) for finding in _errors(before)}
    return [finding for finding in _errors(after) if identity(finding) not in known]


def _errors(report: wire.Report) -> Iterator[wire.Finding]:
    found = [*report.findings, *(finding for one in report.environments for finding in one.findings)]
    return (finding for finding in found if finding.severity == "error")


def identity(finding: wire.Finding) -> tuple[str, str | None, str | None, str]:
    """What makes a finding the same one before and after an edit, which may move it."""
    return (finding.rule, finding.environment, finding.key, _POSITION.sub("", finding.message))


def _changes(before: Workspace, after: Workspace) -> Iterator[EnvironmentChange]:
    for name in dict.fromkeys((*before.environments, *after.environments)):
        for change in difference(before.tree(name), after.tree(name), before.mask()).changes:
            yield EnvironmentChange(
                environment=name, key=change.key, kind=change.kind, left=change.left, right=change.right
            )


def _written(project: Project, draft: Draft) -> bool:
    """Writes the draft; False where the project is not any more what was judged.

    Raises:
        ArgumentError: the file cannot be written.
        EditConflict: an editor that knows no lock changed the file at the last moment.
    """
    with locked([project.root, draft.held.path.parent]):
        if not _is_as_judged(project) or hold(draft.entry.path) != draft.held:
            return False
        replace_file(draft.held, draft.raw, mode=SECRET_MODE if draft.entry.secret else NEW_MODE)
        return True


def _is_as_judged(project: Project) -> bool:
    """Whether every file still says what the verdict was made from."""
    now = open_project(project.root)
    return now.options == project.options and _texts(now) == _texts(project)


def _texts(project: Project) -> list[tuple[str, str]]:
    return [(entry.name, document.text) for entry, document in project.documents]
