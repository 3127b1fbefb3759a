"""Editing a profile: what an edit would do is known, in every environment, before a byte is written."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from msgspec.structs import replace

from app.checking.check import validate
from app.editing.proposed_edit import Draft
from app.project.git.ignore import exposure, ignore
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.difference import difference
from app.reports.edit import EditReport, EnvironmentChange
from app.sources.project import Project
from app.sources.project.discovery import reopened
from app.toml_edit.writing import NEW_MODE, SECRET_MODE, changed, hold, locked, replace_file

type Plan = Callable[[Workspace], Draft]
type Permission = Literal["judge", "write", "force"]

_ATTEMPTS = 100
_POSITION = re.compile(r":\d+(:\d+)?")


def edit(workspace: Workspace, plan: Plan, permission: Permission, *, gitignore: bool = False) -> EditReport:
    """Makes an edit.

    Args:
        workspace: where.
        plan: what the edit makes of a project; asked again where a file changed before it could be written.
        permission: `judge` writes nothing, `write` refuses what adds an error or has no effect, `force` does not.
        gitignore: has git ignore the file first, where it is for secrets.

    Raises:
        ArgumentError: the edit cannot be made, or the file not written.
        EditConflict: files keep changing.
    """
    for _ in range(_ATTEMPTS):
        draft = plan(workspace)
        document = judged(workspace, draft)
        is_refused = document.refusal is not None and permission != "force"
        if is_refused and not is_as_judged(workspace):  # what was read before another editor, and after
            workspace = replace(workspace, project=reopened(workspace.project, workspace.environ))
            continue
        if permission == "judge" or is_refused:
            return document
        if gitignore and draft.entry.secret:
            document = _ignored(workspace, draft, document)
        if draft.raw == draft.held.raw:
            return document
        if _written(workspace, draft):
            return replace(document, written=True)
        workspace = replace(workspace, project=reopened(workspace.project, workspace.environ))
    raise changed(draft.entry.path)


def _ignored(workspace: Workspace, draft: Draft, document: EditReport) -> EditReport:
    """The answer with what became of `.gitignore` in place of what git would do without it."""
    exposed = exposure(draft.held.path, workspace.environ)
    said = ignore(workspace.project.root, draft.held.path, workspace.environ)
    return replace(document, notes=[*(note for note in document.notes if note != exposed), *([said] if said else [])])


def judged(workspace: Workspace, draft: Draft) -> EditReport:
    """What a draft changes in every environment, and what speaks against it."""
    findings = news(validate(workspace), validate(draft.after))
    changes = list(changes_between(workspace, draft.after))
    same = ["The file says so already."] if draft.raw == draft.held.raw else []
    exposed = exposure(draft.held.path, workspace.environ) if draft.entry.secret else ""
    return EditReport(
        file=draft.entry.name,
        section=draft.section,
        key=draft.key,
        written=False,
        changes=changes,
        findings=findings,
        shadowed=wire.origin(draft.shadow),
        refusal=refusal_of([*draft.objections, *([draft.ineffective] if draft.ineffective else [])], findings),
        notes=[*draft.notes, *same, *([exposed] if exposed else [])],
        hint=draft.hint or None,
    )


def refusal_of(objections: Sequence[str], findings: Sequence[wire.ReportedFinding]) -> str | None:
    """Why an edit is refused: what speaks against it, and the errors it would add; None where nothing does."""
    said = list(objections)
    if count := sum(finding.severity == "error" for finding in findings):
        said.append(f"It would add {'an error' if count == 1 else f'{count} errors'}.")
    return " ".join(said) or None


def added(before: wire.Report, after: wire.Report) -> list[wire.ReportedFinding]:
    """The errors that were not there before, wherever in a file they stood."""
    return [finding for finding in news(before, after) if finding.severity == "error"]


def news(before: wire.Report, after: wire.Report) -> list[wire.ReportedFinding]:
    """The errors, then the warnings, that were not there before."""
    known = {identity(finding) for finding in _told(before)}
    new = [finding for finding in _told(after) if identity(finding) not in known]
    return sorted(new, key=lambda finding: finding.severity != "error")


def _told(report: wire.Report) -> Iterator[wire.ReportedFinding]:
    found = [*report.findings, *(finding for one in report.environments for finding in one.findings)]
    return (finding for finding in found if finding.severity != "info")


def identity(finding: wire.ReportedFinding) -> tuple[str, str | None, str | None, str]:
    """What makes a finding the same one before and after an edit, which may move it."""
    return (finding.rule, finding.environment, finding.key, _POSITION.sub("", finding.message))


def changes_between(before: Workspace, after: Workspace) -> Iterator[EnvironmentChange]:
    """Every leaf of an environment that an edit changes."""
    for name in dict.fromkeys((*before.environments, *after.environments)):
        for change in difference(before.tree(name), after.tree(name), before.mask()).changes:
            yield EnvironmentChange(
                environment=name, key=change.key, kind=change.kind, left=change.left, right=change.right
            )


def _written(workspace: Workspace, draft: Draft) -> bool:
    """Writes the draft; False where the project is not any more what was judged.

    Raises:
        ArgumentError: the file cannot be written.
        EditConflict: an editor that knows no lock changed the file at the last moment.
    """
    with locked([workspace.project.root, draft.held.path.parent]):
        if not is_as_judged(workspace) or hold(draft.entry.path, workspace.project.root) != draft.held:
            return False
        replace_file(draft.held, draft.raw, mode=SECRET_MODE if draft.entry.secret else NEW_MODE)
        return True


def is_as_judged(workspace: Workspace) -> bool:
    """Whether every file still says what the verdict was made from."""
    project, now = workspace.project, reopened(workspace.project, workspace.environ)
    return now.options == project.options and _texts(now) == _texts(project)


def _texts(project: Project) -> list[tuple[str, str]]:
    return [(entry.name, document.text) for entry, document in project.documents]
