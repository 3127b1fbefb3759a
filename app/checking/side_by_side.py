"""The projects of a workspace, judged side by side; one that cannot be used disturbs none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from app.checking.check import validate
from app.checking.rule_control import RuleSelection
from app.core.errors import AssayError, UnknownEnvironment
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.workspace import MemberReport
from app.sources.project.members import Member, members, workspace_root

type Open = Callable[[Path], Workspace]
type Progress = Callable[[str, str, int, int], None]


class CheckedMember(Struct, frozen=True, kw_only=True):
    """What came of one project.

    Attributes:
        report: the verdict, or why there is none.
        workspace: the project; None where it cannot be used.
        error: why it cannot.
    """

    report: MemberReport
    workspace: Workspace | None = None
    error: AssayError | None = None


def check_members(
    folders: Sequence[Path],
    environ: Mapping[str, str],
    names: Sequence[str],
    open_member: Open,
    progress: Progress,
    passed_over: Callable[[str], object],
    *,
    strict_secrets: bool,
    rules: RuleSelection,
) -> list[CheckedMember]:
    """Judges every project of a workspace.

    Args:
        folders: where the question is asked, and the folders above it, the nearest first.
        environ: the variables of the process.
        names: the environments to judge, in those projects that have them; none: all.
        open_member: opens the project in a folder.
        progress: is told about every project.
        passed_over: is told each folder that the option `projects` matches by a glob, and that is no project.
        strict_secrets: what a deployment supplies counts as missing.
        rules: which of them count.

    Raises:
        ProjectError: there is no project.
        UnknownEnvironment: no project has any of the environments.
    """
    listed = members(workspace_root(folders), environ, passed_over)

    def checked() -> Iterator[CheckedMember]:
        for number, member in enumerate(listed, 1):
            progress("checking", member.path, number, len(listed))
            try:
                workspace = open_member(member.folder)
                chosen = [name for name in names if workspace.project.may_exist(name.strip().lower())]
                if chosen or not names:
                    report = validate(workspace, chosen, strict_secrets=strict_secrets, rules=rules)
                    yield CheckedMember(report=_told(member, report=report), workspace=workspace)
            except AssayError as error:
                yield CheckedMember(report=_told(member, error=wire.error(error)), error=error)

    found = list(checked())
    if not any(one.workspace for one in found) and names:
        what, whose = " or ".join(map(repr, names)), ", ".join(one.name for one in listed[:5])
        raise UnknownEnvironment(f"No project has an environment {what}.", fix=f"Projects here: {whose}.")
    return found


def _told(member: Member, report: wire.Report | None = None, error: wire.ErrorReport | None = None) -> MemberReport:
    return MemberReport(name=member.name, path=member.path, report=report, error=error)
