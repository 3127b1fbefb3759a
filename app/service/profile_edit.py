"""An edit of the diagnosed profiles: made on what the caller has seen, or not at all."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct

from app.core.errors import ProfilesChanged
from app.editing.change_place import ChangePlace, change_place, is_editable
from app.editing.proposed_edit import Assignment, Removal
from app.editing.together import edit_together
from app.project.workspace import Workspace
from app.reports.edit import EditsReport
from app.service.diagnosed import DiagnosedProject
from app.watching import cached_answers

__all__ = ["ChangePlace", "ProfileEdit", "change_place", "edit_profiles", "followed", "is_editable"]

_FOLLOWED_SECONDS = 2.0
"""So long an answer waits until the service itself has read what was written."""


class ProfileEdit(Struct, frozen=True, kw_only=True):
    """What is to be changed.

    Attributes:
        environment: whose values; the base section's name for all.
        assigned: the keys that are set, with their values as JSON has them; a text stays one.
        typed: the keys that are set to what somebody typed, as `assay set` understands it.
        removed: the keys that are taken out.
        file: the profile; None where Assay chooses.
        dry_run: whether nothing is written.
    """

    environment: str
    assigned: Mapping[str, Any] = {}
    typed: Mapping[str, str] = {}
    removed: Sequence[str] = ()
    file: str | None = None
    dry_run: bool = False


def edit_profiles(
    project: DiagnosedProject, edit: ProfileEdit, is_seen: Callable[[str], bool] | None, asked_by: str
) -> EditsReport:
    """Makes the edit; one that is refused is told in the report, and changes nothing.

    Args:
        project: whose profiles.
        edit: what is to be changed.
        is_seen: whether the caller has seen the environment's values of this tag; None where a dry run does not say.
        asked_by: who edits, for the history.

    Raises:
        ProfilesChanged: the profiles say something else than the caller has seen.
        AssayError: the edit cannot be made; see `edit_together`.
    """
    workspace = project.live.workspace()
    requests = list(_requests(workspace, edit))
    if is_seen:
        base = workspace.project.options.default_env.lower()
        whose = None if edit.environment.strip().lower() == base else edit.environment
        if not is_seen(project.live.picture.answer(cached_answers.values(workspace, whose)).tag):
            raise ProfilesChanged
    return edit_together(
        workspace, requests, dry_run=edit.dry_run, written=lambda after: _remember(project, workspace, after, asked_by)
    )


def _remember(project: DiagnosedProject, before: Workspace, after: Workspace, asked_by: str) -> None:
    """Tells the recorder, before it reads them, who made the values that are new."""
    if project.recorder:
        made = {name: after.fingerprints.of(after.tree(name)) for name in after.environments}
        known = {name: before.fingerprints.of(before.tree(name)) for name in before.environments}
        project.recorder.edits.add(asked_by, {name: now for name, now in made.items() if known.get(name) != now})


def _requests(workspace: Workspace, edit: ProfileEdit) -> Iterator[Assignment | Removal]:
    folder = workspace.project.root
    for key, value in edit.assigned.items():
        yield Assignment.of(key, value, environment=edit.environment, file=edit.file, folder=folder)
    for key, text in edit.typed.items():
        yield Assignment(key=key, text=text, environment=edit.environment, file=edit.file, folder=folder)
    for key in edit.removed:
        yield Removal(key=key, environment=edit.environment, file=edit.file, folder=folder)


async def followed(project: DiagnosedProject, number: int) -> None:
    """Waits until a later reading than that number is there, so that whoever asks next is told of what was written."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_FOLLOWED_SECONDS):
            await project.live.newer(number)
