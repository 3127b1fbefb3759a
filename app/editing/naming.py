"""The one spelling of a key: a key in another case than the project has is a question, not a second key."""

from collections.abc import Iterator

from msgspec.structs import replace

from app.core.layers import Path as KeyPath
from app.core.layers import fold
from app.core.tree import Tree
from app.project.workspace import Workspace
from app.toml_edit.choice import BASE
from app.toml_edit.spelling import in_files, known, natural


def spelling(workspace: Workspace, environment: str, typed: KeyPath) -> tuple[KeyPath, bool]:
    """The key as the project spells it, and whether one has to ask if that one was meant.

    The first part may be as any file has it: Dynaconf folds its case, and reports show it in lower case.
    """
    tree = workspace.tree(environment)
    path = natural(tree, workspace.model.shape, typed)
    if path == typed:
        path = _elsewhere(workspace, environment, typed) or typed
    is_meant = path == typed or typed in _sources(tree, typed, workspace.project.options.separator)
    written = in_files(_trees(workspace, tree), path)
    return written, not (is_meant or written == typed)


def _trees(workspace: Workspace, first: Tree) -> Iterator[Tree]:
    """All of them, one first, as they are asked for."""
    yield first
    yield from (workspace.tree(name) for name in workspace.environments)


def _elsewhere(workspace: Workspace, environment: str, typed: KeyPath) -> KeyPath | None:
    """How other environments spell a key that this one does not have."""
    if (workspace.model.shape and workspace.model.shape.at(typed)) or workspace.tree(environment).get(*typed):
        return None
    bare = replace(workspace, scope="none")
    names = [BASE, *bare.environments] if bare.project.options.sectioned else list(bare.environments)
    trees = [bare.tree(name) for name in names]
    found = [path for tree in trees if (path := known(tree, typed))]
    if typed in found or any(typed in _sources(tree, typed, bare.project.options.separator) for tree in trees):
        return typed
    return next((path for path in found if fold(path) == fold(typed)), None)


def _sources(tree: Tree, typed: KeyPath, separator: str) -> set[KeyPath]:
    """The spellings of this key in its files; one that Dynaconf takes apart counts as its parts."""
    depth = len(typed)
    sources = [said.source for said in tree.statements if fold(said.path)[:depth] == fold(typed)]
    return {tuple(_parts(source, separator))[:depth] for source in sources}


def _parts(source: KeyPath, separator: str) -> Iterator[str | int]:
    for part in source:
        if isinstance(part, int):
            yield part
        else:
            yield from (part.replace(separator, ".") if separator else part).split(".")
