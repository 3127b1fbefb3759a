"""What is the value of one key, bare, for scripts?"""

from typing import Any

from app.core.errors import ValueUnavailable, nearest
from app.core.layers import Path, dotted, parse_key
from app.core.tree import Leaf, Tree
from app.project.workspace import Workspace
from app.reports import wire
from app.reports.values import Mask, is_masked


def get(workspace: Workspace, key: str, name: str | None = None, *, reveal: bool = False) -> Any:
    """The value of a key, or what stands below a table's, as JSON can hold it.

    Args:
        workspace: where to look.
        key: as in `database.pool.size`.
        name: the environment, by default the active one.
        reveal: gives secrets; only a command line may ask for that.

    Raises:
        UnknownEnvironment: there is none of that name.
        ValueUnavailable: it is not set, is or holds a secret, or nobody knows it before the application runs.
    """
    environment, path = workspace.environment(name), parse_key(key)
    tree = workspace.tree(environment)
    leaves = list(tree.below(path)) if path else []
    if path is None or not leaves:
        said = workspace.mask().said
        near = nearest(key, [said(leaf.key) for leaf in tree.leaves])
        elsewhere = f"assay explain {key} --env {environment} tells who sets it elsewhere."
        fix = f"Did you mean {near!r}?" if near else elsewhere
        raise ValueUnavailable(f"{key!r} is not set in {environment}.", fix=fix)
    mask = workspace.mask(reveal=reveal)
    for leaf in leaves:
        _check(leaf, mask)
    return wire.plain(_within(tree, leaves[0].path[: len(path)]))


def _check(leaf: Leaf, mask: Mask) -> None:
    if leaf.state in {"opaque", "unresolved"}:
        message = f"What {dotted(leaf.path)} is, is known when the application runs: it is worked out then."
        raise ValueUnavailable(message, fix="assay explain shows what is written.")
    if not mask.reveal and (mask.hides_leaf(leaf) or is_masked(leaf.value)):
        raise ValueUnavailable(f"{dotted(leaf.path)} is, or holds, a secret.", fix="--reveal prints it.")


def _within(tree: Tree, path: Path) -> Any:
    node: Any = tree.nested()
    for part in path:
        node = node[part]
    return node
