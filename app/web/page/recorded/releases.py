"""Releases: what is in force, and what a release or a rollback would change, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.core.errors import AssayError
from app.reports import wire
from app.reports.releases import Release, ReleasePreview
from app.service.diagnosed import DiagnosedProject
from app.service.releasing.access import releasing_of
from app.service.releasing.releases import LISTED, Releasing
from app.service.runtime import Service
from app.web.page.query import Asked
from app.web.page.wording import told_of

_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasesView:
    """The view.

    Attributes:
        now: what time it is.
        problem: why nothing can be told; empty where something can.
        releases: newest first.
        older: where the list goes on; None where it ends.
        preview: what a release of the chosen environment would change; None where none is chosen.
        older_release: the release that a rollback would take up again; None where none is chosen.
        changes: what that rollback would change.
        refused: why what was chosen cannot be told.
    """

    now: datetime
    problem: str = ""
    releases: Sequence[Release] = ()
    older: str | None = None
    preview: ReleasePreview | None = None
    older_release: Release | None = None
    changes: Sequence[wire.LeafChange] = ()
    refused: str = ""


async def releases_view(service: Service, project: DiagnosedProject, asked: Asked) -> ReleasesView:
    """What was released, and what is chosen to be; that the database is away is an answer too."""
    try:
        releasing = releasing_of(service, project, "")
        found = await releasing.listed(asked.environment or None, limit=LISTED, before=asked.before or None)
    except AssayError as error:
        return ReleasesView(now=service.now(), problem=told_of(error))
    view = ReleasesView(now=service.now(), releases=found.releases, older=found.next)
    try:
        if asked.left:
            return await _rollback(releasing, view, asked.left)
        if asked.environment:
            return replace(view, preview=await releasing.preview(asked.environment))
    except AssayError as error:
        return replace(view, refused=told_of(error))
    return view


async def _rollback(releasing: Releasing, view: ReleasesView, chosen: str) -> ReleasesView:
    """What taking up an older release again would change."""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= _DIGITS):
        return replace(view, refused=f"There is no release {chosen[:60]!r}.")
    older = await releasing.shown(int(chosen))
    heads = (await releasing.listed(older.environment)).releases
    head = next((one for one in heads if one.state == "head"), None)
    if head is None or older.state != "past":
        return replace(view, refused=f"Release {older.id} is nothing to go back to.")
    return replace(view, older_release=older, changes=(await releasing.difference(head.id, older.id)).changes)
