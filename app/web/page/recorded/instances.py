"""Instances: who runs with which release, who is unseen, and which keys of whom differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import AssayError
from app.reports.releases.instances import Instance
from app.service.diagnosed import DiagnosedProject
from app.service.releasing.access import releasing_of
from app.service.releasing.instances import InstanceReports
from app.service.runtime import Service
from app.web.page.query import Asked
from app.web.page.wording import told_of

LISTED = 100
"""So many are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancesView:
    """The view.

    Attributes:
        now: what time it is.
        problem: why nothing can be told; empty where something can.
        instances: by environment and name.
        more: where the list goes on; None where it ends.
    """

    now: datetime
    problem: str = ""
    instances: Sequence[Instance] = ()
    more: str | None = None

    @property
    def counts(self) -> Sequence[tuple[str, int]]:
        """How many of those that are shown are in each state, what asks for attention first."""
        found = Counter(one.word for one in self.instances)
        return [
            (state, found[state]) for state in ("different", "unseen", "unjudged", "old", "current") if found[state]
        ]


async def instances_view(service: Service, project: DiagnosedProject, asked: Asked) -> InstancesView:
    """Who runs with what; that the database is away is an answer too."""
    try:
        reports = InstanceReports(releasing=releasing_of(service, project, ""))
        found = await reports.listed(asked.environment or None, limit=LISTED, before=asked.before or None)
    except AssayError as error:
        return InstancesView(now=service.now(), problem=told_of(error))
    return InstancesView(now=service.now(), instances=found.instances, more=found.next)
