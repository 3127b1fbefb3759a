"""One reading of the project as the page sees it: the same documents that everybody is given, read back."""

from functools import cached_property

import msgspec

from app.project.source_lines import LineOf, lines_of
from app.reports import wire
from app.reports.present.causes import Cause, causes, fold
from app.watching import cached_answers
from app.watching.project_snapshot import ProjectSnapshot


class PageReading:
    """One reading; safe to ask from several threads.

    What is shown comes from the documents of the command line and of REST, so that the page can show no secret that
    they hide, and never says anything else than they do.

    Args:
        picture: the project at that moment.
        good: the last reading without an error, whose values are shown where this one cannot be judged.

    Attributes:
        kept: parts of the page that were rendered, by what was asked.
    """

    def __init__(self, picture: ProjectSnapshot, good: ProjectSnapshot | None = None) -> None:
        self.picture = picture
        self.good = good
        self.kept: dict[object, str] = {}

    @cached_property
    def report(self) -> wire.Report:
        """The verdict on all environments.

        Raises:
            AssayError: the project cannot be used.
        """
        found = self.picture.answer(cached_answers.verdict(self.picture.workspace, cached_answers.ALL))
        return msgspec.json.decode(found.body, type=wire.Report)

    @cached_property
    def matrix(self) -> wire.Matrix:
        """Keys by environments, as they last were known.

        Raises:
            AssayError: the project cannot be used.
        """
        found = self.shown.answer(cached_answers.matrix(self.shown.workspace))
        return msgspec.json.decode(found.body, type=wire.Matrix)

    @cached_property
    def unjudged(self) -> dict[str, list[str]]:
        """The environments that cannot be judged, by the reason.

        Raises:
            AssayError: the project cannot be used.
        """
        found: dict[str, list[str]] = {}
        for one in self.report.environments:
            if one.reason:
                found.setdefault(one.reason, []).append(one.name)
        return found

    @property
    def shown(self) -> ProjectSnapshot:
        """Whose values are shown: the last good reading's where something cannot be judged and there was one."""
        return self.good if self.good and self.unjudged else self.picture

    @cached_property
    def rows(self) -> dict[str, wire.MatrixRow]:
        """The rows of the matrix by their keys."""
        return {row.key: row for row in self.matrix.rows}

    @cached_property
    def causes(self) -> list[Cause]:
        """What is found, each cause once, the worst first."""
        return causes(self.report)

    @cached_property
    def waived(self) -> list[Cause]:
        """What waivers accept, each cause once."""
        return fold([*self.report.waived, *(item for one in self.report.environments for item in one.waived)])

    @cached_property
    def line(self) -> LineOf:
        """Gives lines of the project's files, with what is secret in them masked."""
        return lines_of(self.picture.workspace)

    @cached_property
    def shown_line(self) -> LineOf:
        """The same of the files as they were when the values that are shown were read."""
        return lines_of(self.shown.workspace)

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of all environments; none where the project cannot be used."""
        return self.picture.readable.environments if self.picture.readable else ()

    @property
    def active(self) -> str:
        """The environment that the service's process would run with."""
        return self.picture.readable.active if self.picture.readable else ""


class Readings:
    """The newest reading of each project, kept as long as it is the newest."""

    def __init__(self) -> None:
        self._newest: dict[str, PageReading] = {}

    def of(self, project: str, picture: ProjectSnapshot, good: ProjectSnapshot | None = None) -> PageReading:
        """The reading of a project's picture; `good` is the last one without an error."""
        found = self._newest.get(project)
        if found is None or found.picture is not picture:
            found = self._newest[project] = PageReading(picture, good)
        return found
