"""What an edit changes beside the key that it names, in any environment: nothing, or it is not made."""

import re
from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from app.core.layers import Path, dotted, fold
from app.core.tree import Leaf, Tree
from app.project.workspace import Workspace
from app.reports.difference import comparable
from app.toml_edit.choice import BASE

_MOST = 6
_VARIABLE = re.compile(r"env\[['\"]?(\w+)")
_WORDS = {"lost": "lose", "changed": "have another", "added": "newly have"}


class Harm(Struct, frozen=True, kw_only=True):
    """A value beside the edited one that an edit would change.

    Attributes:
        kind: what would become of it.
    """

    environment: str
    kind: str
    path: Path


def harm(before: Workspace, after: Workspace, key: Path) -> list[Harm]:
    """Every value that differs and is not the key's own, with the variables of this process and without them.

    Args:
        before: the project as it is.
        after: the project as it would be.
        key: what the edit names; what refers to it, and the parts of a URL, change with it.
    """
    found: dict[tuple[str, Path], Harm] = {}
    for name, left, right in _pairs(before, after):
        for kind, path in _differing(left, right, key):
            found.setdefault((name, path), Harm(environment=name, kind=kind, path=path))
    return list(found.values())


def told(harmed: list[Harm], base: str) -> list[str]:
    """The same in sentences, one an environment and kind; values are not told."""
    order = sorted(harmed, key=lambda one: (one.environment, one.kind))
    return [
        f"{name or base} would {_WORDS[kind]} {_listed([one.path for one in group])}."
        for (name, kind), group in groupby(order, key=lambda one: (one.environment, one.kind))
    ]


def _listed(paths: list[Path]) -> str:
    keys = [dotted(path) for path in paths]
    return ", ".join(keys) if len(keys) <= _MOST else f"{', '.join(keys[:_MOST])} and {len(keys) - _MOST} more"


def _pairs(before: Workspace, after: Workspace) -> Iterator[tuple[str, Tree, Tree]]:
    bare, bare_after = replace(before, scope="none"), replace(after, scope="none")
    supplied = _supplied(bare)
    full, full_after = (replace(one, scope="all", environ=supplied) for one in (before, after))
    for name in dict.fromkeys((*before.environments, *after.environments)):
        if supplied:  # a reference that leads nowhere here is told even where it is overridden, and would hide a loss
            yield name, full.tree(name), full_after.tree(name)
        yield name, before.tree(name), after.tree(name)
        if before.variables(name):  # what a variable hides here is seen in the environment's own deployment
            yield name, bare.tree(name), bare_after.tree(name)
    if before.project.options.sectioned:
        yield BASE, bare.tree(BASE), bare_after.tree(BASE)


def _supplied(workspace: Workspace) -> dict[str, str]:
    """A value for each variable that the profiles refer to, as their deployments have."""
    said = [one.value for name in workspace.environments for one in workspace.tree(name).statements]
    names = {name for text in said if isinstance(text, str) for name in _VARIABLE.findall(text)}
    return {name: f"the value of {name}" for name in sorted(names)}


def _differing(left: Tree, right: Tree, key: Path) -> Iterator[tuple[str, Path]]:
    old, new = _by_spelling(left), _by_spelling(right)
    exact = (*fold(key[:1]), *key[1:])
    has_twins = any(path[: len(exact)] == exact for path in (*old, *new))
    for path in dict.fromkeys((*old, *new)):
        before, after = old.get(path), new.get(path)
        if before and after and comparable(before) == comparable(after):
            continue
        if has_twins and path[: len(exact)] != exact and fold(path)[: len(exact)] == fold(exact):
            yield "changed", path  # another spelling of the key is another key
        elif not _is_named(before, key, after) and not _is_named(after, key, before):
            present = after or before
            yield (
                ("added" if before is None else "lost" if after is None else "changed"),
                present.path if present else path,
            )


def _by_spelling(tree: Tree) -> dict[Path, Leaf]:
    """The leaves by the path that the application sees: Dynaconf folds the case of the first part alone."""
    return {(*fold(leaf.path[:1]), *leaf.path[1:]): leaf for leaf in tree.leaves}


def _is_named(leaf: Leaf | None, key: Path, other: Leaf | None) -> bool:
    """Whether a leaf is the key, or below it; or its table, empty without it; or a part of it; or refers to it."""
    if leaf is None:
        return False
    path, folded = fold(leaf.path), fold(key)
    if path[: len(folded)] == folded:
        return True
    if leaf.value == {} and folded[: len(path)] == path:
        return True
    alias = leaf.layer.aliases.get(leaf.source) if leaf.layer else None
    if alias and fold(alias) == folded:
        return True
    refers = any(fold(at)[: len(folded)] == folded or folded[: len(at)] == fold(at) for at in leaf.reaches)
    return refers and (other is None or other.state != "unresolved") and leaf.state != "unresolved"
