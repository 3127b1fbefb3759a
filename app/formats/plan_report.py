"""A plan for the programs that run checks: what is new in it, as a report; or a comment on a pull request."""

from pathlib import Path, PurePosixPath

from msgspec import UNSET

from app.core.findings import Severity
from app.core.opening import exists
from app.formats.checked import CheckedProject
from app.formats.paths import Paths
from app.reports import wire
from app.reports.plan import ChangePlan, PlannedEnvironment


def render_plan(plan: ChangePlan, answer: str, root: Path) -> bytes:
    """The plan in one of these formats; annotations and code scanning are told what is new, and nothing else.

    Args:
        plan: what changes.
        answer: the format.
        root: the folder in which it was asked for.
    """
    if answer == "markdown":
        from app.formats.plan_markdown import markdown  # noqa: PLC0415 - most calls answer in text

        return markdown(plan)
    new = CheckedProject(new_findings(plan), _paths(root, plan.folder))
    if answer == "github":
        from app.formats.github import github  # noqa: PLC0415 - the same

        return github(new)
    from app.formats.sarif import sarif  # noqa: PLC0415 - the same

    return sarif(new)


def new_findings(plan: ChangePlan) -> wire.Report:
    """What is new, as a report of its own."""
    return wire.Report(
        project="",
        active="",
        valid=not plan.counts.error and all(one.judged for one in plan.environments),
        counts=plan.counts,
        findings=plan.findings.new,
        environments=[_environment(one) for one in plan.environments],
    )


def _environment(one: PlannedEnvironment) -> wire.EnvironmentReport:
    new = one.findings.new
    return wire.EnvironmentReport(
        name=one.name,
        active=False,
        production=one.production,
        valid=one.judged and all(finding.severity != "error" for finding in new),
        judged=one.judged,
        reason=UNSET if one.judged else one.reason,
        fingerprint="",
        counts=wire.counts(Severity.of(finding.severity) for finding in new),
        findings=new,
        deferred=[],
        waived=[],
    )


def _paths(asked: Path, folder: str) -> Paths:
    """The names of a project's files as its clone has them."""
    asked = asked.resolve()
    tree = next((around for around in (asked, *asked.parents) if exists(around / ".git")), asked)
    root = tree / folder
    home = next((name for name in ("assay.toml", "pyproject.toml", "settings.toml") if exists(root / name)), None)
    return Paths(tree=PurePosixPath(tree.as_posix()), root=PurePosixPath(root.as_posix()), home=home)
