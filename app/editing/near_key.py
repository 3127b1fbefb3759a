"""A key that is new beside one that it was probably meant to be: said, never refused, since both may be meant."""

from app.core import limits
from app.core.layers import Path as KeyPath
from app.core.layers import dotted, fold
from app.core.tree import Tree
from app.core.usage.misspelling import is_slip
from app.project.workspace import Workspace


def hint(workspace: Workspace, environment: str, path: KeyPath) -> str:
    """What to say before a key is written that no environment has; nothing where it has none beside it.

    Args:
        workspace: as it is before the edit.
        environment: whose key it is.
        path: as it would be written.
    """
    trees = [workspace.tree(name) for name in dict.fromkeys((environment, *workspace.environments))]
    depth = max((_known(tree, path) for tree in trees), default=0)
    if depth == len(path):
        return ""
    for tree in trees:
        for name in _names(tree, path[:depth]):
            if is_slip(str(path[depth]), name, endings=True):
                meant = dotted((*path[:depth], name, *path[depth + 1 :]))
                return f"{dotted(path)} is a new key; {dotted((*path[:depth], name))} exists: did you mean {meant}?"
    return ""


def _known(tree: Tree, path: KeyPath) -> int:
    """How many parts of the path the environment has, from the left."""
    return next((depth for depth in range(len(path), 0, -1) if any(tree.below(path[:depth]))), 0)


def _names(tree: Tree, above: KeyPath) -> list[str]:
    """The names of a table, each once."""
    folded, depth = fold(above), len(above)
    there = (leaf.path for leaf in tree.leaves if len(leaf.path) > depth and fold(leaf.path)[:depth] == folded)
    names = (path[depth] for path in there)
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))[: limits.WORDS.figure]
