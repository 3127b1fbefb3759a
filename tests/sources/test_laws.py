"""The laws of origins: the layer that an effective value is ascribed to is the one that decides it.

Over projects without tokens (strategies.stated), where each value stands somewhere as it is:

- Replaying: the layers up to and including the winner give the leaf, its value and its winner. Later layers move items
  of a list that they append to or insert into, so an item is looked for in the whole list; and they may eat the marker
  that made a table or list more than empty, so an empty one need only have been begun.
- Changing: another value in the winner's statement is what the application gets, lists and replaced tables included.
- Deleting: without the winner's statement another that the tree shows as shadowed wins, never one above it; or the leaf
  is gone, as it must be where the winner's table replaced those below.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import tomli
from agreement import seen, tree_of
from msgspec.structs import replace
from stock import canonical
from strategies import Case, case, stated

from app.core.layers import Layer, Path, Span, fold
from app.core.tree import Leaf, Statement
from app.merging.items import MergeOptions
from app.merging.merge import merge
from app.merging.provenance_tags import MARKERS
from app.sources.project import Project
from app.sources.project.discovery import open_project
from app.sources.resolution import resolve

CHUNK = 100
CANARY = "\N{CURRENCY SIGN}"  # one character, since a marked list takes texts apart
_GONE = object()


@dataclass(frozen=True, kw_only=True)
class Merging:
    """One merge, which can be done again with other layers."""

    case: Case
    layers: Sequence[Layer]
    options: MergeOptions

    def again(self, layers: Sequence[Layer]) -> tuple[Sequence[Leaf], Sequence[Statement]]:
        return merge(layers, self.options, self.case.environ)[:2]

    def edited(self, leaf: Leaf, value: object) -> list[Leaf]:
        """The leaves after the winner's statement has changed, or is gone; the winner is the same layer still."""
        assert leaf.layer
        changed = replace(leaf.layer, values=_edited(leaf.layer.values, leaf.source, value))
        leaves, _ = self.again([changed if layer is leaf.layer else layer for layer in self.layers])
        return [replace(other, layer=leaf.layer) if other.layer is changed else other for other in leaves]

    def number(self, leaf: Leaf) -> int:
        """The winner's place among the layers."""
        return next(number for number, layer in enumerate(self.layers) if layer is leaf.layer)

    def is_marked(self, leaf: Leaf) -> bool:
        """Whether it is a marker that leaked, or stands under one that is no boolean: a later layer may eat it."""
        if {leaf.value if isinstance(leaf.value, str) else "", *leaf.path} & MARKERS:
            return True
        node: Any = leaf.layer.values if leaf.layer else {}
        for part in leaf.source:
            if isinstance(node, dict) and any(not isinstance(node.get(marker, True), bool) for marker in MARKERS):
                return True
            node = node[part] if isinstance(node, dict | list) else ""
        return False

    def is_editable(self, leaf: Leaf) -> bool:
        """Whether the statement is a value of its own: one inside a variable is a part of its text."""
        return (
            leaf.state == "plain"
            and not self.is_marked(leaf)
            and (len(leaf.source) == 1 or (leaf.layer is not None and leaf.layer.kind == "file"))
        )


def _edited(values: Any, source: Path, value: object) -> dict[str, Any]:
    node = result = deepcopy(dict(values))
    for part in source[:-1]:
        node = node[part]  # type: ignore[index]  # a position in a list
    if value is _GONE:
        del node[source[-1]]  # type: ignore[arg-type]
    else:
        node[source[-1]] = value  # type: ignore[index]
    return result


@pytest.fixture(params=range(0, 5 * CHUNK, CHUNK))
def mergings(request: pytest.FixtureRequest) -> Iterator[Merging]:
    return (_merging(stated(seed)) for seed in range(request.param, request.param + CHUNK))


def _merging(found: Case) -> Merging:
    with TemporaryDirectory() as folder:
        found.write(FilePath(folder))
        options = open_project(FilePath(folder)).options
        tree = tree_of(FilePath(folder), found)
    merging = MergeOptions(
        merge_enabled=options.merge_enabled,
        nested_separator=options.nested_separator or "",
        ignore_unknown_envvars=options.ignore_unknown_envvars,
        environment=tree.environment,
    )
    return Merging(case=found, layers=tree.layers, options=merging)


def _place(path: Path) -> Path:
    """The path as Dynaconf finds it: `my key` is also `my_key`."""
    return tuple(part if isinstance(part, int) else part.replace(" ", "_") for part in fold(path))


def _is_item(path: Path) -> bool:
    return any(isinstance(part, int) for part in path)


def test_every_leaf_has_a_layer(mergings: Iterator[Merging]) -> None:
    for merging in mergings:
        assert all(leaf.layer in merging.layers for leaf in merging.again(merging.layers)[0]), merging.case


