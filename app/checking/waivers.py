"""The findings that a project's waivers accept, and the waivers that are no good any more."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.checking.judgement import Judgement
from app.checking.rule_ids import instead, known_id
from app.core.errors import ProjectError
from app.core.findings import Deferred, Finding, Verdict, Waiver
from app.core.layers import Origin
from app.project.workspace import Workspace
from app.reports.validation import Judged
from app.rules.kit.waivers import accepts, needs_deployment, speaks_of, waive
from app.rules.waiv001_waiver_expired import expired
from app.rules.waiv002_waiver_unused import unused
from app.sources.project import Project

if TYPE_CHECKING:
    from app.sources.toml import TomlDocument

type _Place = Callable[[Waiver], Origin | None]


def under_waivers(workspace: Workspace, found: Judgement, *, complete: bool) -> Judgement:
    """The judgement as the project's waivers leave it.

    Args:
        workspace: whose waivers.
        found: what rules say.
        complete: every environment was judged, so that a waiver that accepts nothing is known to.

    Raises:
        ProjectError: a waiver names no rule.
    """
    waivers = read_waivers(workspace.project)
    if not waivers:
        return found
    today = workspace.today
    holding = [waiver for waiver in waivers if waiver.expires is None or today <= waiver.expires]
    place = _places(workspace.project)
    remarks = list(_expired(waivers, found, today, place, workspace.environments))
    remarks += _unused(workspace, holding, found, place) if complete else []
    return _with_remarks(_waived(holding, found), remarks)


def read_waivers(project: Project) -> tuple[Waiver, ...]:
    """The waivers of a project's options.

    Raises:
        ProjectError: one of them names no rule.
    """
    return tuple(
        Waiver(rule=_rule(option.rule, number, project), reason=option.reason.strip(), expires=option.expires,
               key=option.key, environment=option.environment, number=number)
        for number, option in enumerate(project.options.waivers)
    )  # fmt: skip


def _rule(word: str, number: int, project: Project) -> str:
    if found := known_id(word):
        return found
    message = f"{project.options_file}: waivers[{number}].rule: there is no rule {word!r}."
    raise ProjectError(message, fix=instead(word))


def _waived(waivers: Sequence[Waiver], found: Judgement) -> Judgement:
    findings, waived = waive(waivers, found.findings)
    return Judgement(findings=findings, judged=tuple(_judged(waivers, one) for one in found.judged), waived=waived)


def _judged(waivers: Sequence[Waiver], one: Judged) -> Judged:
    findings, waived = waive(waivers, one.verdict.findings)
    return replace(one, verdict=Verdict(findings=findings, deferred=one.verdict.deferred, waived=waived))


def _expired(
    waivers: Iterable[Waiver], found: Judgement, today: date, place: _Place, known: Sequence[str]
) -> Iterator[Finding]:
    """Waivers past their date; one of a single environment is told where that environment is judged."""
    for waiver in waivers:
        name = waiver.environment.casefold() if waiver.environment else None
        own = name if name in known else None
        if waiver.expires is not None and waiver.expires < today and (own is None or own in found.names):
            yield expired(waiver, waiver.expires, place(waiver), own)


def _unused(workspace: Workspace, waivers: Iterable[Waiver], found: Judgement, place: _Place) -> Iterator[Finding]:
    """Waivers that accept nothing anywhere, where that is certain."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in found.everything:
        by_rule.setdefault(finding.rule, []).append(finding)
    for waiver in waivers:
        if any(accepts(waiver, finding) for finding in by_rule.get(waiver.rule, ())):
            continue
        about = [one for one in found.judged if speaks_of(waiver, one.name)]
        away = [one for one in about if workspace.variables(one.name) is not workspace.environ]
        deferred: list[Deferred] = [item for one in away for item in one.verdict.deferred]
        if not (away and needs_deployment(waiver, deferred)):
            yield unused(waiver, place(waiver), workspace.environments)


def _with_remarks(found: Judgement, remarks: Sequence[Finding]) -> Judgement:
    """The judgement with what is said about the waivers themselves."""
    of_project = tuple(remark for remark in remarks if remark.environment is None)
    return replace(
        found,
        findings=(*found.findings, *of_project),
        judged=tuple(
            _remarked(one, [mark for mark in remarks if mark.environment == one.name]) for one in found.judged
        ),
    )


def _remarked(one: Judged, remarks: Sequence[Finding]) -> Judged:
    return replace(one, verdict=replace(one.verdict, findings=(*one.verdict.findings, *remarks))) if remarks else one


def _places(project: Project) -> _Place:
    """Tells where the options say a waiver; they are read again for that, since hardly anybody asks."""

    @cache
    def document(name: str) -> "TomlDocument":
        from app.sources.toml import read  # noqa: PLC0415 - a place is asked for only where a waiver is no good

        return read(project.root / name, name, project.bounds)

    def place(waiver: Waiver) -> Origin | None:
        name = project.options_file
        if name is None:
            return None
        above = ("tool", "assay") if name == "pyproject.toml" else ()
        span = document(name).locate((*above, "waivers", waiver.number))
        return Origin(kind="file", file=name, span=span)

    return place
