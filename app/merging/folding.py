"""Folding what only tables, lists and scalars say, once for all environments that begin with the same layers.

A fold never changes what it has: another layer on top shares every table that it leaves as it is. So an environment
costs what differs in it, and a table's leaves are made once, wherever the table stands in the same place.
"""

import os
from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, MutableMapping
from operator import attrgetter
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from app.merging.process_isolation import without_options

with without_options(os.environ):
    from dynaconf.utils import object_merge

from app.core.layers import Layer, Path
from app.core.tree import Leaf, Statement
from app.merging.compiled import Cast, CompiledLayer, compile_layer, statements
from app.merging.items import Item, MergeOptions
from app.merging.provenance_tags import Tagged, bare, tag
from app.merging.statements import attribute
from app.merging.tables import merged, replaced

_LAYER = attrgetter("layer")

type Tables = MutableMapping[tuple[int, Path], tuple[dict[str, Any], tuple[Leaf, ...]]]
"""The leaves of tables by identity and place, each with its table, which keeps the identity its own."""


class Chain(Struct, kw_only=True, eq=False, gc=False):
    """What some layers, one on top of another, say about one top-level key.

    Attributes:
        item: the highest of them.
        below: the others.
        value: what they come to, tagged.
        path: where that stands.
        remembered: whether it outlives the merge that made it.
        leaves: the same as leaves, once somebody asked.
    """

    item: Item
    below: "Chain | None"
    value: Any
    path: Path
    remembered: bool
    leaves: tuple[Leaf, ...] | None = None

    def items(self) -> list[Item]:
        """Everything that is said, the lowest first."""
        below = self.below.items() if self.below else []
        return [*below, self.item]


class Fold(Struct, kw_only=True, eq=False):
    """What some layers come to, and every known continuation by the layer that is put on top.

    Attributes:
        chains: by top-level key.
        unfit: the groups of keys in which a dotted key meets something else than the scalar that it replaces.
    """

    chains: Mapping[str, Chain]
    unfit: frozenset[str] = frozenset()
    continued: "dict[int, Fold]" = field(default_factory=dict)