def test_replaying_up_to_the_winner_gives_the_leaf(mergings: Iterator[Merging]) -> None:
    for merging in mergings:
        leaves, _ = merging.again(merging.layers)
        for number in {merging.number(leaf) for leaf in leaves}:
            lower, _ = merging.again(merging.layers[: number + 1])
            for leaf in leaves:
                if merging.number(leaf) == number and not merging.is_marked(leaf):
                    assert _is_among(leaf, lower), (leaf, merging.case)


def _is_among(leaf: Leaf, lower: Sequence[Leaf]) -> bool:
    here = _place(leaf.path)
    if leaf.value in ({}, []):
        return any(_place(other.path)[: len(here)] == here for other in lower)
    mine = [other for other in lower if (other.layer, other.source) == (leaf.layer, leaf.source)]
    if _is_item(leaf.path):
        return any(_is_part(leaf.value, other.value) for other in mine)
    return any(_place(other.path) == here and canonical(other.value) == canonical(leaf.value) for other in mine)


def _is_part(value: object, whole: object) -> bool:
    """Whether it is the same, or a character of a text that a marked list took apart."""
    return canonical(value) == canonical(whole) or (isinstance(whole, str) and value in list(whole))


def test_changing_the_winners_statement_changes_the_leaf(mergings: Iterator[Merging]) -> None:
    for merging in mergings:
        for leaf in merging.again(merging.layers)[0]:
            if merging.is_editable(leaf):
                assert _has_canary(leaf, merging.edited(leaf, CANARY)), (leaf, merging.case)


def _has_canary(leaf: Leaf, leaves: Sequence[Leaf]) -> bool:
    """The winner's statement is what the application gets; or it gets nothing, where the new value cannot be loaded."""
    if any(other.state == "unresolved" for other in leaves):
        return True
    return any((other.value, other.layer, other.source) == (CANARY, leaf.layer, leaf.source) for other in leaves)


def test_without_the_winner_a_shadowed_statement_wins_or_the_leaf_is_gone(mergings: Iterator[Merging]) -> None:
    for merging in mergings:
        leaves, said = merging.again(merging.layers)
        places = Counter(_place(leaf.path) for leaf in leaves)  # spellings that stand side by side are no layers
        for leaf in leaves:
            is_alone = places[_place(leaf.path)] == 1 and not _is_item((*leaf.path, *leaf.source))
            if merging.is_editable(leaf) and is_alone and _is_spelled_once(leaf):
                assert _is_succeeded(leaf, merging.edited(leaf, _GONE), said, merging), (leaf, merging.case)


def _is_spelled_once(leaf: Leaf) -> bool:
    """Whether the winner's layer has one spelling of the key: of two, the other is no statement until this one goes."""
    values = leaf.layer.values if leaf.layer else {}
    return sum(_place((key,)) == _place(leaf.path[:1]) for key in values) <= 1


def _is_succeeded(leaf: Leaf, leaves: Sequence[Leaf], said: Sequence[Statement], merging: Merging) -> bool:
    successors = [other for other in leaves if _place(other.path) == _place(leaf.path) and other.state == "plain"]
    lower = (merging.number(other) <= merging.number(leaf) for other in successors)
    return all(_may_succeed(other, leaf, said) for other in successors) and all(lower)


def _may_succeed(other: Leaf, leaf: Leaf, said: Sequence[Statement]) -> bool:
    """An empty table or list may be what a marker leaves: then the statement is below, at the marker."""
    here, is_empty = _place(leaf.path), other.value in ({}, [])
    below = [statement for statement in said if _place(statement.path)[: len(here)] == here]
    is_said = any(
        statement.layer == other.layer and (is_empty or _place(statement.source) == _place(other.source))
        for statement in below
    )
    is_itself = (other.layer, other.source, other.value) == (leaf.layer, leaf.source, leaf.value)
    return is_said and not is_itself


@pytest.mark.parametrize("first", range(0, 5 * CHUNK, CHUNK))
def test_the_text_at_a_leafs_position_is_its_statement(first: int, tmp_path: FilePath) -> None:
    for seed in range(first, first + CHUNK):
        folder = tmp_path / str(seed)
        folder.mkdir()
        tree = tree_of_case(folder, stated(seed))
        project = open_project(folder)
        for leaf in tree:
            if leaf.layer and leaf.layer.kind == "file" and not _has_twin(leaf):
                assert _stands_there(project, leaf), (leaf, seed)


def tree_of_case(folder: FilePath, found: Case) -> Sequence[Leaf]:
    found.write(folder)
    return tree_of(folder, found).leaves


def _has_twin(leaf: Leaf) -> bool:
    """Of two spellings in one table a position shows the later."""
    node: Any = leaf.layer.values if leaf.layer else {}
    for part in leaf.source:
        if isinstance(node, dict) and sum(key.casefold() == str(part).casefold() for key in node) > 1:
            return True
        node = node[part]
    return False


