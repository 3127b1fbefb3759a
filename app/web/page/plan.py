"""The plan: two revisions chosen, and what the change between them does to each environment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

import anyio.to_thread

from app.core.errors import AssayError, RepositoryError
from app.planning.git.revisions import NamedRevision, legal
from app.reports.plan import ChangePlan, PlannedEnvironment
from app.reports.present.causes import Cause
from app.reports.present.planned import (
    FoldedChange,
    fixed_causes,
    folded_changes,
    listed,
    new_causes,
    revision,
    staying,
    supplied,
    verdict,
)
from app.service.change_plan import ONE_AT_A_TIME, choices, planned
from app.web.page.findings import FindingItem, item
from app.web.page.query import Asked
from app.web.page.reading import PageReading
from app.web.page.wording import told_of

MOST = 500
"""So many changed values are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """One changed value, once, and where it changes."""

    folded: FoldedChange
    where: str
    explained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDeferral:
    """What a deployment has to supply from now on, or no more."""

    key: str
    said: str
    environment: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A plan as the view lists it.

    Attributes:
        plan: the document, for what is listed as it stands there.
        sides: the two revisions, the base first.
        verdict: what the change comes to.
        changes: so many as are listed.
        more: how many are not.
        new: what is found now and was not before.
        fixed: what was found before.
        staying: how many findings are as they were.
        deferred: what deployments have to supply now, and what no more.
    """

    plan: ChangePlan
    sides: tuple[str, str]
    verdict: str
    changes: Sequence[ShownChange]
    more: int
    new: Sequence[FindingItem]
    fixed: Sequence[Cause]
    staying: int
    deferred: Sequence[ShownDeferral]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The view.

    Attributes:
        environments: those that the project has now, to narrow the view to.
        choices: revisions to choose from.
        shown: the plan; None where there is none.
        problem: why there is none; empty where there is one.
        status: how the view is answered; that there is no plan by default is no error.
    """

    environments: Sequence[str]
    choices: Sequence[NamedRevision] = ()
    shown: ShownPlan | None = None
    problem: str = ""
    status: HTTPStatus = HTTPStatus.OK


async def plan_view(reading: PageReading, asked: Asked) -> PlanView:
    """The plan that is asked for; that there is none is an answer too."""
    async with ONE_AT_A_TIME:
        return await anyio.to_thread.run_sync(_view, reading, asked)


def _view(reading: PageReading, asked: Asked) -> PlanView:
    view = PlanView(environments=reading.environments)
    only = (asked.environment,) if asked.environment and not asked.key else ()
    try:
        workspace = reading.picture.workspace
        view = replace(view, choices=choices(workspace))
        found = planned(workspace, legal(asked.base or None), legal(asked.head or None), only)
    except AssayError as error:
        is_told = isinstance(error, RepositoryError) or not (asked.base or asked.head or only)
        status = HTTPStatus.OK if is_told else HTTPStatus(error.http_status)
        return replace(view, problem=told_of(error), status=status)
    return replace(view, shown=_shown(reading, found))


def _shown(reading: PageReading, plan: ChangePlan) -> ShownPlan:
    changes, whole = folded_changes(plan), len(plan.environments)
    return ShownPlan(
        plan=plan,
        sides=(revision(plan.base), revision(plan.head)),
        verdict=verdict(plan),
        changes=[_change(reading, one, whole) for one in changes[:MOST]],
        more=max(0, len(changes) - MOST),
        new=[replace(item(reading, cause), excerpt=None) for cause in new_causes(plan)],
        fixed=fixed_causes(plan),
        staying=staying(plan),
        deferred=[deferral for one in plan.environments for deferral in _deferrals(one)],
    )


def _change(reading: PageReading, one: FoldedChange, whole: int) -> ShownChange:
    explained = next((name for name in one.environments if name in reading.environments), "")
    return ShownChange(folded=one, where=listed(one.environments, whole), explained=explained)


def _deferrals(one: PlannedEnvironment) -> Iterator[ShownDeferral]:
    for said, leaves in (("from now on", one.deferred.new), ("no more", one.deferred.gone)):
        for leaf in leaves:
            yield ShownDeferral(key=leaf.key, said=said, environment=one.name, where=supplied(leaf, str))
