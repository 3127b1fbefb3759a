"""What an existing Dynaconf project says about itself in its `Dynaconf(…)` call, read without running it."""

import ast
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.sources.options import NAMES

_CALLEES = frozenset({"Dynaconf", "LazySettings"})
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})
_ALIASES: Mapping[str, str] = {"settings_file": "settings_files", "environment": "environments"}
_KNOWN = frozenset(NAMES) - {"schema", "lists", "known_environments", "production", "deployed", "roles",
                                            "waivers"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One `Dynaconf(…)` call.

    Attributes:
        file: relative to the folder that was searched, with `/`.
        line: where the call begins.
        options: the arguments that are literal and that Assay knows.
        unread: the arguments that are computed; their values cannot be known without running code.
        foreign: the arguments that mean nothing to a diagnosis (validators, loaders, …).
    """

    file: str
    line: int
    options: Mapping[str, Any]
    unread: tuple[str, ...] = ()
    foreign: tuple[str, ...] = field(default=())


def find_calls(root: Path) -> list[Call]:
    """Every `Dynaconf(…)` call in the Python files below a folder, virtual environments excepted."""
    return [call for path in _python_files(root) for call in _calls(path, root)]


def _python_files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not _is_skipped(here / name))
        yield from (here / name for name in sorted(files) if name.endswith(".py"))


def _is_skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED or (folder / "pyvenv.cfg").exists()


def _calls(path: Path, root: Path) -> Iterator[Call]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _CALLEES:
            yield _call(node, path.relative_to(root).as_posix())


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _call(node: ast.Call, file: str) -> Call:
    options: dict[str, Any] = {}
    unread, foreign = [], []
    for keyword in node.keywords:
        name = _option(keyword.arg or "**")
        if name not in _KNOWN:
            foreign.append(name)
            continue
        try:
            options[name] = _plain(ast.literal_eval(keyword.value))
        except (ValueError, TypeError):
            unread.append(name)
    return Call(file=file, line=node.lineno, options=options, unread=tuple(unread), foreign=tuple(foreign))


def _option(name: str) -> str:
    folded = name.lower().removesuffix("_for_dynaconf")
    return _ALIASES.get(folded, folded)


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple | list | set) else value