def _stands_there(project: Project, leaf: Leaf) -> bool:
    assert leaf.origin
    span = leaf.origin.span
    assert span, leaf
    document = project.document(leaf.origin.file or "")
    assert document
    text = _cut(document.lines, span)
    if isinstance(leaf.source[-1], int):
        return text.startswith("[[") or canonical(tomli.loads(f"x = {text}")["x"]) == canonical(_raw(leaf))
    key, value = _innermost(tomli.loads(text), leaf)
    return key == leaf.source[-1] and (text.startswith("[") or canonical(value) == canonical(_raw(leaf)))


def _raw(leaf: Leaf) -> Any:
    node: Any = leaf.layer.values if leaf.layer else {}
    for part in leaf.source:
        node = node[part]
    return node


def _innermost(table: dict[str, Any], leaf: Leaf) -> tuple[str, Any]:
    """The last part of the one dotted key or header in a text that is the leaf's own, and its value."""
    node: Any = table
    while True:
        ((key, node),) = node.items()
        if key == leaf.source[-1] and (
            not node or not isinstance(node, dict) or canonical(node) == canonical(_raw(leaf))
        ):
            return key, node
        if not isinstance(node, dict) or not node:
            return key, node


def _cut(lines: Sequence[str], span: Span) -> str:
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    middle = lines[span.line : span.end_line - 1]
    return "\n".join(
        [lines[span.line - 1][span.column - 1 :], *middle, lines[span.end_line - 1][: span.end_column - 1]]
    )


def test_eight_threads_agree_with_one(tmp_path: FilePath) -> None:
    projects = []
    for seed in (3, 11):
        folder = tmp_path / str(seed)
        folder.mkdir()
        case(seed).write(folder)
        projects.append((open_project(folder), case(seed).environ))
    tasks = [
        (*project, name) for project in projects for name in ("production", "staging", "development", "other")
    ] * 20
    alone = [_resolved(task) for task in tasks[:8]] * 20
    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(_resolved, tasks)) == alone


def _resolved(task: tuple[Project, Any, str]) -> Any:
    project, environ, name = task
    tree = resolve(project, name, environ)
    return seen(tree), [str(leaf.origin) for leaf in tree.leaves]


@pytest.mark.parametrize("first", range(0, 2 * CHUNK, 20))
def test_what_environments_share_changes_nothing(first: int, tmp_path: FilePath) -> None:
    for seed in range(first, first + 20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        case(seed).write(folder)
        names = ("production", "staging", "global", "production,staging", "development", "production")
        together, environ = open_project(folder), case(seed).environ
        for name in names:
            found = [_stated_and_resolved(project, name, environ) for project in (together, open_project(folder))]
            assert found[0] == found[1], (name, seed)


def _stated_and_resolved(project: Project, name: str, environ: Mapping[str, str]) -> Any:
    tree = resolve(project, name, environ)
    leaves = [(leaf.path, canonical(leaf.value), leaf.state, str(leaf.origin), leaf.refers) for leaf in tree.leaves]
    return leaves, [(one.path, canonical(one.value), str(one.origin)) for one in tree.statements]


HOSTILE = """
import os, sys
from pathlib import Path
if sys.argv[2] == "before":
    os.environ.update(eval(sys.argv[3]))
from app.merging.isolated_settings import INTERNAL_KEYS
from app.sources.project.discovery import open_project
from app.sources.resolution import resolve
os.environ.update(eval(sys.argv[3]))
tree = resolve(open_project(Path(sys.argv[1])), "production", {"DYNACONF_A__B": "2", "DYNACONF_C": "@int 3"})
assert all(os.environ[name] == value for name, value in eval(sys.argv[3]).items())
print([(leaf.key, leaf.value, leaf.state, str(leaf.origin)) for leaf in tree.leaves])
"""
"""Written out here so that the environment can be hostile before anything is imported."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nasty", ["@int x", "false", "other"])
def test_the_variables_of_this_process_change_nothing(nasty: str, when: str, tmp_path: FilePath) -> None:
    text = '[default]\na = {b = "@int 1", d = "@format {env[X]}"}\nl = [1]\n[production]\nl = [2]\nf = "@bool no"\n'
    Case(files={"settings.toml": text}, options={"merge_enabled": True}).write(tmp_path)
    assert _told(tmp_path, when, _hostile(nasty)) == _told(tmp_path, when, {})


def _hostile(nasty: str) -> dict[str, str]:
    """Every option that Dynaconf reads from its environment, and variables of the project."""
    defaults = FilePath(find_spec("dynaconf.default_settings").origin)  # type: ignore[union-attr, arg-type]
    names = re.findall(r'"(\w+_FOR_DYNACONF)"', defaults.read_text())
    assert len(names) > 60
    return dict.fromkeys(names, nasty) | {"DYNACONF_A__B": "9", "DYNACONF_L": "[9]", "DYNACONF_NEW": nasty, "X": "9"}


def _told(folder: FilePath, when: str, environ: dict[str, str]) -> str:
    command = [sys.executable, "-c", HOSTILE, str(folder), when, repr(environ)]
    clean = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout
