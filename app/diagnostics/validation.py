"""Is every environment fit to run?"""

from collections.abc import Sequence

from app.diagnostics.workspace import Workspace
from app.reports import wire
from app.reports.validation import Judged, validation
from app.reports.values import fingerprint
from app.rules import judge


def validate(workspace: Workspace, names: Sequence[str] = ()) -> wire.Report:
    """Judge the named environments, else all.

    Raises:
        UnknownEnvironment: one of the names is no environment; the nearest is suggested.
    """
    chosen = [workspace.environment(name) for name in names] or list(workspace.environments)
    return validation(
        workspace.project.name,
        workspace.active,
        workspace.source_findings,
        [_judged(workspace, name) for name in dict.fromkeys(chosen)],
    )


def _judged(workspace: Workspace, name: str) -> Judged:
    subject = workspace.subject(name)
    return Judged(
        name=name,
        active=name == workspace.active,
        production=subject.production,
        fingerprint=fingerprint(subject.tree, workspace.mask()),
        verdict=judge(subject),
    )
