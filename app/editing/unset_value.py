"""Taking a key out: the line that says it, and if none of the environment's own does, who says it instead."""

from typing import Any, NoReturn

from msgspec.structs import replace

from app.core.errors import ArgumentError, UnknownKey, did_you_mean
from app.core.layers import MARKER, Origin, dotted, fold
from app.core.layers import Path as KeyPath
from app.core.tree import Tree
from app.editing.collateral import Harm, harm, told
from app.editing.naming import spelling
from app.editing.proposed_edit import Draft, Removal, key_path, opened, overlaid
from app.project.workspace import Workspace
from app.sources.files import SourceFile
from app.toml_edit.change import remove, remove_line, values_of
from app.toml_edit.choice import BASE, EditTarget, named_file, target
from app.toml_edit.spelling import own_statements, spelled
from app.toml_edit.writing import changed


def removed(workspace: Workspace, request: Removal) -> Draft:
    """The file without the key: of several, the one whose value counts.

    Raises:
        UnknownKey: the environment's own sections do not set it; who does is told.
        ArgumentError: the key is a table, or the file cannot be edited.
        UnknownEnvironment: there is no such environment.
    """
    project = workspace.project
    wanted, typed = target(project, request.environment), key_path(request.key)
    tree = workspace.tree(wanted.environment)
    natural, is_asked = spelling(workspace, wanted.environment, typed)
    path = natural if is_asked else typed
    only = named_file(project, request.file, request.folder, []) if request.file is not None else None
    if only:
        opened(only, project)
    sites = [entry for entry, _ in own_statements(project, tree, wanted, path) if only in {None, entry}]
    if not sites:
        _refuse(workspace, wanted, path, only)
    draft = _drafted(workspace, wanted, path, sites[0])
    question = f"It is spelled {dotted(path)} here: unset that."
    return replace(draft, objections=(question, *draft.objections)) if is_asked else draft


def _drafted(workspace: Workspace, wanted: EditTarget, path: KeyPath, entry: SourceFile) -> Draft:
    """The file without the key, in the way that takes nothing else out of any environment, and puts nothing in."""
    held, document = opened(entry, workspace.project)
    exact, is_there = spelled(document.values, workspace.tree(wanted.environment), wanted, path, entry.name)
    if not is_there:
        raise changed(entry.path)
    drafts: list[tuple[bytes, Workspace, list[Harm]]] = []
    for cut in (_with_marker, remove, remove_line):
        try:
            raw = cut(held.text, exact)
        except ArgumentError as error:
            raise ArgumentError(f"{entry.name}: {error.message}", fix=error.fix) from None
        after = overlaid(workspace, entry, held, raw)
        if after.project.environments == workspace.project.environments:  # else its header is the only mention of one
            drafts.append((raw, after, harm(workspace, after, path)))
            if not drafts[-1][2]:
                break
    if not drafts:
        message = f"{entry.name}: {dotted(path)} is the only mention of an environment."
        raise ArgumentError(message, fix="Name the environment in the option known_environments first.")
    raw, after, harmed = next((draft for draft in drafts if not draft[2]), drafts[0])
    left = after.tree(wanted.environment).get(*path)
    return Draft(
        entry=entry,
        section=str(exact[0]) if wanted.section else None,
        key=dotted(path),
        held=held,
        raw=raw,
        after=after,
        objections=tuple(told(harmed, workspace.project.options.default_env.lower())),
        notes=(f"{wanted.shown} then takes {left.key} from {left.origin}.",) if left else (),
    )


def _with_marker(raw: bytes, path: KeyPath) -> bytes:
    """The file without the key, and without the marker of its table where nothing else is in there."""
    left = remove(raw, path)
    for depth in range(len(path) - 1, 0, -1):
        table = _at(values_of(left), path[:depth])
        if isinstance(table, dict) and list(table) == [MARKER]:
            return remove(left, (*path[:depth], MARKER))
    return left


def _at(values: Any, path: KeyPath) -> Any:
    for part in path:
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _refuse(workspace: Workspace, wanted: EditTarget, path: KeyPath, only: SourceFile | None) -> NoReturn:
    """Says who sets the key, if this environment's own sections do not."""
    where = f"[{wanted.section}]" if wanted.section else wanted.shown
    message = f"{where} does not set {dotted(path)}{f' in {only.name}' if only else ''}"
    tree = workspace.tree(wanted.environment)
    if origin := _set_by(tree, path):
        raise UnknownKey(
            f"{message}; {wanted.shown} takes it from {origin}.", fix=_advice(workspace, origin, tree, path)
        )
    for name in (BASE, *workspace.environments):
        if origin := _set_by(workspace.tree(name), path):
            raise UnknownKey(f"{message}; {origin} does.", fix=_advice(workspace, origin, workspace.tree(name), path))
    if holes := workspace.project.holes:
        raise UnknownKey(f"{message}, as far as can be read: {holes[0].reason}.", fix=holes[0].fix)
    known = [leaf.key for leaf in tree.leaves]
    raise UnknownKey(f"{message}, and nothing else does.", fix=did_you_mean(dotted(path), known))


def _set_by(tree: Tree, path: KeyPath) -> Origin | None:
    """The place that sets the key, or something below it."""
    return next((leaf.origin for leaf in tree.below(path) if leaf.origin), None)


def _advice(workspace: Workspace, origin: Origin, tree: Tree, path: KeyPath) -> str:
    leaf = next(leaf for leaf in tree.below(path) if leaf.origin)
    alias = leaf.layer.aliases.get(leaf.source) if leaf.layer else None
    if alias and fold(alias) != fold(path):
        return f"It is part of {dotted(alias)}: set or unset that."
    if origin.kind != "file":
        return {
            "variable": "Unset the variable.",
            "dotenv": "Take the variable out of the file.",
            "call": "Take it out of the Dynaconf call.",
            "validator": "Take it out of the validator.",
        }.get(origin.kind, "It is the model's default; there is nothing to unset.")
    section = (origin.section or "").lower()
    base = workspace.project.options.default_env.lower()
    named = section if section in workspace.project.environments or section == base else None
    return f"Unset it there: assay unset {leaf.key} --env {named}." if named else "Take it out of there by hand."
