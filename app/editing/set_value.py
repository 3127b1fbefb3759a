"""Setting a key: what the text means, which file takes it, and whether the environment would then run with it."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.core import dsn
from app.core.errors import ArgumentError
from app.core.layers import Origin, dotted
from app.core.layers import Path as KeyPath
from app.core.tree import Tree, leaves_of
from app.editing.collateral import Harm, harm, told
from app.editing.effect import effect
from app.editing.meaning import Meant, meant
from app.editing.naming import spelling
from app.editing.near_key import hint
from app.editing.proposed_edit import Assignment, Draft, key_path, opened, overlaid
from app.project.loading import unloaded
from app.project.workspace import Workspace
from app.reports.values import Mask
from app.sources.files import SourceFile
from app.toml_edit.change import comments_lost
from app.toml_edit.choice import EditTarget, named_file, secrets_files, target
from app.toml_edit.layout import LAYOUTS, Layout, Spot
from app.toml_edit.literal import Meaning
from app.toml_edit.site import fitting
from app.toml_edit.spelling import exactly, spelled
from app.toml_edit.writing import Held

_HERE = frozenset({"variable", "dotenv"})
"""The origins that belong to a process on this machine."""


class _Wish(Struct, frozen=True, kw_only=True):
    """What is to be set: whose, which key, in which spelling, and to what."""

    wanted: EditTarget
    path: KeyPath
    meant: Meant
    exact: bool

    @property
    def meaning(self) -> Meaning:
        return self.meant.meaning


def assigned(workspace: Workspace, request: Assignment) -> Draft:
    """The file with the key set: the one where the value takes effect and nothing else changes, if there is one.

    Raises:
        ArgumentError: it cannot be set: it is a table, or no file that may hold the value is fit to be edited.
        UnknownEnvironment: there is no such environment.
        EditRefused: it is a secret, and the project loads no file for secrets.
    """
    wanted, typed = target(workspace.project, request.environment), key_path(request.key)
    natural, is_asked = spelling(workspace, wanted.environment, typed)
    path = typed if request.exact else natural
    wish = _Wish(
        wanted=wanted,
        path=path,
        meant=meant(workspace, wanted.environment, natural, request.text, request.kind),
        exact=request.exact and typed != natural,
    )
    _require_shape(workspace.tree(wanted.environment), path, wish.meaning.value)
    draft = _best(workspace, wish, request)
    question = f"It is spelled {dotted(natural)} here: set that, or write {dotted(typed)} with --exact."
    asked = question if is_asked and not request.exact else ""
    objections = [said for said in (asked, wish.meant.objection) if said]
    notes = (*draft.notes, *([wish.meant.note] if wish.meant.note else []))
    near = "" if request.exact else hint(workspace, wanted.environment, path)
    return replace(draft, objections=(*objections, *draft.objections), notes=notes, hint=near)


def _best(workspace: Workspace, wish: _Wish, request: Assignment) -> Draft:
    """The first draft that does what it should and no more; else the first of all, with what speaks against it."""
    is_secret = _holds_secret(workspace.mask(), wish.path, wish.meaning.value)
    entries = _entries(workspace, wish.wanted, wish.path, request, is_secret=is_secret)
    first, harmed = _drafted(workspace, wish, entries[0], LAYOUTS[0])
    if not first.ineffective and not harmed:
        return first
    for entry in entries:
        for layout in LAYOUTS[entry is entries[0] :]:
            draft, harms = _tried(workspace, wish, entry, layout)
            if draft and not draft.ineffective and not harms:
                return draft
    base = workspace.project.options.default_env.lower()
    return replace(first, objections=tuple(told(harmed, base)))


def holds_secret(workspace: Workspace, request: Assignment) -> bool:
    """Whether what is to be set must not be seen."""
    wanted, path = target(workspace.project, request.environment), key_path(request.key)
    value = meant(workspace, wanted.environment, path, request.text, request.kind).meaning.value
    return _holds_secret(workspace.mask(), path, value)


def _holds_secret(mask: Mask, path: KeyPath, value: Any) -> bool:
    return any(
        mask.hides((*path, *below), leaf) or (isinstance(leaf, str) and dsn.mask(leaf) != leaf)
        for below, leaf in leaves_of(value)
    )


def _require_shape(tree: Tree, path: KeyPath, value: Any) -> None:
    """Lets a key pass that is no table, and below no value."""
    depth, key = len(path), dotted(path)
    for leaf in tree.below(path):
        is_table = leaf.value == {} if len(leaf.path) == depth else isinstance(leaf.path[depth], str)
        if is_table and not isinstance(value, dict):
            below = sorted({dotted(one.path[: depth + 1]) for one in tree.below(path) if len(one.path) > depth})
            raise ArgumentError(f"{key} is a table.", fix=f"Set a key in it: {', '.join(below) or f'{key}.NAME'}.")
    for above in (path[:number] for number in range(1, depth)):
        leaf_above = tree.get(*above)
        if leaf_above and leaf_above.state == "plain" and leaf_above.value not in ({}, []):
            message = f"{dotted(above)} is a value ({leaf_above.origin}), so there can be no {key}."
            raise ArgumentError(message, fix=f"Set {dotted(above)}, or unset it first.")


def _entries(
    workspace: Workspace, wanted: EditTarget, path: KeyPath, request: Assignment, *, is_secret: bool
) -> list[SourceFile]:
    """The files that may take the value, the most fitting first; never none."""
    project, tree = workspace.project, workspace.tree(wanted.environment)
    safe = secrets_files(project, wanted)
    choice = fitting(project, tree, wanted, path, secret=is_secret)
    if request.file is not None:
        entry = named_file(project, request.file, request.folder, [*choice, *safe])
        if is_secret and not entry.secret:
            if not safe:
                raise unloaded(project, dotted(path))
            message = f"{dotted(path)} is a secret, and {entry.name} is no secrets file."
            raise ArgumentError(message, fix=f"Leave --file out, or name {safe[0].name}.")
        return [entry]
    if not choice:
        if is_secret:
            raise unloaded(workspace.project, dotted(path))
        raise ArgumentError("The project has no profile.", fix="Name settings.toml in the option settings_files.")
    return choice


def _tried(workspace: Workspace, wish: _Wish, entry: SourceFile, layout: Layout) -> tuple[Draft | None, list[Harm]]:
    """The draft of a file or layout that is not the first choice; None where it cannot be made."""
    try:
        return _drafted(workspace, wish, entry, layout)
    except ArgumentError:
        return None, []


def _drafted(workspace: Workspace, wish: _Wish, entry: SourceFile, layout: Layout) -> tuple[Draft, list[Harm]]:
    """The file with the key in this layout, and what that changes beside the key."""
    held, document = opened(entry, workspace.project)
    wanted, path, tree = wish.wanted, wish.path, workspace.tree(wish.wanted.environment)
    if wish.exact:
        exact = exactly(document.values, wanted, path, entry.name)
    else:
        exact, _ = spelled(document.values, tree, wanted, path, entry.name)
    try:
        start = 1 if wanted.section else 0
        spot = Spot(section=exact[:start], key=exact[start:], separator=workspace.project.options.separator)
        raw = layout(held.text, spot, wish.meaning)
    except ArgumentError as error:
        raise ArgumentError(f"{entry.name}: {error.message}", fix=error.fix) from None
    after = overlaid(workspace, entry, held, raw)
    ineffective, shadow, notes = _effect(after, wish, entry)
    draft = Draft(
        entry=entry,
        section=str(exact[0]) if wanted.section else None,
        key=dotted(path),
        held=held,
        raw=raw,
        after=after,
        ineffective=ineffective,
        shadow=shadow,
        notes=(*_notes(workspace, wish, entry, held, exact), *notes),
    )
    return draft, harm(workspace, after, path)


def _effect(after: Workspace, wish: _Wish, entry: SourceFile) -> tuple[str, Origin | None, list[str]]:
    """Why the value would not be what the environment runs with, what wins, and what is to be said.

    A variable of this process, or of its `.env`, speaks for this process alone: others get what the file says.
    """
    wanted, value = wish.wanted, wish.meaning.value
    ineffective, shadow = effect(after.tree(wanted.environment), wanted, entry, wish.path, value)
    if shadow is None or shadow.kind not in _HERE:
        return ineffective, shadow, []
    elsewhere, other = effect(replace(after, scope="none").tree(wanted.environment), wanted, entry, wish.path, value)
    note = f"Here {wanted.shown} still takes {dotted(wish.path)} from {shadow}, which wins over every file."
    return elsewhere, other or shadow, [] if elsewhere else [note]


def _notes(workspace: Workspace, wish: _Wish, entry: SourceFile, held: Held, exact: KeyPath) -> Iterator[str]:
    if held.raw is None:
        yield f"{entry.name} is new."
    if comments_lost(held.text, exact):
        yield "The comments inside the old value go with it."
    if _holds_secret(workspace.mask(), wish.path, wish.meaning.value):
        yield from _elsewhere(workspace, wish.wanted, wish.path)


def _elsewhere(workspace: Workspace, wanted: EditTarget, path: KeyPath) -> Iterator[str]:
    """The profiles that hold a secret of this name, and should not."""
    for said in workspace.tree(wanted.environment).said(path):
        origin = said.origin
        entry = next((entry for entry, _ in workspace.project.documents if entry.name == origin.file), None)
        if entry and not entry.secret:
            yield f"{origin} holds one too, and is no secrets file: take it out of there."
