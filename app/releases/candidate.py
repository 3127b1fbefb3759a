"""An environment as it would be released: the verdict on it, its body, and how that differs from the head."""

from msgspec import UNSET, Struct
from msgspec.structs import replace

from app.checking.check import validate
from app.core.errors import ArgumentError
from app.core.tree import Tree
from app.project.workspace import Workspace
from app.releases.body import ReleaseBody, body_of, tree_of
from app.releases.deliverable import deliverable
from app.releases.errors import ReleaseRefused
from app.reports import wire
from app.reports.difference import difference
from app.reports.present.wording import counted
from app.reports.released import released
from app.reports.releases import Release, ReleasePreview


class Candidate(Struct, frozen=True, kw_only=True):
    """An environment as it would be released.

    Attributes:
        report: the verdict, without the variables of whoever releases: no instance has them.
        fingerprint: of the environment's values as the process that releases has them.
        tree: the values that would be delivered.
    """

    workspace: Workspace
    report: wire.Report
    fingerprint: str
    tree: Tree
    body: ReleaseBody

    @property
    def verdict(self) -> wire.EnvironmentReport:
        """The verdict on the environment."""
        return self.report.environments[0]


def candidate(workspace: Workspace, name: str) -> Candidate:
    """An environment as it would be released.

    Args:
        workspace: the project.
        name: the environment.

    Raises:
        UnknownEnvironment: there is none of that name.
        ProjectError: the project names a model that cannot be asked: nobody knows what is secret.
    """
    environment = workspace.environment(name)
    everywhere = replace(workspace, scope="none")
    report = validate(everywhere, [environment])
    found = deliverable(everywhere, environment, report.environments[0])
    return Candidate(
        workspace=workspace,
        report=report,
        fingerprint=workspace.fingerprints.of(workspace.tree(environment)),
        tree=found.tree,
        body=body_of(workspace.project.name, found.tree, found.supplied),
    )


def preview(found: Candidate, head: Release | None, content: bytes | None) -> ReleasePreview:
    """What a release would do.

    Args:
        found: what would be released.
        head: the release that is in force; None where nothing was released yet.
        content: its body.
    """
    mask, verdict = found.workspace.mask(), found.verdict
    before = tree_of(content) if content else Tree(environment=found.tree.environment, leaves=())
    shown = ReleasePreview(
        project=found.workspace.project.name,
        environment=found.tree.environment,
        head=head,
        digest=found.body.digest,
        fingerprint=found.fingerprint,
        valid=found.report.valid,
        judged=verdict.judged,
        reason=verdict.reason,
        counts=found.report.counts,
        findings=[*found.report.findings, *verdict.findings],
        supplied=list(found.body.supplied),
        changes=difference(before, found.tree, mask).changes,
    )
    return released(shown, mask.said)


def require_reason(forced: str | None) -> None:
    """That a reason, where one is given, says something.

    Raises:
        ArgumentError: it does not.
    """
    if forced is not None and not any(letter.isalnum() for letter in forced):
        raise ArgumentError("A release in spite of errors needs a reason.", fix="Say in words why.")


def require_fit(found: Candidate, forced: str | None) -> None:
    """Lets an environment pass that is fit to be released, or that somebody has a reason to release.

    Raises:
        ArgumentError: the reason says nothing.
        ReleaseRefused: it has errors, or could not be judged, for which there is no reason.
    """
    verdict, name = found.verdict, found.tree.environment
    if verdict.reason is not UNSET and verdict.reason:
        message = f"{name} cannot be judged: {verdict.reason}."
        raise ReleaseRefused(message, fix="Mend that; what is not known cannot be released.")
    require_reason(forced)
    if not found.report.valid and forced is None:
        message = f"{name} has {counted(found.report.counts.error, 'error')}, and is not released."
        fix = f"Mend what `assay check {name}` tells, or release it with a reason: --force REASON."
        raise ReleaseRefused(message, fix=fix)