class Memory:
    """What the merges of one project under one set of options share.

    Only layers of files are remembered: variables belong to whoever asks. Threads may share it: what two of them make
    at once is equal.
    """

    def __init__(self, options: MergeOptions) -> None:
        self._options = replace(options, environment="")
        self._compiled: dict[int, CompiledLayer] = {}
        self._root = Fold(chains={})
        self._tables: dict[tuple[int, Path], tuple[dict[str, Any], tuple[Leaf, ...]]] = {}

    def compiled(self, layer: Layer, cast: Cast) -> CompiledLayer:
        """The layer taken apart."""
        known = self._compiled.get(id(layer))
        if known is None:
            known = compile_layer(layer, self._options, cast)
            if layer.kind == "file":
                self._compiled[id(layer)] = known
        return known

    def of(self, layers: Iterable[Layer]) -> "Memory":
        """A memory of its own that begins with what is known of these layers, and holds on to nothing else."""
        other = Memory(self._options)
        known = ((id(layer), self._compiled.get(id(layer))) for layer in layers)
        other._compiled = {one: compiled for one, compiled in known if compiled}
        other._root = _of_these(self._root, {id(compiled) for compiled in other._compiled.values()})
        return other

    def knows(self, layers: Iterable[Layer]) -> bool:
        """Whether all of these have been merged before."""
        return all(id(layer) in self._compiled for layer in layers)

    def fold(self, layers: Iterable[CompiledLayer]) -> Fold:
        """What can be folded of these layers; the lowest first."""
        here, remembered = self._root, True
        for layer in layers:
            there = here.continued.get(id(layer))
            if there is None:
                remembered = remembered and id(layer.layer) in self._compiled
                there = self._continued(here, layer, remembered)
                if remembered:
                    here.continued[id(layer)] = there
            here = there
        return here

    def _continued(self, fold: Fold, layer: CompiledLayer, remembered: bool) -> Fold:  # noqa: FBT001 - told on
        chains, unfit = dict(fold.chains), set[str]()
        for item in layer.items:
            if not item.plain and not item.names:
                continue
            top = item.top if item.plain else item.group
            below = chains.get(top)
            value = self._value(below, item) if item.plain else _within(below, item)
            if item.names and value is None:
                unfit.add(item.group)
            else:
                path = item.path if item.plain or below is None else below.path
                chains[top] = Chain(item=item, below=below, value=value, path=path, remembered=remembered)
        return Fold(chains=chains, unfit=fold.unfit | unfit)

    def _value(self, below: Chain | None, item: Item) -> Any:
        """Source: `Settings.set` of Dynaconf 3.3.5."""
        new = tag(item.value, item.layer, item.source, final=item.layer.literal)
        if below is None or not self._merges(item.layer) or below.value == new:
            return new
        lists: Literal["merge", "shallow"] = "shallow" if self._options.lists == "replace" else "merge"
        if lists == "shallow" and not isinstance(new, dict):
            return new
        if item.layer.literal:  # what is taken as it stands may hold markers
            return object_merge(below.value, new, list_merge=lists)
        return merged(below.value, new, lists)

    def _merges(self, layer: Layer) -> bool:
        return bool(self._options.merge_enabled if layer.merge is None else layer.merge)

    def leaves(self, chain: Chain) -> tuple[Leaf, ...]:
        """The effective leaves of what stands at a top-level key, in the order of their paths."""
        if chain.leaves is None and type(chain.value) is Tagged:
            chain.leaves = (chain.value.leaf_at(chain.path),)
        elif chain.leaves is None:
            found: list[Leaf] = []
            tables = self._tables if chain.remembered else ChainMap({}, self._tables)
            _flatten(chain.path, chain.value, found, tables)
            if None in map(_LAYER, found):
                found = attribute(found, self.said(chain.items()))
            chain.leaves = tuple(found)
        return chain.leaves

    def said(self, items: Iterable[Item]) -> list[Statement]:
        """What these state, leaf by leaf."""
        return [said for item in items for said in statements(item)]


def _of_these(root: Fold, layers: Collection[int]) -> Fold:
    """The same folds, each continued by these layers alone."""
    copied = Fold(chains=root.chains, unfit=root.unfit)
    waiting = [(root, copied)]
    while waiting:
        fold, copy = waiting.pop()
        for layer, there in list(fold.continued.items()):
            if layer in layers:
                copy.continued[layer] = Fold(chains=there.chains, unfit=there.unfit)
                waiting.append((there, copy.continued[layer]))
    return copied


def _within(below: Chain | None, item: Item) -> Any:
    """What a dotted key makes of what stands below it; None where Dynaconf has to say."""
    value = tag(item.value, item.layer, item.source)
    return replaced(below.value, item.names, value) if below else None


def _flatten(path: Path, value: Any, found: list[Leaf], tables: Tables) -> None:
    if type(value) is Tagged:
        found.append(value.leaf_at(path))
    elif value and isinstance(value, dict):
        found += _of_table(path, value, tables)
    elif value and isinstance(value, list):
        for number, item in enumerate(list.__iter__(value)):
            _flatten((*path, number), item, found, tables)
    else:
        found.append(Leaf(path=path, value=bare(value), source=path))


def _of_table(path: Path, table: dict[str, Any], tables: Tables) -> tuple[Leaf, ...]:
    known = tables.get((id(table), path))
    if known is None:
        found: list[Leaf] = []
        for key in sorted(table):
            value = dict.__getitem__(table, key)
            if type(value) is Tagged:  # as most are
                found.append(value.leaf_at((*path, key)))
            else:
                _flatten((*path, key), value, found, tables)
        known = tables[id(table), path] = table, tuple(found)
    return known[1]
