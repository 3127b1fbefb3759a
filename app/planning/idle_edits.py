"""Changed lines that change no environment, since another layer has the last word in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct

from app.core.layers import Origin, Path, dotted, fold, stem
from app.core.tree import Leaf, Statement, Tree
from app.reports import wire
from app.reports.plan import IdleEdit

type _Line = tuple[str, str | None, Path]
"""What identifies a statement on both sides: its file, its section and its key there."""


class TreePair(Struct, frozen=True, kw_only=True, dict=True):
    """One environment on both sides, and the paths at which they differ."""

    base: Tree
    head: Tree
    changed: Sequence[Path]

    @cached_property
    def touched(self) -> frozenset[Path]:
        """Every path at, above and below which something differs, as far as lists go."""
        stems = {stem(path) for path in self.changed}
        return frozenset(path[:depth] for path in stems for depth in range(1, len(path) + 1))

    def differs_at(self, path: Path) -> bool:
        """Whether anything at, below or above a path differs."""
        own = stem(fold(path))
        return own in self.touched or any(own[:depth] in self._ends for depth in range(1, len(own)))

    @cached_property
    def winners(self) -> frozenset[tuple[int, Path]]:
        """The statements that win on either side, by their layers' identities and their keys there."""
        leaves = (*self.base.leaves, *self.head.leaves)
        return frozenset((id(leaf.layer), fold(leaf.source)) for leaf in leaves if leaf.layer)

    @cached_property
    def _ends(self) -> frozenset[Path]:
        return frozenset(map(stem, self.changed))


class _Edits(Struct, frozen=True, kw_only=True):
    """What was edited of one environment's lines: by line, the statement before and after."""

    pair: TreePair
    lines: "_Edited"


def idle_edits(pairs: Sequence[TreePair]) -> list[IdleEdit]:
    """The edits that have no effect in any environment that reads them."""
    found: dict[_Line, IdleEdit] = {}
    effective: set[_Line] = set()
    known: _Known = {}
    for edits in (_edits(pair, known) for pair in pairs):
        for line, (before, after) in edits.lines.items():
            said = after or before
            if said is None or line in effective:
                continue
            if edits.pair.differs_at(said.path) or _wins(before, edits.pair) or _wins(after, edits.pair):
                effective.add(line)
            elif line not in found:
                found[line] = _idle(said, edits.pair.head, "removed" if not after else "changed" if before else "added")
    return [edit for line, edit in found.items() if line not in effective]


type _Edited = Mapping[_Line, tuple[Statement | None, Statement | None]]

type _Known = dict[tuple[tuple[int, ...], tuple[int, ...]], _Edited]
"""What was edited of a section, by the identities of its statements: environments have most of theirs in common."""


def _edits(pair: TreePair, known: _Known) -> _Edits:
    older, newer = _sections(pair.base), _sections(pair.head)
    edited: dict[_Line, tuple[Statement | None, Statement | None]] = {}
    for section in {**newer, **older}:  # in the order of the files, and not of a set
        before, after = older.get(section, []), newer.get(section, [])
        mark = tuple(map(id, before)), tuple(map(id, after))
        if mark not in known:
            known[mark] = _edited(before, after)
        edited |= known[mark]
    return _Edits(pair=pair, lines=dict(_without_moved(edited)))


def _sections(tree: Tree) -> dict[tuple[str, str | None], list[Statement]]:
    """What each section of each file says."""
    found: dict[tuple[str, str | None], list[Statement]] = {}
    for layer, said in tree.by_layer:
        if layer.kind == "file":
            found.setdefault((layer.file or "", layer.section), []).extend(said)
    return found


def _edited(before: Iterable[Statement], after: Iterable[Statement]) -> _Edited:
    older, newer = _lines(before), _lines(after)
    pairs = {line: (older.get(line), newer.get(line)) for line in {**newer, **older}}
    return {line: said for line, said in pairs.items() if not _same(*said)}


def _lines(said: Iterable[Statement]) -> dict[_Line, Statement]:
    return {(one.layer.file or "", one.layer.section, fold(one.source)): one for one in said}


def _same(before: Statement | None, after: Statement | None) -> bool:
    return before is not None and after is not None and _value(before) == _value(after)


def _value(said: Statement) -> tuple[str, str]:
    return type(said.value).__name__, repr(wire.plain(said.value))


def _without_moved(
    edited: _Edited,
) -> Iterator[tuple[_Line, tuple[Statement | None, Statement | None]]]:
    """What was edited, but for what a renamed file still says as it did."""
    gone = {(line[1:], _value(before)) for line, (before, after) in edited.items() if before and not after}
    come = {(line[1:], _value(after)) for line, (before, after) in edited.items() if after and not before}
    moved = gone & come
    for line, (before, after) in edited.items():
        only = before or after
        if (before and after) or only is None or (line[1:], _value(only)) not in moved:
            yield line, (before, after)


def _wins(said: Statement | None, pair: TreePair) -> bool:
    return said is not None and (id(said.layer), fold(said.source)) in pair.winners


def _idle(said: Statement, head: Tree, kind: Literal["added", "changed", "removed"]) -> IdleEdit:
    span = said.origin.span
    return IdleEdit(
        kind=kind,
        file=said.layer.file or "",
        line=span.line if span else None,
        key=dotted(said.path),
        section=said.layer.section,
        shadowed_by=wire.origin(_origin(head, said.path)),
    )


def _origin(tree: Tree, path: Path) -> Origin | None:
    """What stands at a path, or below it, or in place of the table that it is in."""
    leaf: Leaf | None = next(tree.below(path), None)
    for depth in range(len(path) - 1, 0, -1):
        leaf = leaf or tree.get(*path[:depth])
    return leaf.origin if leaf else None
