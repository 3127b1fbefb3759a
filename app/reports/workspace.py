"""Several projects side by side, in the wire format."""

from collections.abc import Sequence

from msgspec import Struct

from app.reports import wire


class MemberReport(Struct, frozen=True, kw_only=True):
    """One project: the verdict on it, or why there is none."""

    name: str
    path: str
    report: wire.Report | None = None
    error: wire.ErrorReport | None = None

    @property
    def valid(self) -> bool:
        """Whether it is judged, and valid."""
        return self.report is not None and self.report.valid


class WorkspaceReport(Struct, frozen=True, kw_only=True):
    """The verdict on the projects of a workspace: `assay check --all`."""

    version: int = wire.VERSION
    valid: bool
    counts: wire.FindingCounts
    projects: list[MemberReport]


def together(projects: Sequence[MemberReport]) -> WorkspaceReport:
    """The verdicts as one; one project that has none makes the whole invalid."""
    counted = [one.report.counts for one in projects if one.report]
    total = {name: sum(getattr(one, name) for one in counted) for name in wire.FindingCounts.__struct_fields__}
    return WorkspaceReport(
        valid=all(one.valid for one in projects), counts=wire.FindingCounts(**total), projects=list(projects)
    )


class ProjectEntry(Struct, frozen=True, kw_only=True):
    """A project: where it is, and the verdict on it in numbers, or why there is none."""

    name: str
    path: str
    active: str | None = None
    valid: bool = False
    counts: wire.FindingCounts = wire.FindingCounts()
    environments: list[str] = []
    error: wire.ErrorReport | None = None


class Projects(Struct, frozen=True, kw_only=True):
    """The projects that a service diagnoses: `GET /projects`."""

    version: int = wire.VERSION
    projects: list[ProjectEntry]
