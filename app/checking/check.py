"""Is every environment fit to run?"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from app.checking.judgement import Judgement, judge_of
from app.checking.rule_control import EVERY_RULE, RuleSelection, under_control
from app.checking.waivers import under_waivers
from app.core.findings import Verdict
from app.project.pastable import Pastable
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.released import Masking
from app.reports.validation import Judged, validation
from app.rules import typ001_missing

type Progress = Callable[[str, str, int, int], None]
"""Told what begins, with which environment, and the how-manieth it is of how many."""


def _unseen(_what: str, _environment: str, _number: int, _total: int) -> None:
    """The progress that nobody watches."""


def validate(
    workspace: Workspace,
    names: Sequence[str] = (),
    *,
    strict_secrets: bool = False,
    rules: RuleSelection = EVERY_RULE,
    fingerprints: bool = True,
    progress: Progress = _unseen,
    masking: Masking | None = None,
) -> wire.Report:
    """Judge the named environments, else all.

    Args:
        workspace: where to look.
        names: the environments.
        strict_secrets: what a deployment supplies counts as missing.
        rules: which of them count, beside what the options say.
        fingerprints: whether they are told; each asks of every value whether it is a secret.
        progress: is told about every step.
        masking: makes the report fit to leave; None for what the project's own mask hides.

    Raises:
        ProjectError: the project names a model that cannot be asked, or waives or ignores a rule that there is not.
        UnknownEnvironment: one of the names is no environment; the nearest is suggested.
    """
    workspace.model.require()
    chosen = [workspace.environment(name) for name in names] or list(workspace.environments)
    names_read = tuple(dict.fromkeys((*workspace.environments, *chosen)))
    for number, name in enumerate(names_read, 1):
        progress("reading", name, number, len(names_read))
        workspace.tree(name)
    found = _found(workspace, chosen, progress)
    if strict_secrets:
        found = replace(found, judged=tuple(_strictly(judged) for judged in found.judged))
    found = _pastable(workspace, under_control(workspace.project, found, rules))
    left = under_waivers(workspace, found, complete=not names and not rules.narrows)
    named = tuple(_named(workspace, one) for one in left.judged) if fingerprints else left.judged
    report = validation(workspace.project.name, workspace.active, left.findings, named, left.waived)
    return (masking or Masking(workspace.mask().said))(report)


def _pastable(workspace: Workspace, found: Judgement) -> Judgement:
    """The same; what findings give to paste is as the project's files have it."""
    pastable = Pastable(workspace)
    judged = (
        replace(one, verdict=replace(one.verdict, findings=pastable.findings(one.verdict.findings)))
        for one in found.judged
    )
    return replace(found, findings=pastable.findings(found.findings), judged=tuple(judged))


def _found(workspace: Workspace, chosen: Sequence[str], progress: Progress) -> Judgement:
    judge = judge_of(workspace)
    of_project = [finding for finding in judge.of_project if finding.environment is None]
    judged = []
    for number, name in enumerate(names := dict.fromkeys(chosen), 1):
        progress("judging", name, number, len(names))
        judged.append(judge.of(name))
    return Judgement(findings=(*workspace.source_findings, *of_project), judged=tuple(judged))


def _named(workspace: Workspace, judged: Judged) -> Judged:
    """The same with the fingerprint of its values."""
    return replace(judged, fingerprint=workspace.fingerprints.of(workspace.tree(judged.name)))


def _strictly(judged: Judged) -> Judged:
    missing = tuple(typ001_missing.strict(item, judged.name) for item in judged.verdict.deferred if not item.supplied)
    return replace(judged, verdict=Verdict(findings=(*judged.verdict.findings, *missing)))
