"""Settings that a module makes and nobody takes: what `dynaconf init` wrote, beside the application's own call."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.application.calls import DJANGO, FLASK, GLOBAL, Call
from app.application.modules import Module

_LIVE = frozenset({FLASK, DJANGO, GLOBAL})
"""What takes effect by being made."""

_TEXT = 200
"""Characters that the name of a module has at most, where a text gives it."""


def is_idle(call: Call) -> bool:
    """Whether a module keeps the settings that it makes for others, and no other imports it."""
    name = call.module.keeping.get(id(call.node), "")
    if not name or call.callee in _LIVE or _is_used(name, call.module):
        return False
    return not any(_takes(call.module, path) for path in call.module.code.below if path != call.module.file)


def _is_used(name: str, module: Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
               for node in ast.walk(module.tree))  # fmt: skip


@cache
def _naming(stem: str) -> re.Pattern[bytes]:
    """What a file says that may import a module of that name, on the lines of an import or as a text."""
    name = re.escape(stem.encode())
    on_line = rb"^[ \t]*(?:from|import)\b.*\b%b\b" % name
    continued = rb"\bimport[ \t]*\([^)]{0,4000}\b%b\b|\\\r?\n.*\b%b\b" % (name, name)
    as_text = rb"[\"'][\w.]{0,200}\b%b\b" % name
    return re.compile(rb"%b|%b|%b" % (on_line, continued, as_text), re.MULTILINE)


def _takes(module: Module, path: Path) -> bool:
    """Whether a file imports a module, or may; whatever names it in a text may."""
    stem = module.file.parent.name if module.file.name == "__init__.py" else module.file.stem
    raw = module.code.met(path)
    if stem.encode() not in raw or not _naming(stem).search(raw):
        return False
    tree = module.code.tree(path)
    return tree is None or any(_may_be(named, stem, module, path) for named in _named(tree))


def _may_be(named: str, stem: str, module: Module, path: Path) -> bool:
    if stem not in named.split("."):
        return False
    found = module.code.place(named, path)
    return found is None or found == module.file


def _named(tree: ast.Module) -> Iterator[str]:
    """The modules that code names, with the names that it takes out of them; those of texts too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = "." * node.level + (node.module or "")
            yield above
            yield from (f"{above}.{one.name}" if node.module else above + one.name for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < _TEXT:
            yield node.value.replace(":", ".")
