"""When a tree and stock Dynaconf say the same: one definition for the differential tests and their mutants."""

import re
from pathlib import Path
from typing import Any

from stock import RAISES, Answer, Question, Stock, canonical
from strategies import Case

from app.core.tree import Tree
from app.project.workspace import open_workspace

_ADDRESS = re.compile(r"(?<=\)) on \d+")
"""What stock adds where a template meets a marker that nothing took up: a number that differs from run to run."""


def tree_of(folder: Path, case: Case) -> Tree:
    """The tree of the environment that a process with the case's variables would run with."""
    workspace = open_workspace(folder, case.environ)
    return workspace.tree(workspace.active)


def disagreement(stock: Stock, folder: Path, case: Case) -> str:
    """How stock and the engine differ over a case; nothing where they agree."""
    case.write(folder)
    answer = stock.ask(Question(folder=folder, options=case.options, environ=case.environ))
    return compare(answer, seen(tree_of(folder, case)))


def compare(answer: Answer, got: Any) -> str:
    """How an answer and the canonical values of a tree differ.

    Where stock would not even load, the tree must say so somewhere: it goes on with the rest, stock does not.
    """
    if answer.values is None:
        return "" if _is_told(got) else f"stock fails: {answer.error}\ntree: {got}"
    wrong = [key for key in answer.values.keys() | got.keys() if not _same(answer.values.get(key), got.get(key))]
    return "\n".join(f"{key}\n  stock: {answer.values.get(key)}\n  tree:  {got.get(key)}" for key in sorted(wrong))


def seen(tree: Tree) -> dict[str, Any]:
    """The tree's leaves in tables and lists of canonical values."""
    root: dict[Any, Any] = {}
    for leaf in tree.leaves:
        node = root
        for part in leaf.path[:-1]:
            node = node.setdefault(part, {})
        assert leaf.path[-1] not in node, leaf.path
        node[leaf.path[-1]] = RAISES if leaf.state == "unresolved" else canonical(leaf.value)
    return {str(key): _listed(value) for key, value in root.items()}


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(isinstance(part, int) for part in node):
        assert sorted(node) == list(range(len(node)))
        return [_listed(node[part]) for part in sorted(node)]
    return {part: _listed(value) for part, value in node.items()}


def _same(want: Any, got: Any) -> bool:
    """Equal, but for addresses in memory; where stock fails, the tree has an unresolved leaf at or below."""
    if isinstance(want, dict) and isinstance(got, dict):
        return want.keys() == got.keys() and all(_same(want[key], got[key]) for key in want)
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(_same, want, got))
    if want == RAISES:
        return _is_told(got)
    return bool(want == got or (isinstance(want, tuple) and tuple(_ADDRESS.sub("", part) for part in want) == got))


def _is_told(got: Any) -> bool:
    if isinstance(got, dict):
        return any(map(_is_told, got.values()))
    return any(map(_is_told, got)) if isinstance(got, list) else bool(got == RAISES)
