"""The project as it would be with an edit made: profiles and options in memory, and only the bytes that differ."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core.errors import ArgumentError, AssayError
from app.core.layers import Path as KeyPath
from app.core.layers import parse_key
from app.editing.proposed_edit import opened
from app.options import OPTIONS_FILES
from app.options.reading import options_in
from app.project.workspace import Workspace
from app.reports import wire
from app.sources.files import SourceFile
from app.sources.project import Project
from app.toml_edit.change import assign, has, remove, remove_line, values_of
from app.toml_edit.literal import written
from app.toml_edit.writing import hold


class AppliedEdit(Struct, frozen=True, kw_only=True):
    """What an edit makes of a project.

    Attributes:
        file: the file that it changes, relative to the project.
        before: its bytes; None where it is not there yet.
        after: what they would be.
        workspace: the project with them.
    """

    file: str
    before: bytes | None
    after: bytes
    workspace: Workspace


def applied(workspace: Workspace, made: wire.FixEdit, value: Any = None) -> AppliedEdit:
    """The edit as a change of files; a variable changes none, and is set by whoever starts the process.

    Args:
        workspace: the project as it is.
        made: a finding's edit.
        value: what stands for its value where it leaves that to people.

    Raises:
        ArgumentError: it changes no file, or cannot be made.
    """
    wanted = made.value if made.value is not None else value
    if made.kind == "option":
        return _with_option(workspace, made, wanted)
    entry = _entry(workspace.project, made.file)
    if made.kind == "variable" or entry is None or (wanted is None and made.kind == "set"):
        raise ArgumentError("The edit changes no file that the project loads.", fix="Make it by hand.")
    raw = bytes_of(workspace.project, entry)
    path = ((made.section,) if made.section is not None else ()) + _key(made)
    if made.kind == "set":
        return _changed(workspace, entry, raw, assign(raw or b"", path, written(wanted)))
    return _without(workspace, entry, raw or b"", path)


def bytes_of(project: Project, entry: SourceFile) -> bytes | None:
    """What the file says in this project; None where it is not there."""
    held, _ = opened(entry, project)
    return held.raw


def _key(made: wire.FixEdit) -> KeyPath:
    path = parse_key(made.key)
    if path is None:
        raise ArgumentError(f"{made.key!r} is no key.", fix="Make the edit by hand.")
    return path


def _entry(project: Project, file: str | None) -> SourceFile | None:
    """The file, there or not yet, if the project loads it."""
    known = {entry.name: entry for entry, _ in project.documents}
    return known.get(file or "") or next((entry for entry in project.entries if entry.name == file), None)


def _changed(workspace: Workspace, entry: SourceFile, before: bytes | None, after: bytes) -> AppliedEdit:
    project = workspace.project
    added = (*project.added, *((entry,) if before is None else ()))
    changed = replace(project, overlay={**project.overlay, entry.name: after}, added=added)
    return AppliedEdit(file=entry.name, before=before, after=after, workspace=replace(workspace, project=changed))


def _without(workspace: Workspace, entry: SourceFile, raw: bytes, path: KeyPath) -> AppliedEdit:
    """The file without the key; the header stays where it is an environment's only mention."""
    if not has(values_of(raw), path):
        raise ArgumentError("What is to be taken out is not there.", fix="Look at the file.")
    change = _changed(workspace, entry, raw, remove(raw, path))
    if change.workspace.project.environments == workspace.project.environments:
        return change
    return _changed(workspace, entry, raw, remove_line(raw, path))


def _with_option(workspace: Workspace, made: wire.FixEdit, value: Any) -> AppliedEdit:
    project = workspace.project
    file = made.file or OPTIONS_FILES[0]
    raw = project.overlay.get(file) or hold(project.root / file, project.root).raw
    path = (*(made.section.split(".") if made.section else ()), made.key)
    after = assign(raw or b"", path, written(value))
    try:
        options = options_in(after, file)
    except AssayError as error:
        raise ArgumentError(error.message, fix=error.fix) from None
    application = project.application.under(options)
    changed = replace(project, options=options, overlay={**project.overlay, file: after}, application=application)
    return AppliedEdit(file=file, before=raw, after=after, workspace=replace(workspace, project=changed))
