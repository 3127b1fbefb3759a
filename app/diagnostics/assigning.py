"""Setting a key: what the text means, which file takes it, and whether the environment would then run with it."""

from collections.abc import Iterator
from typing import Any

from app import dsn
from app.diagnostics.draft import Assignment, Draft, key_path, opened, overlaid
from app.diagnostics.workspace import Workspace
from app.errors import ArgumentError
from app.layers import Layer, Origin, dotted, fold
from app.layers import Path as KeyPath
from app.reports.values import Mask
from app.sources.edit.change import assign, comments_lost
from app.sources.edit.choice import Target, named_file, secrets_files, target
from app.sources.edit.literal import Meaning, as_text, understood
from app.sources.edit.site import fitting
from app.sources.edit.spelling import is_of, natural, spelled
from app.sources.files import Entry
from app.tree import Leaf, Tree


def assigned(workspace: Workspace, request: Assignment) -> Draft:
    """The file with the key set: the one where the value takes effect, if there is one.

    Raises:
        ArgumentError: it cannot be set: it is a table, or no file that may hold the value is fit to be edited.
        UnknownEnvironment: there is no such environment.
    """
    wanted, typed = target(workspace.project, request.environment), key_path(request.key)
    tree = workspace.tree(wanted.environment)
    path = natural(tree, workspace.shape, typed)
    meaning = _meaning(workspace, path, request)
    _require_shape(tree, path, meaning.value)
    is_secret = _holds_secret(workspace.mask(), path, meaning.value)
    entries = _entries(workspace, wanted, path, request, is_secret=is_secret)
    first = _drafted(workspace, wanted, path, meaning, entries[0])
    if not first.ineffective:
        return first
    others = (_tried(workspace, wanted, path, meaning, entry) for entry in entries[1:])
    return next((draft for draft in others if draft and not draft.ineffective), first)


def _meaning(workspace: Workspace, path: KeyPath, request: Assignment) -> Meaning:
    """The value; a secret stays a text, however much it looks like a number."""
    if request.literally:
        return as_text(request.text)
    shape = workspace.shape.at(path) if workspace.shape else None
    meaning = understood(request.text, shape.kind if shape else "other")
    is_text = not isinstance(meaning.value, bool | list | dict) and workspace.mask().hides(path, request.text)
    return understood(request.text, "text") if is_text else meaning


def holds_secret(workspace: Workspace, request: Assignment) -> bool:
    """Whether what is to be set must not be seen."""
    path = key_path(request.key)
    return _holds_secret(workspace.mask(), path, _meaning(workspace, path, request).value)


def _holds_secret(mask: Mask, path: KeyPath, value: Any) -> bool:
    return any(
        mask.hides((*path, *below), leaf) or (isinstance(leaf, str) and dsn.mask(leaf) != leaf)
        for below, leaf in _leaves(value)
    )


def _leaves(value: Any, above: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if not isinstance(value, dict | list) or not value:
        yield above, value
        return
    for part, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _leaves(item, (*above, part))


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
    workspace: Workspace, wanted: Target, path: KeyPath, request: Assignment, *, is_secret: bool
) -> list[Entry]:
    """The files that may take the value, the most fitting first; never none."""
    project, tree = workspace.project, workspace.tree(wanted.environment)
    safe = secrets_files(project, wanted)
    choice = fitting(project, tree, wanted, path, secret=is_secret)
    if request.file is not None:
        entry = named_file(project, request.file, request.folder, [*choice, *safe])
        if is_secret and not entry.secret:
            message = f"{dotted(path)} is a secret, and {entry.name} is no secrets file."
            raise ArgumentError(message, fix=f"Leave --file out, or name {safe[0].name if safe else _SECRETS}.")
        return [entry]
    if not choice:
        what, name = ("secrets file", _SECRETS) if is_secret else ("profile", "settings.toml")
        raise ArgumentError(f"The project has no {what}.", fix=f"Name {name} in the option settings_files.")
    return choice


_SECRETS = ".secrets.toml"


def _tried(workspace: Workspace, wanted: Target, path: KeyPath, meaning: Meaning, entry: Entry) -> Draft | None:
    """The draft of a file that is not the first choice; None where it cannot be edited."""
    try:
        return _drafted(workspace, wanted, path, meaning, entry)
    except ArgumentError:
        return None


def _drafted(workspace: Workspace, wanted: Target, path: KeyPath, meaning: Meaning, entry: Entry) -> Draft:
    held, document = opened(entry)
    tree = workspace.tree(wanted.environment)
    exact, _ = spelled(document.values, tree, wanted, path, entry.name)
    try:
        raw = assign(held.text, exact, meaning)
    except ArgumentError as error:
        raise ArgumentError(f"{entry.name}: {error.message}", fix=error.fix) from None
    after = overlaid(workspace, entry, held, raw)
    ineffective, shadow = _effect(after.tree(wanted.environment), wanted, entry, path, meaning.value)
    notes = [f"{entry.name} is new."] if held.raw is None else []
    if comments_lost(held.text, exact):
        notes.append("The comments inside the old value go with it.")
    if _holds_secret(workspace.mask(), path, meaning.value):
        notes += _elsewhere(workspace, wanted, path)
    return Draft(
        entry=entry,
        section=str(exact[0]) if wanted.section else None,
        key=dotted(path),
        held=held,
        raw=raw,
        after=after,
        ineffective=ineffective,
        shadow=shadow,
        notes=tuple(notes),
    )


def _elsewhere(workspace: Workspace, wanted: Target, path: KeyPath) -> Iterator[str]:
    """The profiles that hold a secret of this name, and should not."""
    for said in workspace.tree(wanted.environment).said(path):
        origin = said.origin
        entry = next((entry for entry, _ in workspace.project.documents if entry.name == origin.file), None)
        if entry and not entry.secret:
            yield f"{origin} holds one too, and is no secrets file: take it out of there."


def _effect(tree: Tree, wanted: Target, entry: Entry, path: KeyPath, value: Any) -> tuple[str, Origin | None]:
    """Why the value is not what the environment runs with, and where that comes from; nothing where it is."""
    layer = next((layer for layer in tree.layers if is_of(layer, wanted, entry.name)), None)
    for at, expected in _expected(layer, path, value):
        leaf = tree.get(*at)
        if leaf is None:
            return f"{wanted.shown} would still have no {dotted(at)}.", None
        if leaf.layer is not layer:
            return f"{wanted.shown} would still take {dotted(at)} from {leaf.origin}.", leaf.origin
        if not _is_expected(leaf, expected):
            return f"Dynaconf would make something else of {dotted(at)}.", leaf.origin
    if isinstance(value, list):
        known = {fold((*path, *below)) for below, _ in _leaves(value)}
        more = next((leaf for leaf in tree.below(path) if fold(leaf.path) not in known), None)
        if more:
            return f"{wanted.shown} would still take {more.key} from {more.origin}.", more.origin
    return "", None


def _expected(layer: Layer | None, path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, Any]]:
    """The leaves that the value should come out as; a URL comes out as its parts."""
    parts = [at for at, where in layer.aliases.items() if fold(where) == fold(path)] if layer else []
    if parts:
        yield from ((part, None) for part in parts)
    else:
        yield from (((*path, *below), leaf) for below, leaf in _leaves(value))


def _is_expected(leaf: Leaf, expected: Any) -> bool:
    """Whether a leaf came out as it was written; what a token becomes is its own business."""
    if expected is None or (isinstance(expected, str) and expected.startswith("@")):
        return True
    return type(leaf.value) is type(expected) and repr(leaf.value) == repr(expected)
