"""The views as HTML; what can be kept as long as a reading is the newest is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from markupsafe import Markup, escape

from app.core.errors import AssayError, UnknownRule, did_you_mean
from app.core.outcomes import STAGES
from app.database.target import TLS_MODES
from app.reports.history import KeyHistory
from app.reports.probe import Status
from app.rules import RULES
from app.web.page.changing import change
from app.web.page.explanation import panel
from app.web.page.findings import findings
from app.web.page.grid.columns import unknown
from app.web.page.grid.comparison import comparison
from app.web.page.matrix import matrix
from app.web.page.overview import overview
from app.web.page.plan import PlanView
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.recorded.history import HistoryView, Past
from app.web.page.recorded.instances import InstancesView
from app.web.page.recorded.releases import ReleasesView
from app.web.page.rendering import render
from app.web.page.rule import rule_page, rules
from app.web.page.wording import told_of

_KEPT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the page.

    Attributes:
        html: the part.
        status: how it is answered where it is the whole answer.
    """

    html: str
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a view shows beside the reading.

    Attributes:
        role: what the caller may do.
        status: of the database, for its view.
        recorded: the history, for its view.
        plan: what a change does, for its view.
        releases: what was released, for its view.
        instances: who runs with what, for its view.
        past: what is remembered, for the overview.
        targets: the database of each environment, without its password, and what stands there where it is none.
    """

    role: str
    status: Status | None = None
    recorded: HistoryView | None = None
    plan: PlanView | None = None
    releases: ReleasesView | None = None
    instances: InstancesView | None = None
    past: Past | None = None
    targets: Mapping[str, str] = field(default_factory=dict)


def main_part(reading: PageReading, asked: Asked, notes: tuple[str, ...], facts: Facts) -> Part:
    """The view that is asked for, with what could not be understood above it."""
    status = HTTPStatus.BAD_REQUEST if notes else HTTPStatus.OK
    if asked.environment and not _is_there(asked.environment, reading, facts):
        fix = did_you_mean(asked.environment, reading.environments)
        notes = (*notes, f"There is no environment {asked.environment!r}. {fix}")
        asked, status = replace(asked, environment=""), HTTPStatus.NOT_FOUND
    if asked.view == "matrix" and (said := tuple(unknown(asked, reading.environments))):
        notes, status = (*notes, *said), HTTPStatus.NOT_FOUND
    try:
        content = _content(reading, asked, facts)
    except UnknownRule as error:
        notes, status = (*notes, told_of(error)), HTTPStatus.NOT_FOUND
        content = render("rules.html", rules=rules(), asked=asked)
    except AssayError as error:
        content, status = _refused(error), HTTPStatus(error.http_status)
    status = max(status, facts.plan.status) if facts.plan else status
    html = render("main.html", asked=asked, notes=notes, content=Markup(content), reading=reading.picture.number)  # noqa: S704 - rendered by a template
    return Part(html=html, status=status)


def _is_there(environment: str, reading: PageReading, facts: Facts) -> bool:
    """Whether there is something to show of an environment; of one that the project no longer has, it is the past.

    A plan says itself which environments it knows.
    """
    past = facts.recorded is not None and any(entry.snapshot for entry in facts.recorded.entries)
    return not reading.environments or environment in reading.environments or past or facts.plan is not None


def panel_part(reading: PageReading, asked: Asked, past: KeyHistory | None, *, may_edit: bool) -> Part:
    """The explanation that is asked for, and how the value is changed; a closed panel where none is."""
    if not asked.key:
        return Part(html=render("panel_closed.html"))
    told: dict[str, Any] = {"asked": asked, "closed": asked.link(key="", environment=""), "share": asked.link()}
    told["change"] = change(reading, asked, may_edit=may_edit)
    try:
        found = panel(reading, asked)
    except AssayError as error:
        html = render("panel.html", panel=None, past=None, error=told_of(error), **told)
        return Part(html=html, status=HTTPStatus(error.http_status))
    told["share"] = asked.link(key=found.key, environment=found.environment)
    return Part(html=render("panel.html", panel=found, past=past, error="", **told))


def _refused(error: AssayError) -> str:
    return render("unusable.html", title="No answer", error=told_of(error))


def _content(reading: PageReading, asked: Asked, facts: Facts) -> str:
    if asked.view in _LASTING:
        return _marked(_kept(reading, _narrowed(asked), _LASTING[asked.view]), asked.key)
    if asked.view in _BESIDE:
        return _BESIDE[asked.view](reading, asked, facts)
    if asked.view == "plan":
        return render("plan.html", view=facts.plan, asked=asked)
    return render(
        "overview.html",
        overview=overview(reading, facts.past or Past()),
        asked=asked,
        frame_rules=len(RULES),
    )


def _narrowed(asked: Asked) -> Asked:
    """The state without the panel: with a key, the environment says whose value it explains."""
    return replace(asked, key="", environment="" if asked.key else asked.environment)


def _marked(html: str, key: str) -> str:
    """The matrix with the row marked whose key is explained: the matrix is kept, what is explained changes."""
    row = f'<tr data-k="{escape(key)}"'
    return html.replace(row, f'{row} aria-current="true"', 1) if key else html


def _kept(reading: PageReading, asked: Asked, show: Callable[[PageReading, Asked], str]) -> str:
    found = reading.kept.get(asked)
    if found is None:
        found = show(reading, asked)
        while len(reading.kept) >= _KEPT:
            reading.kept.pop(next(iter(tuple(reading.kept)), None), None)  # other threads do the same
        reading.kept[asked] = found
    return found


def _matrix(reading: PageReading, asked: Asked) -> str:
    return render("matrix.html", matrix=matrix(reading, asked), asked=asked)


def _compare(reading: PageReading, asked: Asked) -> str:
    return render("compare.html", view=comparison(reading, asked), asked=asked)


def _findings(reading: PageReading, asked: Asked) -> str:
    shown = findings(reading, asked)
    return render("findings.html", findings=shown, asked=asked, environments=reading.report.environments)


def _rule(_: PageReading, asked: Asked) -> str:
    if asked.rule:
        return render("rule.html", page=rule_page(asked.rule), asked=asked)
    return render("rules.html", rules=rules(), asked=asked)


def _database(reading: PageReading, asked: Asked, facts: Facts) -> str:
    return render(
        "database.html",
        asked=asked,
        status=facts.status,
        role=facts.role,
        environments=reading.environments,
        active=reading.active,
        stages=STAGES,
        targets=facts.targets,
        tls_modes=TLS_MODES,
    )


def _history(reading: PageReading, asked: Asked, facts: Facts) -> str:
    return render("history.html", history=facts.recorded, asked=asked, environments=reading.environments)


def _releases(reading: PageReading, asked: Asked, facts: Facts) -> str:
    told = {"role": facts.role, "environments": reading.environments}
    return render("releases.html", view=facts.releases, asked=asked, **told)


def _instances(reading: PageReading, asked: Asked, facts: Facts) -> str:
    return render("instances.html", view=facts.instances, asked=asked, environments=reading.environments)


_BESIDE: Mapping[str, Callable[[PageReading, Asked, Facts], str]] = {
    "database": _database, "history": _history, "releases": _releases, "instances": _instances,
}  # fmt: skip
"""What is worked out each time, of more than the reading."""

_LASTING: Mapping[str, Callable[[PageReading, Asked], str]] = {
    "matrix": _matrix,
    "compare": _compare,
    "findings": _findings,
    "rule": _rule,
}
