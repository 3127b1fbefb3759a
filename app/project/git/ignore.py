"""Secrets files and git: what a secrets file holds is not committed, or somebody was told."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.core.errors import ArgumentError
from app.project.git import ignores, in_repository, tracked
from app.toml_edit.lines import Lines
from app.toml_edit.writing import hold, locked, replace_file

GITIGNORE = ".gitignore"
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")


def exposure(path: Path, environ: Mapping[str, str]) -> str:
    """How git would take a secrets file, and what to do; empty where it would not, or where there is no repository.

    Args:
        path: the file itself, links followed; it need not be there.
        environ: where git and its user's configuration are found.
    """
    is_ignored = ignores(path, environ)
    if is_ignored is None and in_repository(path.parent):
        return f"git does not say whether it ignores {path.name}: look before you commit."
    if is_ignored is not False:
        return ""
    if path in (tracked(path.parent, environ) or ()):
        return f"git tracks {path.name}: what it holds is committed. Take it out: git rm --cached {path.name}"
    return f"git does not ignore {path.name}: the next `git add .` takes it. --gitignore adds the line."


def ignore(root: Path, path: Path, environ: Mapping[str, str]) -> str:
    """Adds the line that makes git pass a file over to the project's `.gitignore`, and says what came of it.

    Raises:
        ArgumentError: the line cannot be written, or the file lies outside the project.
        EditConflict: `.gitignore` changed meanwhile.
    """
    if ignores(path, environ) is not False:
        return ""
    if not path.is_relative_to(root):
        raise ArgumentError(f"{path.name} lies outside the project.", fix=f"Ignore it in the {GITIGNORE} beside it.")
    line = f"/{path.relative_to(root).as_posix()}"
    with locked([root]):
        held = hold(root / GITIGNORE, root)
        ending = Lines(raw=held.text).ending
        start = held.text + (ending if Lines(raw=held.text).is_open else b"")
        replace_file(held, start + _SPECIAL.sub(r"\\\1", line).encode() + ending)
    left = exposure(path, environ)
    return f"{GITIGNORE} now has {line}.{f' But {left}' if left else ''}"
