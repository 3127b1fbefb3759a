"""Where a change of a key would stand, and what can be pasted there; nothing is judged yet."""

import os
from typing import Any

from msgspec import Struct

from app.checking.get import get
from app.core.errors import ValueUnavailable
from app.core.layers import Path as KeyPath
from app.core.layers import dotted
from app.core.tree import Statement, Tree
from app.editing.proposed_edit import key_path
from app.project.pastable import Pastable
from app.project.workspace import Workspace
from app.reports.values import Mask, is_masked
from app.toml_edit.choice import target
from app.toml_edit.literal import written
from app.toml_edit.site import fitting


class ChangePlace(Struct, frozen=True, kw_only=True):
    """Where `assay set` would write a key of an environment first, and what with.

    Attributes:
        key: what is set: of an item of a list, the list.
        files: the profiles that may take it, the most fitting first.
        own: whether one of them says it already, in the environment's section.
        secret: whether its value must not be seen; then `text` and `lines` have none.
        known: whether there is a value to begin with.
        text: the value as `assay set` takes it.
        lines: what can be pasted; empty where no lines would do, as below a variable.
        at: where they go: the file, and the place in it.
        variable: what would set it; None where none can.
    """

    key: str
    files: tuple[str, ...]
    own: bool
    secret: bool
    known: bool
    text: str
    lines: str
    at: str
    variable: str | None


def change_place(workspace: Workspace, environment: str, key: str) -> ChangePlace:
    """Where a key's value would be changed.

    Args:
        workspace: the project.
        environment: whose value.
        key: dotted.

    Raises:
        ArgumentError: it is no key, no profile may take it, or a file has two spellings of it.
        UnknownEnvironment: there is no such environment.
    """
    wanted, path = target(workspace.project, environment), _whole(key_path(key))
    tree = workspace.tree(wanted.environment)
    secret = _is_secret(workspace.mask(), tree, path)
    files = fitting(workspace.project, tree, wanted, path, secret=secret)
    value, is_known = (None, False) if secret else _value(workspace, path, environment)
    edit = workspace.subject(wanted.environment).setting(path, value=value, secret=secret).edit
    pasted = Pastable(workspace).lines(edit) if edit and edit.kind == "set" else None
    return ChangePlace(
        key=dotted(path),
        files=tuple(entry.name for entry in files),
        own=any(_is_own(said, wanted.section) for said in tree.said(path)),
        secret=secret,
        known=is_known,
        text=value if isinstance(value, str) else written(value).toml if is_known else "",
        lines=pasted.text if pasted else "",
        at=", ".join(filter(None, (edit.file, pasted.place))) if edit and pasted else "",
        variable=workspace.variable(path),
    )


def is_editable(workspace: Workspace) -> bool:
    """Whether this process may write the project's profiles: a file is replaced, so its folder has to be writable."""
    folders = {entry.path.parent for entry, _ in workspace.project.documents} or {workspace.project.root}
    return all(os.access(folder, os.W_OK) for folder in folders)


def _whole(path: KeyPath) -> KeyPath:
    """The key up to its first list: an item of a list is changed with all of it."""
    first = next((number for number, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first]


def _is_secret(mask: Mask, tree: Tree, path: KeyPath) -> bool:
    leaves = list(tree.below(path))
    return mask.hides(path, "text") or any(mask.hides_leaf(leaf) or is_masked(leaf.value) for leaf in leaves)


def _is_own(said: Statement, section: str | None) -> bool:
    return said.layer.kind == "file" and (said.layer.section or "").lower() == (section or "")


def _value(workspace: Workspace, path: KeyPath, environment: str) -> tuple[Any, bool]:
    try:
        return get(workspace, dotted(path), environment), True
    except ValueUnavailable:
        return None, False
