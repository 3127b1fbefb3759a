"""What rules said about a project and its environments."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from app.checking.project_context import survey
from app.core.findings import Finding, Verdict, Waived
from app.project.workspace import Workspace
from app.reports.validation import Judged
from app.rules.judging import judge, judge_project, strongest

if TYPE_CHECKING:
    from app.rules.kit.subject import EnvironmentContext


class Judgement(Struct, frozen=True, kw_only=True):
    """What was found, before or after waivers.

    Attributes:
        findings: those that belong to no single environment.
        judged: the environments that were asked for.
        waived: of those that belong to no single environment.
    """

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    waived: tuple[Waived, ...] = ()

    @property
    def everything(self) -> Iterator[Finding]:
        """All findings."""
        yield from self.findings
        for one in self.judged:
            yield from one.verdict.findings

    @property
    def names(self) -> list[str]:
        """The environments that were asked for."""
        return [one.name for one in self.judged]


def judge_of(workspace: Workspace) -> "WorkspaceJudge":
    """Who judges a workspace, and knows what has been judged already."""
    found: WorkspaceJudge = workspace.memo.setdefault(WorkspaceJudge, WorkspaceJudge(workspace))
    return found


class WorkspaceJudge:
    """Judges a workspace: the project as a whole and each environment once, however often that is asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._judged: dict[str, Judged] = {}
        self._subjects: dict[str, EnvironmentContext] = {}

    @cached_property
    def of_project(self) -> tuple[Finding, ...]:
        """What rules say of the project as a whole; some of it names an environment."""
        surveyed = survey(self._workspace)
        self._subjects.update(surveyed.subjects)
        return judge_project(surveyed)

    def of(self, name: str) -> Judged:
        """What rules say of an environment; nothing where it cannot be judged: all of it might come from the hole."""
        if name not in self._judged:
            self._judged[name] = self._judgement(name)
        return self._judged[name]

    def _judgement(self, name: str) -> Judged:
        workspace, of_project = self._workspace, self.of_project
        reason = workspace.unjudged(name)
        return Judged(
            name=name,
            active=name == workspace.active,
            production=workspace.project.is_production(name),
            fingerprint="",
            verdict=Verdict() if reason else self._verdict(name, of_project),
            reason=reason,
        )

    def _verdict(self, name: str, of_project: tuple[Finding, ...]) -> Verdict:
        subject = self._subjects.pop(name) if name in self._subjects else self._workspace.subject(name)
        found = judge(subject)
        about = [finding for finding in of_project if finding.environment == name]
        return Verdict(findings=strongest([*found.findings, *about]), deferred=found.deferred)
