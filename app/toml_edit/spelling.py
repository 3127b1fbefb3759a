"""How files spell a key: sections and keys are found whatever their case, as Dynaconf finds them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.core.errors import ArgumentError
from app.core.layers import Layer, dotted
from app.core.layers import Path as KeyPath
from app.core.tree import Tree
from app.modelling.shape import Shape
from app.sources.files import SourceFile
from app.sources.project import Project
from app.sources.sections import section_of
from app.toml_edit.change import has
from app.toml_edit.choice import EditTarget


def is_of(layer: Layer, wanted: EditTarget, file: str) -> bool:
    """Whether a layer is the target's own section of that file."""
    return layer.kind == "file" and layer.file == file and (layer.section or "").lower() == (wanted.section or "")


def own_statements(
    project: Project, tree: Tree, wanted: EditTarget, path: KeyPath
) -> Iterator[tuple[SourceFile, KeyPath]]:
    """Where the target's own sections set the key: file and path in it, the highest first."""
    having = project.having.get(wanted.section, ()) if wanted.section else range(len(project.documents))
    for entry, document in (project.documents[at] for at in reversed(having)):
        exact, is_there = spelled(document.values, tree, wanted, path, entry.name)
        if is_there:
            yield entry, exact


def spelled(
    values: Mapping[str, Any], tree: Tree, wanted: EditTarget, path: KeyPath, file: str
) -> tuple[KeyPath, bool]:
    """The key's path from a file's root, as the file spells what it has of it; and whether it has all of it.

    Raises:
        ArgumentError: the file has two spellings of it.
    """
    node: Any
    section, node = section_of(values, wanted.section) if wanted.section else (None, values)
    root: KeyPath = (section or wanted.section,) if wanted.section else ()
    exact, is_there = root, wanted.section is None or section is not None
    for part in path:
        match = _match(node, part, file, path)
        is_there = is_there and match is not None
        exact = (*exact, part if match is None else match)
        node = None if match is None else node[match]
    other = None if is_there else _other_spelling(tree, wanted, path, file)
    return ((*root, *other), True) if other else (exact, is_there)


def _other_spelling(tree: Tree, wanted: EditTarget, path: KeyPath, file: str) -> KeyPath | None:
    """The one key that Dynaconf takes for this path, where a file writes it so: `"database.port"`, `database__port`."""
    for said in tree.said(path):
        layer = said.layer
        if is_of(layer, wanted, file) and said.source not in layer.aliases and has(layer.values, said.source):
            return said.source
    return None


def _match(node: Any, part: str | int, file: str, path: KeyPath) -> str | int | None:
    if isinstance(part, int):
        return part if isinstance(node, list) and part < len(node) else None
    wanted = part.casefold()
    found = [key for key in node if key.casefold() == wanted] if isinstance(node, dict) else []
    if len(found) > 1:
        message = f"{file} spells {dotted(path)} in two ways: {', '.join(found)}."
        raise ArgumentError(message, fix="Keep one of them, then edit it.")
    return found[0] if found else None


def natural(tree: Tree, shape: Shape | None, path: KeyPath) -> KeyPath:
    """The path as the model, or else the environment, spells what it has of it; what is new stays as it was typed."""
    if shape and shape.at(path):
        return _modelled(shape, path)
    return known(tree, path) or path


def in_files(trees: Iterable[Tree], path: KeyPath) -> KeyPath:
    """The path with its first part as a file spells it, the first tree's that does: Dynaconf folds its case."""
    for tree in trees:
        leaf = next(iter(tree.below(path[:1])), None)
        if leaf and leaf.layer and leaf.layer.kind == "file" and leaf.source[:1]:
            top = leaf.source[0]
            is_same = isinstance(top, str) and top.casefold() == str(path[0]).casefold()
            return (top, *path[1:]) if is_same else path
    return path


def known(tree: Tree, path: KeyPath) -> KeyPath | None:
    """The path as the environment spells what it has of it, as it was typed if it can; None where it has nothing."""
    for depth in range(len(path), 0, -1):
        spellings = [leaf.path[:depth] for leaf in tree.below(path[:depth])]
        if spellings:
            return (*(path[:depth] if path[:depth] in spellings else spellings[-1]), *path[depth:])
    return None


def _modelled(shape: Shape, path: KeyPath) -> KeyPath:
    spelling: KeyPath = ()
    for part in path:
        here = shape.at(spelling)
        spelling = (*spelling, (here.spelled(part) if here and isinstance(part, str) else None) or part)
    return spelling


def exactly(values: Mapping[str, Any], wanted: EditTarget, path: KeyPath, file: str) -> KeyPath:
    """The key's path from a file's root with its last part as it was typed, whatever else the file has.

    Raises:
        ArgumentError: the file has two spellings of a table on the way.
    """
    node: Any
    section, node = section_of(values, wanted.section) if wanted.section else (None, values)
    exact: KeyPath = (section or wanted.section,) if wanted.section else ()
    for part in path[:-1]:
        match = part if isinstance(node, dict) and part in node else _match(node, part, file, path)
        exact = (*exact, part if match is None else match)
        node = None if match is None else node[match]
    return (*exact, path[-1])
