"""Is every environment fit to run?"""

from collections.abc import Sequence

from msgspec.structs import replace

from app.diagnostics.survey import survey
from app.diagnostics.workspace import Workspace
from app.findings import Finding, Verdict
from app.reports import wire
from app.reports.validation import Judged, validation
from app.reports.values import fingerprint
from app.rules import judge, judge_project, typ001_missing
from app.rules.subject import Subject


def validate(workspace: Workspace, names: Sequence[str] = (), *, strict_secrets: bool = False) -> wire.Report:
    """Judge the named environments, else all.

    Args:
        workspace: where to look.
        names: the environments.
        strict_secrets: what a deployment supplies counts as missing.

    Raises:
        ProjectError: the project names a model that cannot be asked.
        UnknownEnvironment: one of the names is no environment; the nearest is suggested.
    """
    workspace.require_checkable()
    chosen = [workspace.environment(name) for name in names] or list(workspace.environments)
    surveyed = survey(workspace)
    findings = judge_project(surveyed)
    subjects = {name: surveyed.subjects.get(name) or workspace.subject(name) for name in chosen}
    return validation(
        workspace.project.name,
        workspace.active,
        [*workspace.source_findings, *(finding for finding in findings if finding.environment is None)],
        [
            _strictly(judged) if strict_secrets else judged
            for name, subject in subjects.items()
            for judged in (_judged(workspace, name, subject, findings),)
        ],
    )


def _strictly(judged: Judged) -> Judged:
    missing = tuple(typ001_missing.strict(item, judged.name) for item in judged.verdict.deferred)
    return replace(judged, verdict=Verdict(findings=(*judged.verdict.findings, *missing)))


def _judged(workspace: Workspace, name: str, subject: Subject, findings: Sequence[Finding]) -> Judged:
    verdict = judge(subject)
    of_project = [finding for finding in findings if finding.environment == name]
    return Judged(
        name=name,
        active=name == workspace.active,
        production=subject.production,
        fingerprint=fingerprint(workspace.tree(name), workspace.mask()),
        verdict=Verdict(findings=(*verdict.findings, *of_project), deferred=verdict.deferred),
    )
